"""What cannot be settled now is explained and goes on: never ended, never without its unit."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.dispatch import handlers
from services.dispatch.handlers import Consenting, Pleading, Tracking
from services.dispatch.policy import CaseState, ExtensionRules, OrderState
from services.dispatch.policy.tracking import TrackingRules
from services.dispatch.repository.cases import cases_by_id, lock_case, move_case
from services.dispatch.repository.orders import Order, find_order
from services.dispatch.repository.tracking import consents_of, reports_of
from services.dispatch.tables import tracking_reports
from shared.events.base import Envelope
from shared.events.dispatch import (
    CaseFinished,
    CaseTracked,
    ExtensionDecided,
    OrderReturned,
    TrackingDecided,
    TrackingReported,
)
from shared.events.intake import CaseErased, ErasureGround
from shared.events.link import FactRelayed
from shared.events.sla import WorkedYearTold
from shared.events.words import OutcomeDetail
from shared.outbox import said
from shared.security.actor import Role
from shared.security.caller import Caller
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from tests.integration.dispatch.stories import (
    HOUSE,
    MARKET_OFFICER,
    NODE,
    TEN,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    held_case,
    last,
    names,
    order_of,
    reopened,
    try_to_reach,
)
from tests.integration.dispatch.test_join import grouped
from tests.integration.dispatch.test_steps import refusal_of
from tests.integration.doorway import staff

pytestmark = pytest.mark.integration

OFFICER = at_ten(MARKET_OFFICER)
SUPERVISOR = at_ten(staff(Role.SUPERVISOR))
RULES = TrackingRules(most_days=30, alone=2)
THURSDAY, FRIDAY, SATURDAY = date(2030, 1, 3), date(2030, 1, 4), date(2030, 1, 5)


def tracking(order_id: UUID, on: date = THURSDAY, *, needed: bool = True) -> Tracking:
    told = {"explanation": "省里还没有批，电话 13800006160", "ground": "《条例》第九条"}
    return Tracking(order_id=order_id, next_on=on, attempt_needed=needed, **told)


def signed(db: Connection, engine: Engine, keys: NodeKeys) -> Order:
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    return handlers.sign(db, order.order_id, OFFICER)


def report(db: Connection, keys: NodeKeys, told: Tracking, by: Caller = OFFICER) -> Order:
    return handlers.report_tracking(db, keys, told, RULES, by)


def all_said(db: Connection, kind: type[Any]) -> list[Any]:
    return [event for event in said(db) if isinstance(event, kind)]


@pytest.fixture
def filled(db: Connection) -> Connection:
    fill_catalogue(db)
    return db


def test_an_explanation_keeps_the_order_alive_until_there_is_a_result(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed(filled, engine, keys)
    told = tracking(order.order_id)
    assert refusal_of(lambda: report(filled, keys, told)) == "not_attempted"
    handlers.log_contact(filled, try_to_reach(order.order_id), OFFICER)
    long = Pleading(order_id=order.order_id, days=3, because="材料多")
    handlers.ask_extension(filled, long, ExtensionRules(), OFFICER)

    tracked = report(filled, keys, told)

    assert tracked.state is OrderState.TRACKING
    assert names(filled)[-3:] == ["extension_decided", "tracking_reported", "case_tracked"]
    assert last(filled, ExtensionDecided).granted is False
    said_of_it = last(filled, TrackingReported)
    assert (said_of_it.serial, said_of_it.needs_consent) == (1, False)
    assert said_of_it.explanation_masked == "省里还没有批，电话 138****6160"
    opened = sealer_of_case(filled, keys, order.case_id).open(said_of_it.explanation)
    assert opened == "省里还没有批，电话 13800006160"
    person = last(filled, CaseTracked)
    assert (person.promise_kept, person.next_on, person.round) == (True, THURSDAY, 1)
    case = cases_by_id(filled, [order.case_id])[order.case_id]
    assert (case.state, case.unit_code) == (CaseState.HELD, "scjgj")


def test_what_is_tracked_takes_what_an_open_order_takes_until_it_is_finished(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed(filled, engine, keys)
    handlers.log_contact(filled, try_to_reach(order.order_id, reached=False), OFFICER)
    told = tracking(order.order_id)
    tracked = report(filled, keys, told)
    long = Pleading(order_id=order.order_id, days=3, because="材料多")
    again = replace(finishing(order.order_id), outcome=OutcomeDetail.TRACKING, evidence="x")
    assert refusal_of(lambda: handlers.finish_order(filled, keys, again, OFFICER, HOUSE)) == (
        "goes_on"
    )
    assert refusal_of(lambda: handlers.ask_extension(filled, long, ExtensionRules(), OFFICER)) == (
        "wrong_state"
    )

    handlers.log_contact(filled, try_to_reach(order.order_id), OFFICER)
    assert find_order(filled, order.order_id) == replace(
        tracked, attempted_at=TEN, contacted_at=TEN
    )
    handlers.finish_order(filled, keys, finishing(order.order_id), OFFICER, HOUSE)
    assert last(filled, CaseFinished).outcome == "done"
    assert refusal_of(lambda: report(filled, keys, told)) == "wrong_state"

    handlers.reopen_case(filled, reopened(order.case_id), HOUSE)
    assert order_of(filled, order.case_id).state is OrderState.DISPATCHED


def test_the_day_of_the_next_word_is_one_on_which_people_work(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed(filled, engine, keys)

    def on(day: date) -> str | None:
        return refusal_of(
            lambda: report(filled, keys, tracking(order.order_id, day, needed=False))
        )

    assert on(date(2030, 1, 2)) == "next_day_not_ahead"
    assert on(date(2030, 2, 2)) == "next_day_too_far"
    assert on(SATURDAY) == "next_day_off"
    year = WorkedYearTold(occurred_at=TEN, year=2030, worked=(FRIDAY, SATURDAY))
    handlers.hear_worked_year(filled, year)
    before = {"occurred_at": TEN - timedelta(hours=1), "worked": ()}
    handlers.hear_worked_year(filled, year.model_copy(update=before))
    assert on(THURSDAY) == "next_day_off"
    report(filled, keys, tracking(order.order_id, SATURDAY, needed=False))


def test_after_so_many_reports_somebody_above_must_agree(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed(filled, engine, keys)
    told = tracking(order.order_id, needed=False)
    yes = Consenting(order_id=order.order_id, granted=True, because="要等省里 13800006160")
    no = replace(yes, granted=False)

    def decide(word: Consenting, by: Caller = SUPERVISOR) -> Order:
        return handlers.decide_on_tracking(filled, word, RULES, by)

    assert refusal_of(lambda: decide(yes)) == "wrong_state"
    report(filled, keys, told)
    assert refusal_of(lambda: decide(yes)) == "no_consent_needed"
    report(filled, keys, told)
    assert last(filled, TrackingReported).needs_consent is True
    assert refusal_of(lambda: report(filled, keys, told)) == "tracking_consent_needed"
    assert refusal_of(lambda: decide(yes, OFFICER)) == "second_person"

    decide(no)
    assert refusal_of(lambda: report(filled, keys, told)) == "tracking_consent_refused"
    decide(yes)
    said_of_it = last(filled, TrackingDecided)
    assert (said_of_it.granted, said_of_it.reports) == (True, 2)
    assert said_of_it.because == "要等省里 138****6160"
    report(filled, keys, told)
    assert [each.serial for each in reports_of(filled, order.order_id)] == [1, 2, 3]
    assert [each.granted for each in consents_of(filled, order.order_id)] == [False, True]


def test_who_joined_hears_it_with_the_lead_and_what_tracks_may_wait_itself(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    lead, case = signed(filled, engine, keys), signed(filled, engine, keys)
    report(filled, keys, tracking(case.order_id, needed=False))

    handlers.hear_grouped(filled, grouped(case.case_id, lead.case_id))
    returned = last(filled, OrderReturned)
    assert returned.order_id == case.order_id
    report(filled, keys, tracking(lead.order_id, needed=False))

    told = all_said(filled, CaseTracked)[1:]
    assert [event.case_id for event in told] == [lead.case_id, case.case_id]
    assert len({event.report_id for event in told}) == 1


def test_the_node_that_registered_a_case_tells_what_another_one_explained(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed(filled, engine, keys)
    report(filled, keys, tracking(order.order_id, needed=False))
    there = last(filled, CaseTracked).model_copy(update={"promise_kept": False})
    relayed = FactRelayed(
        case_id=order.case_id, occurred_at=TEN, via="341500", fact=envelope_of(there)
    )

    handlers.hear_tracked_elsewhere(filled, relayed)
    assert len(all_said(filled, CaseTracked)) == 1  # it is here: nobody else explains it

    away = lock_case(filled, order.case_id)
    assert away is not None
    move_case(filled, replace(away, here=False, state=CaseState.AWAY))
    handlers.hear_tracked_elsewhere(filled, relayed)
    assert all_said(filled, CaseTracked)[1:] == [there.model_copy(update={"promise_kept": True})]
    later = there.model_copy(update={"round": 2})
    handlers.hear_tracked_elsewhere(
        filled, relayed.model_copy(update={"fact": envelope_of(later)})
    )
    assert len(all_said(filled, CaseTracked)) == 2


def envelope_of(event: CaseTracked) -> Envelope:
    return Envelope(
        id=event.report_id,
        source="/nodes/341500/dispatch",
        type=event.name,
        time=event.occurred_at,
        subject=event.case_id,
        version=1,
        data=event.model_dump(mode="json"),
    )


def test_erasing_a_case_leaves_no_word_of_an_explanation(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed(filled, engine, keys)
    report(filled, keys, tracking(order.order_id, needed=False))
    report(filled, keys, tracking(order.order_id, needed=False))
    no = Consenting(order_id=order.order_id, granted=False, because="请办结")
    handlers.decide_on_tracking(filled, no, RULES, SUPERVISOR)

    erased = CaseErased(
        case_id=order.case_id,
        occurred_at=TEN,
        number="BCS-341523-20300102-00001-X",
        ground=ErasureGround.REQUEST,
        digest="",
        order_id=uuid4(),
        ordered_by=NODE,
    )
    handlers.erase_case(filled, erased)

    t = tracking_reports.c
    kept = filled.execute(select(t.explanation, t.explanation_masked, t.ground_masked)).all()
    assert set(kept) == {(None, ERASED, ERASED)}
    assert {each.because for each in consents_of(filled, order.order_id)} == {ERASED}
