"""What nodes below let the tier above see: lists and single cases tell the same."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.lists import VIEWS, Narrowed, scope_of
from services.portal.pages.next_steps import may_see, next_steps
from services.portal.repository import CaseCard, ListKind
from services.portal.tables import live
from shared.clock import new_id
from shared.events.base import Envelope, Event
from shared.events.link import DisclosureSet, NodeFactRelayed
from shared.events.words import Disclosure
from shared.http import NodeFacts
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Actor, ActorKind, Role
from shared.security.disclosure import Rule
from tests.integration.portal.stories import NINE
from tests.integration.portal.tiers import CITY, COUNTY, PROVINCE, Tiers

pytestmark = pytest.mark.integration

EIGHT, TEN = NINE - timedelta(hours=1), NINE + timedelta(hours=1)
OTHER = "341524"
BELOW = Neighbour(COUNTY, "舒城县", "county", Relation.BELOW)
AT_CITY = NodeFacts(CITY, "city", "六安市", "http://127.0.0.1", {COUNTY: BELOW})
SUPERVISOR = Actor(kind=ActorKind.STAFF, node=CITY, id="s", roles=frozenset({Role.SUPERVISOR}))
WATCHED = (ListKind.BELOW, ListKind.REPORTED)

RULES: list[dict[str, Rule]] = [
    {},
    {COUNTY: Rule(Disclosure.NONE)},
    {COUNTY: Rule(Disclosure.VIEW)},
    {COUNTY: Rule(Disclosure.VIEW, NINE)},
    {COUNTY: Rule(Disclosure.ASSIST, NINE), OTHER: Rule(Disclosure.NONE)},
    {PROVINCE: Rule(Disclosure.NONE)},
]


def tell(db: Connection, here: str, node: str, rule: Rule, at: datetime = NINE) -> None:
    """Let a node tell its rule, and another one hear it."""
    fact = DisclosureSet(occurred_at=at, node=node, level=rule.level, since=rule.since)
    tiers = Tiers()
    tiers.speakers[node] = tiers.speakers.get(node) or type(tiers.speakers[COUNTY])(node)
    [(said, event)] = tiers.speakers[node].say(fact)
    handlers.record(db, [(said, event) if node == here else relayed(tiers, here, said)])


def relayed(tiers: Tiers, here: str, said: Envelope) -> tuple[Envelope, Event]:
    fact = NodeFactRelayed(occurred_at=said.time, fact_id=said.subject, via=COUNTY, fact=said)
    return tiers.speakers[here].say(fact)[0]


@pytest.fixture
def cards(db: Connection) -> dict[str, CaseCard]:
    """A case below for each way in which the rules tell them apart."""
    kinds = product((COUNTY, OTHER), (EIGHT, NINE, TEN), (None, NINE), (False, True), (None, NINE))
    rows = [_row(n, *kind) for n, kind in enumerate(kinds)]
    db.execute(live.cases.insert(), rows)
    found = {row["number"]: repository.case_page(db, row["number"]) for row in rows}
    return {number: card for number, card in found.items() if card is not None}


def _row(
    n: int,
    holder: str,
    registered_at: datetime,
    reported_at: datetime | None,
    ours: bool,
    incoming: datetime | None,
) -> dict[str, Any]:
    told = {"case_id": new_id(), "number": f"BCS{n:04}", "title_masked": "不动产登记"}
    flags = {"is_open": False, "is_away": False, "is_awaited": False, "is_at_rest": False}
    shown = {"channel": "web", "region": CITY, "round": 1, "origin": holder, "status": "signed"}
    offer = {"incoming_id": new_id() if incoming else None, "incoming_at": incoming}
    held = {"holder": holder, "registered_at": registered_at, "reported_at": reported_at}
    return (
        told | flags | shown | offer | held | {"is_ours": ours, "is_below": True, "sort_at": TEN}
    )


@pytest.mark.parametrize("rules", RULES, ids=lambda rules: "-".join(rules) or "none told")
def test_a_list_shows_what_a_click_would_show_under_every_rule(
    db: Connection, cards: dict[str, CaseCard], rules: dict[str, Rule]
) -> None:
    for node, rule in rules.items():
        tell(db, CITY, node, rule)
    below = repository.rules_below(db, CITY)

    for view in (view for view in VIEWS if view.kind in WATCHED):
        scope = scope_of(view, SUPERVISOR, CITY, Narrowed())
        listed = [row.number for row in repository.case_list(db, scope, None, 99).rows]
        of_kind = [
            number
            for number, case in cards.items()
            if view.kind is ListKind.BELOW or case.reported_at is not None
        ]
        expected = [n for n in of_kind if may_see(SUPERVISOR, cards[n], CITY, below)]
        assert sorted(listed) == sorted(expected)
    assert below == {code: rule for code, rule in rules.items() if code != PROVINCE}


def test_what_a_node_lets_the_tier_above_see_hides_nothing_from_itself(
    db: Connection, cards: dict[str, CaseCard]
) -> None:
    tell(db, CITY, CITY, Rule(Disclosure.NONE))

    view = next(view for view in VIEWS if view.kind is ListKind.BELOW)
    listed = repository.case_list(db, scope_of(view, SUPERVISOR, CITY, Narrowed()), None, 99).rows
    theirs = {number for number, case in cards.items() if not case.is_ours}
    rules = repository.rules_below(db, CITY)

    assert rules == {}
    assert theirs <= {row.number for row in listed}
    assert all(may_see(SUPERVISOR, cards[number], CITY, rules) for number in theirs)


def test_the_last_rule_counts_in_whatever_order_it_comes(db: Connection) -> None:
    tell(db, CITY, COUNTY, Rule(Disclosure.NONE), at=TEN)
    tell(db, CITY, COUNTY, Rule(Disclosure.ASSIST), at=NINE)

    assert repository.rules_below(db, CITY) == {COUNTY: Rule(Disclosure.NONE)}


def test_advice_is_offered_where_every_node_on_the_way_lets_one_assist(
    cards: dict[str, CaseCard],
) -> None:
    seen = next(card for card in cards.values() if card.holder == COUNTY and not card.is_ours)
    assist, view = Rule(Disclosure.ASSIST), Rule()

    def acts(rules: dict[str, Rule]) -> set[str | None]:
        steps = next_steps(SUPERVISOR, seen, AT_CITY, rules)
        return {steps.next, *steps.others}

    assert "advise" in acts({COUNTY: assist})
    assert "advise" not in acts({COUNTY: view}) | acts({}) | acts({OTHER: assist})


def test_what_a_node_says_of_another_one_is_no_rule(db: Connection) -> None:
    tiers = Tiers()
    fact = DisclosureSet(occurred_at=NINE, node=PROVINCE, level=Disclosure.ASSIST)
    [(said, _)] = tiers.speakers[COUNTY].say(fact)
    handlers.record(db, [relayed(tiers, CITY, said)])

    assert repository.rules_below(db, CITY) == {}
