"""Every endpoint is asked by everybody, and lets in whom the policy lets in by what it demands."""

import re
import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from uuid import UUID

import pytest
from sqlalchemy import make_url, text

from backstop.contracts.routes import Endpoint, endpoints
from services.portal.pages import acts
from shared.security.actor import ActorKind, Role
from tests.conftest import Databases
from tests.integration.whole.conftest import Lived
from tests.whole.asgi import Asking, Request, Said
from tests.whole.gathered import ask_party, gather
from tests.whole.node import CITY, WholeNode
from tests.whole.pages import CODE, give_codes
from tests.whole.stories import TITLE, Told, offer, register, take
from tests.whole.walk import (
    STRANGER,
    Asker,
    Cell,
    Targets,
    address,
    askers,
    content,
    is_allowed,
)

pytestmark = pytest.mark.integration

REFUSALS = frozenset({"not_signed_in", "not_allowed", "wrong_code"})
SECOND_STEP = "POST /api/v1/sessions/code"
ONLY_REFUSING = {
    *(SECOND_STEP, "POST /desk/sso/logout"),
    *("POST /admin/authority", "POST /api/v1/authority/imports", "POST /admin/calendar"),
    "POST /api/v1/outside/files",
}
"""Without half a session, without a token that a provider signed, without a sheet (415)."""
OF_NOBODYS_PART = {"answer_part", "dissent_part", "decline_part", "part_work"}
"""On the desk only whose the part is may: the case that is asked about has none."""
AWAY = ("/desk/login?to=", "/follow?closed", "/outside?closed")
"""Where a page leads somebody whom it does not show itself."""
SIGNING_IN = "POST /api/v1/sessions"
UNJUDGED = frozenset({400, 401, 403, 413, 415, 500})
"""What proves nothing of an endpoint if nobody ever gets anything else from it."""
OF_A_THING = re.compile(r"{(number|\w+_id)}")
NOWHERE = Targets(
    case=Told("BCS-341500-20200101-000007-7", "GT4XFCPPJQ", str(UUID(int=7))),
    other=Told("BCS-341500-20200101-000008-8", "GT4XFCPPJQ", str(UUID(int=8))),
    order=str(UUID(int=7)),
    hand_over=str(UUID(int=7)),
    supervision=str(UUID(int=7)),
    question=str(UUID(int=7)),
    part=str(UUID(int=7)),
    meeting=str(UUID(int=7)),
)
"""Things that there are nowhere."""
ENDS = (
    re.compile("withhold"),
    re.compile("session|leave|password"),
    re.compile("query-code|renew"),
)
"""What hides a person, ends a session or changes a code: asked after everything else."""
NOBODYS = frozenset({"/healthz", "/readyz", "/metrics"})
"""The same for everybody: nobody is looked up for it, and a bad token does not matter."""


@dataclass(frozen=True, slots=True)
class Walked:
    """A node of its own, which may be left in any state."""

    whole: WholeNode
    targets: Targets
    people: Sequence[Asker]

    def ask(self, cells: Sequence[Cell], about: Targets | None = None) -> Sequence[Said]:
        """Ask at endpoints as their askers, one after the other."""
        asking = Asking(self.whole.application, self.whole.loop)
        # A party's newer link ends the one before, so it is shown when the other has been used.
        alone = sum(map(_by_link, cells)) > 1
        said = list[Said]()
        for _, group in groupby(enumerate(cells), key=lambda at: alone and _by_link(at[1]) and at):
            run = [self._request(cell, about or self.targets) for _, cell in group]
            said += asking.ask(run)
        return said

    def _request(self, cell: Cell, about: Targets) -> Request:
        shown = cell.asker.shows(cell.endpoint)
        headers, body = content(cell, about, shown)
        told = {"sec-fetch-site": "same-origin", **shown, **headers}
        return Request(cell.endpoint.method, address(cell, about), told, body)

    def may(self, cell: Cell) -> bool:
        """Tell what the policy says beforehand."""
        anybodys = cell.endpoint.path in NOBODYS
        return anybodys or is_allowed(cell, self.targets, self.whole.node.code)

    def rows(self) -> Iterator[Sequence[Cell]]:
        """Every endpoint with every asker: what is read first, what ends access to things last.

        Who is refused asks before the others, so that nothing they do changes the answer.
        """
        for endpoint, act in sorted(_acts(), key=_turn):
            row = [Cell(endpoint, asker, act) for asker in self.people]
            yield sorted(row, key=self.may)


def _by_link(cell: Cell) -> bool:
    return cell.asker.actor.kind is ActorKind.OUTSIDE


def _acts() -> Iterator[tuple[Endpoint, str]]:
    for endpoint in endpoints():
        by_part = endpoint.demand.by_part if endpoint.demand else None
        yield from ((endpoint, act) for act in by_part or {""})


def _turn(asked: tuple[Endpoint, str]) -> tuple[int, bool, str, str]:
    endpoint, act = asked
    told = f"{endpoint.path} {act}"
    ends = next((n for n, path in enumerate(ENDS, 1) if path.search(told)), 0)
    return (ends, endpoint.method != "GET", endpoint.name, act)


@pytest.fixture(scope="module")
def walked(lived: Lived, postgres: Databases) -> Iterator[Walked]:
    """A copy of the city that has lived through a case of each kind."""
    city, name = lived.tiers.city, f"walked_{secrets.token_hex(4)}"
    city.node.engine.dispose()
    url = postgres.create_database(name, make_url(city.settings.database_url).database)
    guessing = {"wrong_codes_per_address": 100_000, "wrong_codes_per_number": 100_000}
    changed = {
        "database_url": url.replace("postgresql://", "postgresql+psycopg://"),
        "intake": city.settings.intake.model_copy(update=guessing),
    }
    whole = WholeNode(city.settings.model_copy(update=changed))
    targets = targets_of(whole, lived)
    yield Walked(whole, targets, askers(whole, targets))
    whole.close()
    postgres.drop_database(name)


def targets_of(whole: WholeNode, lived: Lived) -> Targets:
    """Return the case that a unit has signed for, and one that somebody waits to be rated."""
    numbers = [lived.crowd.numbers[kind][0] for kind in ("signed", "awaits rating")]
    give_codes(whole, numbers)
    with whole.owner() as db:
        case, other = (
            Told(number, CODE, str(db.scalar(text(_CASE), {"number": number})))
            for number in numbers
        )
        order = db.scalar(text(_ORDER), {"case": case.case_id})
        hand_over, supervision = db.scalar(text(_OFFER)), db.scalar(text(_SUPERVISION))
    question = ask_party(whole, str(order))
    part, meeting = gather(whole, case, str(order))
    hung = (str(order), str(hand_over), str(supervision), question, part, meeting)
    return Targets(case, other, *hung)


_CASE = "SELECT case_id FROM intake.cases WHERE number = :number"
_ORDER = "SELECT order_id FROM dispatch.orders WHERE case_id = CAST(:case AS uuid)"
_OFFER = "SELECT hand_over_id FROM dispatch.hand_overs WHERE direction = 'in' AND state = 'open'"
_SUPERVISION = (
    "SELECT supervision_id FROM review.supervisions "
    "WHERE answered_at IS NULL AND unit_code IS NULL"  # of the tier above
)


def was_let_in(cell: Cell, said: Said) -> bool:
    """Tell whether an asker got past the permission, whatever came after it."""
    if said.code == "wrong_credentials":  # of a token, or just what was asked for
        return cell.endpoint.name == SIGNING_IN and cell.asker.actor.node != STRANGER
    if said.code == "not_signed_in" and cell.endpoint.name == SECOND_STEP:
        return True  # the password comes first, which is no question of permission
    if said.code:
        return said.code not in REFUSALS
    if said.status in (302, 303):
        return not said.headers["location"].startswith(AWAY)
    return said.status not in (401, 403)


def test_everybody_is_let_in_where_the_policy_lets_them_and_nowhere_else(
    walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "WAIT_SECONDS", 0)  # nothing is heard meanwhile
    wrong, cells, unjudged = list[str](), 0, list[str]()

    for row in walked.rows():
        answers = walked.ask(row)
        wrong += [
            f"{cell.name}: {said.status} {said.code}"
            for cell, said in zip(row, answers, strict=True)
            if was_let_in(cell, said) is not walked.may(cell) or said.status >= 500
        ]
        cells += len(row)
        judged = not {said.status for said in answers} <= UNJUDGED
        excused = row[0].endpoint.name in ONLY_REFUSING or row[0].act in OF_NOBODYS_PART
        unjudged += [] if judged or excused else [row[0].name]

    assert "\n".join(wrong) == ""
    assert unjudged == []
    assert cells >= len(endpoints()) * len(walked.people)
    sys.stdout.write(f"{cells} cells\n")  # shown by `-s` and `-rP`


def test_who_may_not_see_a_thing_does_not_learn_whether_it_is_there(walked: Walked) -> None:
    things = [each for each in endpoints() if each.is_api and OF_A_THING.search(each.path)]
    refused = [
        cell
        for each in things
        for asker in walked.people
        if not walked.may(cell := Cell(each, asker))
    ]

    here, nowhere = walked.ask(refused), walked.ask(refused, NOWHERE)

    telling = [
        f"{cell.name} {one.status} {one.code} {other.status} {other.code}"
        for cell, one, other in zip(refused, here, nowhere, strict=True)
        if (one.status, one.code) != (other.status, other.code)
    ]
    assert telling == []
    assert len(refused) > 10 * len(things)


def test_the_tier_above_sees_a_case_masked_and_the_person_only_after_it_took_over(
    lived: Lived,
) -> None:
    city, county = lived.tiers.city, lived.tiers.county
    told = register(county)
    lived.tiers.settle()
    watching, at = city.signed_in(Role.SUPERVISOR), f"/desk?view=below&case={told.number}"
    person, purpose = f"/api/v1/cases/{told.number}/person", {"purpose": "核实情况"}
    ask = partial(city.ask, "POST", person, city.token(Role.SUPERVISOR), json=purpose)

    seen = city.done("GET", at, watching)
    before = ask()
    take(city, _offered(lived, told))
    lived.tiers.settle()
    after = ask()

    assert told.number in seen
    assert TITLE in seen
    assert "张三丰" not in seen
    assert "13812345678" not in seen
    assert "/desk/act/person" not in seen
    assert (before.status_code, before.json()["code"]) == (404, "unknown_case")
    assert (after.status_code, after.json()["name"]) == (200, "张三丰")
    own = city.done("GET", f"/desk?view=all&case={told.number}", watching)
    assert "/desk/act/person" in own
    assert shown_for_another_purpose(city, own, told.number, watching)


def shown_for_another_purpose(
    city: WholeNode, page: str, number: str, who: dict[str, str]
) -> bool:
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    other = {"csrf": csrf, "view": "all", "number": number, "purpose": "其他"}
    bare = city.ask("POST", "/desk/act/person", who, data=other)
    assert (bare.status_code, "请写明事由" in bare.text) == (422, True)
    assert "张三丰" not in bare.text
    grounded = {**other, "ground": "上级来电核对"}
    return "张三丰" in city.done("POST", "/desk/act/person", who, data=grounded)


def _offered(lived: Lived, told: Told) -> str:
    offered = offer(lived.tiers.county, told, CITY)
    lived.tiers.settle()
    return offered
