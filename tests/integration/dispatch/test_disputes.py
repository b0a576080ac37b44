"""Whose a case is that nobody wants: searches, returns with a quota, arbitration (N7)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from services.dispatch import handlers
from services.dispatch.handlers import Offering, Opining, Placement, Ruling, UnitListing
from services.dispatch.policy import CaseState, Route
from services.dispatch.policy import PoolReason as Waits
from services.dispatch.repository.cases import lock_case
from services.dispatch.repository.disputes import find_arbitration, open_arbitrations
from services.dispatch.repository.orders import Order, change_order
from services.dispatch.repository.rules import lock_draft, rules_in
from services.dispatch.tables import complaints, plumbing
from shared.complaints import Complaint, keep_complaint
from shared.events.dispatch import (
    ArbitrationDecided,
    ArbitrationOpened,
    CasePooled,
    Party,
    ReturnGround,
    SearchEscalated,
    SearchTaken,
)
from shared.events.sla import TermKind, TermOver
from shared.outbox import said
from shared.security.actor import Role
from tests.contract.test_skew import FROZEN, wrong_for_the_earlier
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    CITY,
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NINE,
    NODE,
    TEN,
    TOWN_OFFICER,
    accepted,
    at_ten,
    fill_catalogue,
    giving_back,
    held_case,
    last,
    names,
    order_of,
)
from tests.integration.dispatch.test_conflict import against, marked
from tests.integration.dispatch.test_steps import refusal_of
from tests.integration.doorway import staff

pytestmark = pytest.mark.integration

LEGAL = staff(Role.LEGAL_EXPERT, unit="zwfw")
STAFFING = staff(Role.STAFFING_OFFICE, unit="zwfw")
BASIS = "《三定规定》第五条"


def disputed(db: Connection) -> Order:
    """A case that two units gave back: the second order, its arbitration just opened."""
    fill_catalogue(db)
    first = held_case(db)
    handlers.return_order(db, giving_back(first.order_id), at_ten(MARKET_OFFICER))
    placed = Placement(first.case_id, "cgz", "归口")
    handlers.dispatch_manually(db, placed, at_ten(DISPATCHER))
    second = order_of(db, first.case_id)
    return handlers.return_order(db, giving_back(second.order_id), at_ten(TOWN_OFFICER))


def ruling(arbitration_id: UUID, unit: str | None = "scjgj", waiver: str = "") -> Ruling:
    return Ruling(
        arbitration_id=arbitration_id,
        unit_code=unit,
        because="职责在许可机关",
        legal_basis=BASIS,
        waiver=waiver,
    )


def test_the_second_return_opens_an_arbitration_and_nothing_else_moves_the_case(
    db: Connection,
) -> None:
    order = disputed(db)

    assert names(db)[-4:-1] == ["order_returned", "case_pooled", "search_taken"]
    opened = last(db, ArbitrationOpened)
    assert (opened.order_id, opened.returns) == (order.order_id, 2)
    case = lock_case(db, order.case_id)
    assert case is not None
    assert (case.state, case.pool_reason) == (CaseState.POOLED, Waits.ARBITRATION)
    waits = last(db, CasePooled)
    assert (waits.reason, waits.reason_told) == ("returned", "arbitration")
    place = Placement(order.case_id, "cgz", "再派")
    by_hand = refusal_of(lambda: handlers.dispatch_manually(db, place, at_ten(DISPATCHER)))
    up = Offering(case_id=order.case_id, to_node=CITY.code, because="办不了")
    away = refusal_of(lambda: handlers.offer_hand_over(db, up, at_ten(DISPATCHER), HOUSE))
    assert (by_hand, away) == ("arbitration_open", "arbitration_open")


def test_a_decision_gives_the_case_for_good_and_becomes_a_drafted_rule(db: Connection) -> None:
    order = disputed(db)
    opened = last(db, ArbitrationOpened).arbitration_id
    early = ruling(opened)
    assert refusal_of(lambda: handlers.decide_dispute(db, early, at_ten(DISPATCHER))) == (
        "opinions_missing"
    )
    told = Opining(
        arbitration_id=opened, unit_code="scjgj", because="归市场监管", legal_basis=BASIS
    )
    for actor in (LEGAL, STAFFING, DISPATCHER):
        handlers.give_opinion(db, told, at_ten(actor))
    handlers.decide_dispute(db, ruling(opened), at_ten(DISPATCHER))

    given = order_of(db, order.case_id)
    assert (given.unit_code, given.route) == ("scjgj", Route.ARBITRATED)
    for event in said(db):
        if event.name in FROZEN:
            spoken = event.model_dump(mode="json")
            assert wrong_for_the_earlier(FROZEN[event.name], spoken) == []
    back = giving_back(given.order_id)
    assert refusal_of(lambda: handlers.return_order(db, back, at_ten(MARKET_OFFICER))) == (
        "arbitrated"
    )
    decided = last(db, ArbitrationDecided)
    assert (decided.missing, decided.legal_basis) == ((), BASIS)
    draft = lock_draft(db)
    assert draft is not None
    rule = rules_in(db, draft.catalogue_id)[0].rule
    assert (rule.unit_code, rule.conditions.items) == ("scjgj", frozenset({"licence"}))
    kept = find_arbitration(db, opened)
    assert kept is not None
    assert kept.rule_id == decided.rule_id is not None
    assert not open_arbitrations(db, DISPATCHER, 10)


def test_a_ruling_for_an_ended_unit_names_the_one_that_took_over(db: Connection) -> None:
    order = disputed(db)
    opened = last(db, ArbitrationOpened).arbitration_id
    caller = handlers.Caller(ADMINISTRATOR, TEN)
    fresh = UnitListing(code="zhj", title="县综合监管局", region=NODE, parent="zwfw")
    handlers.list_unit(db, fresh, caller)
    ended = replace(fresh, code="scjgj", title="县市场监督管理局", successors=("zhj",))
    handlers.list_unit(db, replace(ended, valid_until=date(2001, 12, 31)), caller)

    handlers.decide_dispute(db, ruling(opened, waiver="不等"), at_ten(DISPATCHER))

    kept, given = find_arbitration(db, opened), order_of(db, order.case_id)
    assert kept is not None
    assert (kept.unit_code, given.unit_code) == ("zhj", "zhj")
    assert "“县市场监督管理局”已停用" in given.because


def test_a_conflict_that_nobody_marked_is_an_ordinary_return(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    change_order(db, order, sign_by=NINE)
    claim = replace(giving_back(order.order_id), ground=ReturnGround.CONFLICT_OF_INTEREST)

    late = refusal_of(lambda: handlers.return_order(db, claim, at_ten(MARKET_OFFICER)))
    assert late == "sign_limit_over"
    change_order(db, order, sign_by=None)
    plain = replace(claim, quota=0)
    handlers.return_order(db, plain, at_ten(MARKET_OFFICER))
    assert last(db, ArbitrationOpened).returns == 1

    other = held_case(db)
    keep_complaint(db, complaints, other.case_id, Complaint(frozenset({"scjgj"})))
    change_order(db, other, sign_by=NINE)
    stands_back = replace(plain, order_id=other.order_id)
    handlers.return_order(db, stands_back, at_ten(MARKET_OFFICER))
    assert names(db).count("arbitration_opened") == 1


def test_the_rule_of_a_decision_names_no_case(db: Connection) -> None:
    order = disputed(db)
    opened = last(db, ArbitrationOpened).arbitration_id

    handlers.decide_dispute(db, ruling(opened, waiver="编办书面答复"), at_ten(DISPATCHER))

    case, draft = lock_case(db, order.case_id), lock_draft(db)
    assert case is not None
    assert draft is not None
    rule = rules_in(db, draft.catalogue_id)[0].rule
    assert rule.title.startswith("争议裁定")
    assert case.number not in f"{rule.title}{rule.source}"


def test_an_opinion_is_audited_with_what_it_replaces(db: Connection) -> None:
    disputed(db)
    opened = last(db, ArbitrationOpened).arbitration_id
    told = Opining(arbitration_id=opened, unit_code="scjgj", because="归它", legal_basis=BASIS)

    for actor in (LEGAL, STAFFING, LEGAL):
        handlers.give_opinion(db, told, at_ten(actor))

    c = plumbing.audit.c
    mine = (c.action == "arbitration.opine", c.object_id == str(opened))
    first, _other, again = db.execute(select(c.before, c.after).where(*mine).order_by(c.id))
    assert (first.before, again.before) == (None, first.after)


def test_a_decision_without_a_party_says_why_and_one_without_a_unit_frees_the_case(
    db: Connection,
) -> None:
    order = disputed(db)
    opened = last(db, ArbitrationOpened).arbitration_id

    handlers.decide_dispute(db, ruling(opened, None, "编办书面答复"), at_ten(DISPATCHER))

    decided = last(db, ArbitrationDecided)
    assert (decided.unit_code, decided.missing) == (None, tuple(Party))
    up = Offering(case_id=order.case_id, to_node=CITY.code, because="归市里")
    handlers.offer_hand_over(db, up, at_ten(DISPATCHER), HOUSE)


def test_a_pooled_case_is_searched_for_by_who_has_the_fewest_and_may_be_taken(
    db: Connection,
) -> None:
    fill_catalogue(db)
    first = held_case(db)
    handlers.return_order(db, giving_back(first.order_id), at_ten(MARKET_OFFICER))
    assert "search_taken" not in names(db)  # nobody here has ever dispatched

    handlers.take_search(db, first.case_id, at_ten(DISPATCHER))
    twice = refusal_of(lambda: handlers.take_search(db, first.case_id, at_ten(DISPATCHER)))
    assert twice == "already_done"
    other = held_case(db, number="BCS-341523-20300102-00002-X")
    handlers.return_order(db, giving_back(other.order_id), at_ten(MARKET_OFFICER))

    assert last(db, SearchTaken).case_id == other.case_id
    assert last(db, SearchTaken).owner == DISPATCHER.id
    handlers.hear_complaint(db, marked(other.case_id, against("cgz")), NODE)
    handlers.hear_complaint(db, marked(other.case_id, against("cgz")), NODE)
    freed = lock_case(db, other.case_id)
    assert freed is not None
    assert (freed.state, freed.searcher) == (CaseState.POOLED, None)
    assert names(db)[-2:] == ["search_taken", "case_pooled"]


def test_a_search_that_takes_too_long_is_the_supervisors(db: Connection) -> None:
    fill_catalogue(db)
    handlers.route_cases(db, [accepted(item_code=None, region="110101")])
    case_id = last(db, CasePooled).case_id
    over = TermOver(
        case_id=case_id, kind=TermKind.SEARCH, due_at=TEN, occurred_at=TEN + timedelta(hours=1)
    )
    # A limit of an earlier search: this one began with the acceptance.
    handlers.end_term(db, over.model_copy(update={"due_at": NINE}), NODE)
    assert "search_escalated" not in names(db)
    handlers.end_term(db, over, NODE)

    assert last(db, SearchEscalated).due_at == TEN
