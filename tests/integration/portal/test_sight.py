"""A list shows what a look at the single case would show, and nothing else: for every reader."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import Connection

from services.portal import repository
from services.portal.pages.lists import Narrowed, View, scope_of, views_of
from services.portal.pages.next_steps import may_see
from services.portal.repository import CaseCard, ListScope, Sight
from services.portal.tables import live
from shared.clock import new_id
from shared.http import NodeFacts
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Actor, ActorKind, Role, clashing
from tests.integration.portal.stories import ALL_SEEING, NINE

pytestmark = pytest.mark.integration

CITY = "341500"
ORIGINS = ("341500", "341523", "340000", "341600")
"""This node, one below it, the one above it, and a stranger."""
NEXT_TO = {
    "340000": Neighbour(code="340000", tier="province", name="省", relation=Relation.ABOVE),
    "341523": Neighbour(code="341523", tier="county", name="县", relation=Relation.BELOW),
}
NODE = NodeFacts(CITY, "city", "六安市", "http://127.0.0.1", NEXT_TO)
EVERY_LIST = {
    **dict.fromkeys(("is_open", "is_away", "is_below", "is_awaited", "is_at_rest"), True),
    **dict.fromkeys(("registered_at", "reported_at", "supervised_until", "sort_at"), NINE),
    **dict.fromkeys(("extension_at", "escalated_at", "arbitrating_at", "overridden_at"), NINE),
    "consent_at": NINE,
    **dict.fromkeys(("bulletin_at", "raising_at"), NINE),
    **{"urges": 2, "urged_often_at": NINE},
    **dict.fromkeys(("withdrawn_at", "pressed_at", "callback_at", "centre_callback_at"), NINE),
}
"""What makes a case one of every kind of list at once."""
COMPLAINTS: tuple[dict[str, list[str] | None], ...] = (
    {"complained_units": None, "complained_persons": None},
    {"complained_units": ["housing", "water"], "complained_persons": []},
    {"complained_units": [], "complained_persons": ["hash of Wang"]},
)
MOST = 600


def readers() -> Iterator[Actor]:
    """Yield everybody who may sign in: each role at two units and at none, and pairs of roles."""
    for role, unit in product(Role, (None, "housing", "tax")):
        yield reader(unit, role)
    for role in set(Role) - {Role.DISPOSAL_OFFICER}:
        if not clashing([role, Role.DISPOSAL_OFFICER]):
            yield reader("housing", role, Role.DISPOSAL_OFFICER)
    for role in (Role.SUPERVISOR, Role.DISPOSAL_OFFICER):
        yield replace(reader("housing", role), known_as=frozenset({"hash of Wang"}))


def reader(unit: str | None, *roles: Role) -> Actor:
    return Actor(kind=ActorKind.STAFF, node=CITY, id="r", unit=unit, roles=frozenset(roles))


@pytest.fixture
def cards(db: Connection) -> dict[str, CaseCard]:
    """A case for every reason for which one is seen or not."""
    units, either = (None, "housing", "tax"), (True, False)
    statuses = ("registered", "pooled", "tracking", "withdrawn")
    kinds = product(units, statuses, ORIGINS, either, either, COMPLAINTS)
    rows = [_row(n, *kind) for n, kind in enumerate(kinds)]
    db.execute(live.cases.insert(), rows)
    db.execute(live.parts.insert(), [_part(row) for row in rows if row["helping_units"]])
    found = {row["number"]: repository.case_page(db, str(row["number"])) for row in rows}
    return {str(number): card for number, card in found.items() if card is not None}


def _row(
    n: int,
    unit: str | None,
    status: str,
    origin: str,
    ours: bool,
    incoming: bool,
    against: dict[str, list[str] | None],
) -> dict[str, object]:
    offer = {"incoming_id": new_id(), "incoming_at": NINE} if incoming else {}
    blank = {"incoming_id": None, "incoming_at": None}
    told = {"case_id": new_id(), "number": f"BCS{n:04}", "title_masked": "不动产登记"}
    shown = {"channel": "web", "region": CITY, "round": 1, "origin": origin, "is_ours": ours}
    held = {"unit_code": unit, "status": status}
    helped = {"helping_units": ["tax"] if n % 2 else None}
    rests = {"is_at_rest": n % 3 > 0}
    return {**told, **shown, **EVERY_LIST, **rests, **blank, **offer, **held, **against, **helped}


def _part(row: dict[str, object]) -> dict[str, object]:
    told = {"part_id": new_id(), "case_id": row["case_id"], "unit_code": "tax"}
    return {**told, "state": "open", "is_live": True}


def numbers(db: Connection, scope: ListScope) -> list[str]:
    return [row.number for row in repository.case_list(db, scope, None, MOST).rows]


def test_what_a_list_shows_is_what_a_click_would_show(
    db: Connection, cards: dict[str, CaseCard]
) -> None:
    asked, known = 0, dict[ListScope, list[str]]()
    for actor in readers():
        for view in views_of(actor, NODE):
            scope = scope_of(view, actor, CITY, Narrowed())
            whole = _seen_by_all(scope)
            of_kind = known.setdefault(whole, known.get(whole) or numbers(db, whole))
            asked += len(of_kind)

            shown = {number: _listed(view, cards[number]) for number in of_kind}
            expected = [number for number in of_kind if may_see(actor, shown[number], CITY)]
            assert numbers(db, scope) == expected, f"{view.key} for {actor.unit} {actor.roles}"

    assert asked > 10_000


def test_who_may_see_nothing_is_shown_nothing(db: Connection, cards: dict[str, CaseCard]) -> None:
    assert cards
    for kind in repository.ListKind:
        assert numbers(db, ListScope(kind=kind, sight=Sight(node=CITY))) == []
        assert numbers(db, ListScope(kind=kind, sight=ALL_SEEING)) != []


def _listed(view: View, card: CaseCard) -> CaseCard:
    """Whom a case is shown because their unit helps, they find it on one list alone."""
    is_of_helpers = view.kind is repository.ListKind.HELPED
    return card if is_of_helpers else replace(card, helping_units=None)


def _seen_by_all(scope: ListScope) -> ListScope:
    return ListScope(kind=scope.kind, sight=ALL_SEEING, unit=scope.unit, lamp=scope.lamp)
