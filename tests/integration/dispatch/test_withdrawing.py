"""A case is withdrawn: whoever works on it stops, whatever was open, and nothing begins anew."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.handlers import Offering, Placement
from services.dispatch.policy import CaseState, OrderState
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.disputes import open_arbitration
from services.dispatch.repository.hand_overs import open_offer
from services.dispatch.repository.orders import find_order, open_orders
from services.dispatch.repository.withdrawals import Withdrawn, is_withdrawn
from shared.events.base import Event
from shared.events.dispatch import (
    ArbitrationDecided,
    CaseFinished,
    HandOverWithdrawn,
    MaterialsReceived,
    MeetingCancelled,
    OrderDispatched,
    OrderFinished,
    PartWithdrawn,
)
from shared.events.intake import CaseWithdrawn
from shared.events.words import By
from shared.outbox import said
from tests.integration.dispatch.meeting_stories import CHAIR, convening, signed_order
from tests.integration.dispatch.stories import (
    CITY,
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    TEN,
    accepted,
    at_ten,
    fill_catalogue,
    held_case,
    last,
    names,
    order_of,
    reopened,
)
from tests.integration.dispatch.test_disputes import disputed
from tests.integration.dispatch.test_join import grouped, ungrouped
from tests.integration.dispatch.test_life import asked
from tests.integration.dispatch.test_parts import helping
from tests.integration.dispatch.test_steps import refusal_of

pytestmark = pytest.mark.integration


def withdrawn(case_id: UUID, round_: int = 1, *, accepted: bool = True) -> CaseWithdrawn:
    return CaseWithdrawn(
        case_id=case_id,
        occurred_at=TEN,
        withdrawal_id=uuid4(),
        round=round_,
        accepted=accepted,
        take_back_by=TEN,
        by=By(kind="citizen"),
    )


def hear(db: Connection, case_id: UUID, round_: int = 1) -> None:
    handlers.hear_withdrawn(db, withdrawn(case_id, round_), HOUSE)


def state_of(db: Connection, case_id: UUID) -> CaseState:
    return cases_by_id(db, [case_id])[case_id].state


def count(db: Connection, kind: type[Event]) -> int:
    return sum(isinstance(event, kind) for event in said(db))


def test_all_that_is_open_ends_with_it_once_and_who_had_it_has_it_anew(db: Connection) -> None:
    order = signed_order(db)
    handlers.convene(db, convening(order.case_id), CHAIR)
    handlers.ask_materials(db, asked(order.order_id), at_ten(MARKET_OFFICER))
    handlers.open_part(db, order.order_id, helping(), at_ten(MARKET_OFFICER))

    for _ in range(2):
        hear(db, order.case_id)

    ended = find_order(db, order.order_id)
    assert ended is not None
    assert (ended.state, ended.outcome, ended.answer) == (OrderState.FINISHED, "withdrawn", None)
    for kind in (OrderFinished, CaseFinished, MeetingCancelled, PartWithdrawn, MaterialsReceived):
        assert count(db, kind) == 1
    over = last(db, CaseFinished)
    assert (over.withdrawn, over.outcome, over.outcome_told) == (
        True,
        "done_otherwise",
        "withdrawn",
    )
    assert last(db, OrderFinished).withdrawn
    assert state_of(db, order.case_id) is CaseState.FINISHED
    again = Placement(order.case_id, "cgz", "看看")
    assert refusal_of(lambda: handlers.dispatch_manually(db, again, at_ten(DISPATCHER))) == (
        "wrong_state"
    )

    handlers.reopen_case(db, reopened(order.case_id), HOUSE)
    assert order_of(db, order.case_id).unit_code == order.unit_code
    hear(db, order.case_id)  # heard late: of the round before
    assert state_of(db, order.case_id) is CaseState.HELD
    hear(db, order.case_id, 2)
    assert state_of(db, order.case_id) is CaseState.FINISHED


def test_a_dispute_ends_undecided_and_a_pooled_case_has_no_unit_anew(db: Connection) -> None:
    order = disputed(db)

    hear(db, order.case_id)

    assert open_arbitration(db, order.case_id) is None
    decided = last(db, ArbitrationDecided)
    assert (decided.withdrawn, decided.unit_code) == (True, None)
    over = last(db, CaseFinished)
    assert (over.withdrawn, over.unit_name) == (True, "")
    handlers.reopen_case(db, reopened(order.case_id), HOUSE)
    assert state_of(db, order.case_id) is CaseState.POOLED


def test_a_joined_case_leaves_and_of_a_lead_the_others_go_on(db: Connection) -> None:
    fill_catalogue(db)
    lead, case, other = (held_case(db).case_id for _ in range(3))
    for each in (case, other):
        handlers.hear_grouped(db, grouped(each, lead))

    hear(db, case)
    handlers.hear_ungrouped(db, ungrouped(case, lead))
    assert state_of(db, case) is CaseState.FINISHED
    hear(db, lead)
    handlers.hear_ungrouped(db, ungrouped(other, lead))

    assert (state_of(db, lead), open_orders(db, lead)) == (CaseState.FINISHED, 0)
    assert (state_of(db, other), open_orders(db, other)) == (CaseState.HELD, 1)


def test_what_is_offered_away_is_asked_back_and_ends_when_that_is_answered(
    db: Connection,
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    offering = Offering(case_id=order.case_id, to_node=CITY.code, because="本级办不了")
    handlers.offer_hand_over(db, offering, at_ten(DISPATCHER), HOUSE)

    for _ in range(2):
        hear(db, order.case_id)

    assert count(db, HandOverWithdrawn) == 1
    assert open_offer(db, order.case_id) is not None
    assert state_of(db, order.case_id) is CaseState.HELD


def test_what_nobody_accepted_is_not_dispatchs_yet(db: Connection) -> None:
    fill_catalogue(db)
    event = accepted()
    handlers.hear_withdrawn(db, withdrawn(event.case_id, accepted=False), HOUSE)

    handlers.route_cases(db, [event])

    assert not is_withdrawn(db, Withdrawn(event.case_id, 1, HOUSE.node))
    assert state_of(db, event.case_id) is CaseState.HELD
    assert names(db)[-1] == "order_dispatched"
    assert last(db, OrderDispatched).round == 1
