"""An order's life between signature and result, and what is open of it when it ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine

from services.dispatch import handlers
from services.dispatch.handlers import Asking, Deciding, Doing, Pleading, Settling
from services.dispatch.policy import ExtensionRules, OrderState
from services.dispatch.repository.life import extensions_of, requests_of, work_of
from services.dispatch.repository.orders import change_order, find_order
from shared.events.dispatch import (
    CaseFinished,
    ExtensionDecided,
    MaterialsAsked,
    MaterialsEnd,
    MaterialsReceived,
    OrderFinished,
    OrderSigned,
    WorkKind,
    WorkLogged,
)
from shared.events.intake import CaseErased, ErasureGround, MaterialsAnswered
from shared.events.sealed import Sealed
from shared.events.sla import Allowance, ClockStarted, DueDateMoved, TermKind, TermNear, TermOver
from shared.events.words import By, ClockKind, Lamp, OutcomeDetail
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from tests.integration.dispatch.stories import (
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NODE,
    TEN,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    giving_back,
    held_case,
    last,
    names,
    try_to_reach,
)
from tests.integration.dispatch.test_steps import refusal_of

pytestmark = pytest.mark.integration

OFFICER = at_ten(MARKET_OFFICER)
RULES = ExtensionRules(most=1, most_days=5)
TOMORROW = TEN + timedelta(days=1)


def signed_order(db: Connection) -> Any:
    fill_catalogue(db)
    order = held_case(db)
    return handlers.sign(db, order.order_id, OFFICER)


def asked(order_id: Any) -> Asking:
    return Asking(order_id=order_id, materials="户口本\n电话 13800006160", answer_by=TOMORROW)


def pleading(order_id: Any, days: int = 3) -> Pleading:
    return Pleading(order_id=order_id, days=days, because="要等 13800006160 的材料")


def test_work_is_written_down_masked_and_a_visit_has_a_place(db: Connection) -> None:
    order = signed_order(db)
    visit = Doing(order_id=order.order_id, kind=WorkKind.VISIT, note="见到 13800006160 本人")

    assert refusal_of(lambda: handlers.log_work(db, visit, OFFICER)) == "place_needed"
    late = Doing(order_id=order.order_id, kind=WorkKind.NOTE, note="x", done_at=TOMORROW)
    assert refusal_of(lambda: handlers.log_work(db, late, OFFICER)) == "in_the_future"
    early = replace(late, done_at=order.dispatched_at - timedelta(minutes=1))
    assert refusal_of(lambda: handlers.log_work(db, early, OFFICER)) == "before_the_order"
    placed = Doing(
        order_id=order.order_id, kind=WorkKind.VISIT, note="见到 13800006160 本人", place="城关镇"
    )
    handlers.log_work(db, placed, OFFICER)

    (kept,) = work_of(db, order.order_id)
    assert (kept.place_masked, kept.done_at) == ("城关镇", TEN)
    assert last(db, WorkLogged).note_masked == kept.note_masked == "见到 138****6160 本人"


def test_the_person_is_asked_and_the_answer_ends_the_wait(db: Connection) -> None:
    order = signed_order(db)
    handlers.ask_materials(db, asked(order.order_id), OFFICER)
    told = last(db, MaterialsAsked)

    assert told.materials_masked == "户口本\n电话 138****6160"
    again = asked(order.order_id)
    assert refusal_of(lambda: handlers.ask_materials(db, again, OFFICER)) == "materials_open"

    answer = MaterialsAnswered(
        case_id=order.case_id,
        occurred_at=TOMORROW,
        request_id=told.request_id,
        text=Sealed.withheld("materials"),
        text_masked="送去了",
        by=By(kind="citizen"),
    )
    handlers.hear_materials(db, answer, TOMORROW)
    handlers.hear_materials(db, answer, TOMORROW)
    handlers.hear_materials(db, answer.model_copy(update={"request_id": uuid4()}), TOMORROW)

    (request,) = requests_of(db, order.order_id)
    assert (request.ended_at, request.how) == (TOMORROW, MaterialsEnd.ANSWERED)
    assert names(db).count("materials_received") == 1
    settle = Settling(order_id=order.order_id, how=MaterialsEnd.BROUGHT)
    assert refusal_of(lambda: handlers.settle_materials(db, settle, OFFICER)) == (
        "no_materials_open"
    )


def test_an_extension_is_decided_once_and_granted_so_often(db: Connection) -> None:
    order = signed_order(db)
    too_long = pleading(order.order_id, 6)
    assert refusal_of(lambda: handlers.ask_extension(db, too_long, RULES, OFFICER)) == (
        "too_many_days"
    )
    handlers.ask_extension(db, pleading(order.order_id), RULES, OFFICER)
    (plea,) = extensions_of(db, order.order_id)
    yes = Deciding(extension_id=plea.extension_id, granted=True, because="材料多")

    handlers.decide_on_extension(db, yes, RULES, at_ten(DISPATCHER))

    told = last(db, ExtensionDecided)
    assert (told.granted, told.days, told.because) == (True, 3, "材料多")
    assert extensions_of(db, order.order_id)[0].because == "要等 138****6160 的材料"
    refused = refusal_of(lambda: handlers.decide_on_extension(db, yes, RULES, at_ten(DISPATCHER)))
    assert refused == "already_answered"
    more = pleading(order.order_id)
    assert refusal_of(lambda: handlers.ask_extension(db, more, RULES, OFFICER)) == (
        "extensions_used_up"
    )


def test_neither_who_asked_decides_on_an_extension_nor_anybody_once_the_order_ended(
    db: Connection,
) -> None:
    order = signed_order(db)
    handlers.ask_extension(db, pleading(order.order_id), RULES, OFFICER)
    (plea,) = extensions_of(db, order.order_id)
    yes = Deciding(extension_id=plea.extension_id, granted=True, because="材料多")

    assert (
        refusal_of(lambda: handlers.decide_on_extension(db, yes, RULES, OFFICER))
        == "second_person"
    )
    change_order(db, order, state=OrderState.RETURNED)
    late = refusal_of(lambda: handlers.decide_on_extension(db, yes, RULES, at_ten(DISPATCHER)))
    assert late == "wrong_state"


def test_what_an_order_leaves_open_ends_with_it_and_is_said(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed_order(db)
    give_key(engine, keys, order.case_id)
    handlers.ask_materials(db, asked(order.order_id), OFFICER)
    handlers.ask_extension(db, pleading(order.order_id), RULES, OFFICER)
    handlers.log_contact(db, try_to_reach(order.order_id), OFFICER)

    handlers.finish_order(db, keys, finishing(order.order_id), OFFICER, HOUSE)

    assert names(db)[-4:] == [
        "materials_received",
        "extension_decided",
        "order_finished",
        "case_finished",
    ]
    assert last(db, MaterialsReceived).how is MaterialsEnd.ENDED
    assert last(db, ExtensionDecided).granted is False


def test_an_outcome_that_the_law_bars_takes_the_law(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = signed_order(db)
    give_key(engine, keys, order.case_id)
    handlers.log_contact(db, try_to_reach(order.order_id), OFFICER)

    def finish(outcome: OutcomeDetail, basis: str = "") -> object:
        plain = finishing(order.order_id)
        told = handlers.Finishing(
            order_id=order.order_id,
            outcome=outcome,
            answer=plain.answer,
            attempt_needed=True,
            legal_basis=basis,
        )
        return handlers.finish_order(db, keys, told, OFFICER, HOUSE)

    assert refusal_of(lambda: finish(OutcomeDetail.EXPLAINED_LAW)) == "legal_basis_needed"
    assert refusal_of(lambda: finish(OutcomeDetail.MERGED)) == "evidence_needed"
    assert refusal_of(lambda: finish(OutcomeDetail.UNREACHABLE)) == "tries_needed"
    finish(OutcomeDetail.NOT_ACCEPTED, "《条例》第三条")
    told = last(db, OrderFinished)
    assert told.legal_basis == "《条例》第三条"
    assert (told.outcome, told.outcome_told) == ("explained_law", "not_accepted")
    assert last(db, CaseFinished).outcome_told == "not_accepted"


def test_the_system_signs_for_a_unit_that_did_not_and_it_is_its_from_then_on(
    db: Connection,
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    handlers.note_sign_limits(db, [started(order)])
    term = {"case_id": order.case_id, "order_id": order.order_id, "due_at": TEN}
    handlers.note_reminder(db, TermNear(**term, kind=TermKind.SIGN, occurred_at=TEN))
    handlers.end_term(db, TermOver(**term, kind=TermKind.SIGN, occurred_at=TOMORROW), NODE)
    handlers.end_term(db, TermOver(**term, kind=TermKind.SIGN, occurred_at=TOMORROW), NODE)

    kept = find_order(db, order.order_id)
    assert kept is not None
    assert (kept.state, kept.reminded_at, kept.forced_at) == (OrderState.SIGNED, TEN, TOMORROW)
    assert names(db).count("order_signed") == 1
    assert last(db, OrderSigned).forced is True
    late = handlers.Caller(MARKET_OFFICER, TOMORROW)
    back = giving_back(order.order_id)
    assert refusal_of(lambda: handlers.return_order(db, back, late)) == "sign_limit_over"


def test_erasure_leaves_no_word_of_an_orders_life(db: Connection) -> None:
    order = signed_order(db)
    note = Doing(order_id=order.order_id, kind=WorkKind.NOTE, note="去过", place="村东头")
    handlers.log_work(db, note, OFFICER)
    handlers.ask_materials(db, asked(order.order_id), OFFICER)
    handlers.ask_extension(db, pleading(order.order_id), RULES, OFFICER)
    erased = CaseErased(
        case_id=order.case_id,
        occurred_at=TOMORROW,
        number="BCS-341523-20300102-00001-X",
        ground=ErasureGround.REQUEST,
        digest="",
        order_id=uuid4(),
        ordered_by=NODE,
    )

    handlers.erase_case(db, erased)

    (work,), (request,) = work_of(db, order.order_id), requests_of(db, order.order_id)
    (plea,) = extensions_of(db, order.order_id)
    gone = (work.note_masked, work.place_masked, request.materials_masked, plea.because)
    assert set(gone) == {ERASED}
    assert work.people_masked == ""


def test_a_limit_to_sign_moves_with_the_calendar_and_not_back(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    about = {"case_id": order.case_id, "order_id": order.order_id, "clock_id": uuid4()}
    due = {"due_at": TOMORROW, "due_before": TOMORROW, "lamp": Lamp.GREEN}
    sure = {"provisional": False, "provisional_before": False}
    moved = DueDateMoved(
        **about, **due, **sure, kind=ClockKind.RESOLVE, occurred_at=TEN, sign_by=TOMORROW
    )

    handlers.note_sign_limits(db, [started(order)])
    handlers.move_sign_limits(db, [moved])
    handlers.note_sign_limits(db, [started(order)])
    handlers.move_sign_limits(db, [moved.model_copy(update={"sign_by": None})])

    kept = find_order(db, order.order_id)
    assert kept is not None
    assert kept.sign_by == TOMORROW


def started(order: Any) -> ClockStarted:
    return ClockStarted(
        case_id=order.case_id,
        occurred_at=TEN,
        clock_id=uuid4(),
        kind=ClockKind.RESOLVE,
        order_id=order.order_id,
        due_at=TOMORROW,
        lamp=Lamp.GREEN,
        started_at=TEN,
        sign_by=TEN,
    )


def test_the_row_of_its_limit_says_how_far_an_order_is_extended(db: Connection) -> None:
    order = signed_order(db)
    twice = started(order).model_copy(update={"allowance": Allowance(most=2, days=2)})
    handlers.note_sign_limits(db, [twice])
    handlers.note_sign_limits(db, [started(order)])
    three = refusal_of(
        lambda: handlers.ask_extension(db, pleading(order.order_id), RULES, OFFICER)
    )
    for _time in range(2):
        handlers.ask_extension(db, pleading(order.order_id, 2), RULES, OFFICER)
        plea = extensions_of(db, order.order_id)[-1]
        yes = Deciding(extension_id=plea.extension_id, granted=True, because="材料多")
        handlers.decide_on_extension(db, yes, RULES, at_ten(DISPATCHER))

    third = refusal_of(
        lambda: handlers.ask_extension(db, pleading(order.order_id, 1), RULES, OFFICER)
    )

    assert (three, third) == ("too_many_days", "extensions_used_up")


def test_what_another_row_allows_no_more_is_not_granted_and_may_be_refused(
    db: Connection,
) -> None:
    order = signed_order(db)
    handlers.ask_extension(db, pleading(order.order_id), RULES, OFFICER)
    (plea,) = extensions_of(db, order.order_id)
    handlers.move_sign_limits(db, [moved_to(order, Allowance(most=0))])
    handlers.note_sign_limits(db, [started(order)])
    yes = Deciding(extension_id=plea.extension_id, granted=True, because="材料多")
    no = replace(yes, granted=False)

    never = refusal_of(lambda: handlers.decide_on_extension(db, yes, RULES, at_ten(DISPATCHER)))
    handlers.decide_on_extension(db, no, RULES, at_ten(DISPATCHER))
    handlers.move_sign_limits(db, [moved_to(order, Allowance())])
    handlers.ask_extension(db, pleading(order.order_id), RULES, OFFICER)

    assert never == "never_extended"
    assert [one.granted for one in extensions_of(db, order.order_id)] == [False, None]


def moved_to(order: Any, allowance: Allowance) -> DueDateMoved:
    told = {"due_at": TOMORROW, "due_before": TOMORROW, "lamp": Lamp.GREEN, "allowance": allowance}
    about = {"case_id": order.case_id, "order_id": order.order_id, "clock_id": uuid4()}
    sure = {"provisional": False, "provisional_before": False}
    return DueDateMoved(**about, **told, **sure, kind=ClockKind.RESOLVE, occurred_at=TEN)
