from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.notify import handlers
from services.notify.tables import messages
from shared.errors import NotYet
from shared.events.intake import CaseGrouped, CaseSplit, GroupKind
from shared.events.local import LocalCause
from shared.events.notify import MessageFailed, Purpose
from shared.events.sealed import Sealed
from shared.events.sla import DueDateMoved, MoveReason
from shared.events.words import ClockKind, Complexity
from shared.outbox import said
from shared.security.sealing import NodeKeys
from shared.security.vault import destroy
from shared.unit import Unit
from tests.integration.notify.stories import (
    BY,
    CODE,
    MOBILE,
    NINE,
    NUMBER,
    URL,
    Case,
    new_case,
    relayed,
)

pytestmark = pytest.mark.integration

LINK = f"{URL}/follow#number={NUMBER}&code={CODE}"
Tell = Callable[[Connection, Any, Any], None]


def in_a_run(tell: Callable[[Connection, list[Any], Any], None]) -> Tell:
    """Tell of a single fact as of a run of one."""
    return lambda db, event, house: tell(db, [event], house)


@pytest.fixture
def case(engine: Engine, keys: NodeKeys) -> Case:
    return new_case(engine, keys)


def queued(db: Connection, case: Case) -> list[tuple[str, str]]:
    mine = select(messages).where(messages.c.case_id == case.id).order_by(messages.c.id)
    rows = db.execute(mine)
    told = [(row.purpose, case.sealer.open(Sealed.model_validate(row.body))) for row in rows]
    return [(purpose, text.removeprefix("【办不成事反映窗口】")) for purpose, text in told]


def test_a_report_taken_apart_is_told_once_with_all_its_numbers(unit: Unit, case: Case) -> None:
    part = case.registered().model_copy(update={"split_from": NUMBER})
    numbers = (f"{NUMBER[:-1]}Y", f"{NUMBER[:-1]}Z")
    about = {"case_id": case.id, "occurred_at": NINE, "by": BY}
    split = CaseSplit(**about, split_id=uuid4(), numbers=numbers, matters=3)
    led = {"lead_id": uuid4(), "lead_number": numbers[0], "because_masked": "同一件事"}

    with unit.transaction() as db:
        handlers.confirm_registrations(db, [part], case.house)
        assert queued(db, case) == []
        for _again in range(2):
            handlers.tell_split(db, split, case.house)
            for kind in GroupKind:
                grouped = CaseGrouped(**about, **led, kind=kind)
                handlers.tell_joined(db, grouped, case.house)
        [(split_up, text), (joined, other)] = queued(db, case)

    assert (split_up, joined) == (Purpose.SPLIT, Purpose.JOINED)
    assert text.startswith(f"{NUMBER}分成3件办，每件都答复，原查询码都能查。")
    assert text.endswith("新编号：" + "、".join(numbers))
    assert NUMBER in other
    assert numbers[0] not in other
    assert "同一件事" not in other


def test_a_promise_that_moved_is_told_once_for_each_move(unit: Unit, case: Case) -> None:
    begun = case.promised()
    kept = begun.model_dump(include={"case_id", "clock_id", "kind", "due_at", "lamp"})
    moved = DueDateMoved(
        **kept,
        occurred_at=NINE,
        due_before=NINE,
        provisional=True,
        provisional_before=True,
        explanation="one",
    )
    fixed = moved.model_copy(
        update={"due_before": begun.due_at, "provisional": False, "explanation": "two"}
    )
    by_limits = moved.model_copy(
        update={"reason": MoveReason.LIMITS, "provisional": False, "explanation": "four"}
    )
    local = LocalCause(region="341523", names=("火把节",), off=True)
    there = moved.model_copy(update={"local": local, "explanation": "seven"})
    anew = by_limits.model_copy(update={"complexity": Complexity.COMPLEX, "explanation": "five"})
    stays = anew.model_copy(update={"would_be_at": NINE, "explanation": "six"})
    of_unit = moved.model_copy(update={"kind": ClockKind.RESOLVE, "explanation": "three"})
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        handlers.tell_moved(db, [moved, of_unit], case.house)
        handlers.tell_moved(db, [moved, fixed, by_limits, anew, stays, there], case.house)

        assert queued(db, case)[1:] == [
            ("promise_moved", f"{NUMBER}因放假安排，承诺改为1月5日17:00前办结（暂定）。"),
            ("promise_fixed", f"{NUMBER}放假安排已公布，承诺1月5日17:00前办结，不变。"),
            ("promise_moved", f"{NUMBER}因办理时限调整，承诺改为1月5日17:00前办结。"),
            ("promise_moved", f"{NUMBER}因难易重新核定，承诺改为1月5日17:00前办结。"),
            ("promise_moved", f"{NUMBER}因舒城县火把节放假，承诺改为1月5日17:00前办结（暂定）。"),
        ]


def test_a_report_is_confirmed_with_number_and_code(unit: Unit, case: Case) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)

        assert queued(db, case) == [
            ("receipt", f"已登记，编号{NUMBER}，查询码{CODE}，请妥善保管。")
        ]


@pytest.mark.parametrize(
    ("tell", "fact", "purpose", "text"),
    [
        (
            in_a_run(handlers.tell_promises),
            Case.promised,
            Purpose.PROMISE,
            f"{NUMBER}已受理，承诺1月5日17:00前办结。",
        ),
        (
            in_a_run(handlers.tell_dispatched),
            Case.dispatched,
            Purpose.DISPATCHED,
            f"{NUMBER}已派给县人社局办理，该单位会与您联系。",
        ),
        (
            in_a_run(handlers.tell_dispatched_elsewhere),
            lambda case: relayed(case.dispatched()),
            Purpose.DISPATCHED,
            f"{NUMBER}已派给县人社局办理，该单位会与您联系。",
        ),
        (
            handlers.tell_handed_over,
            Case.handed_over,
            Purpose.HANDED_OVER,
            f"{NUMBER}已转由六安市办理，承诺时间和查询方式不变。",
        ),
        (
            handlers.tell_result,
            Case.finished,
            Purpose.RESULT,
            f"{NUMBER}已办结，答复请凭查询码查询或拨打12345。",
        ),
        (
            handlers.tell_declined,
            Case.declined,
            Purpose.DECLINED,
            f"{NUMBER}未予受理，原因、去处、怎么提异议请凭查询码查询或拨打12345。",
        ),
        (
            handlers.invite_to_rate,
            Case.invited,
            Purpose.INVITATION,
            f"{NUMBER}是否真正解决？请在1月17日09:00前评价：{LINK}",
        ),
        (
            handlers.tell_reopened,
            Case.reopened,
            Purpose.REOPENED,
            f"{NUMBER}已按您的反映重新办理，承办单位会再次与您联系。",
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Purpose) else "",
)
def test_each_fact_is_told_once_however_often_it_is_heard(
    unit: Unit, case: Case, tell: Tell, fact: Callable[[Case], Any], purpose: Purpose, text: str
) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        heard = fact(case)
        tell(db, heard, case.house)
        tell(db, heard, case.house)

        assert queued(db, case)[1:] == [(purpose, text)]


@pytest.mark.parametrize(
    ("tell", "fact"),
    [(in_a_run(handlers.tell_promises), Case.promised), (handlers.tell_result, Case.finished)],
)
def test_a_fact_about_an_unknown_case_waits(
    unit: Unit, case: Case, tell: Tell, fact: Callable[[Case], Any]
) -> None:
    with unit.transaction() as db, pytest.raises(NotYet):
        tell(db, fact(case), case.house)


def test_the_clocks_of_units_are_not_told(unit: Unit, case: Case) -> None:
    with unit.transaction() as db:
        handlers.tell_promises(db, [case.promised(ClockKind.CONTACT)], case.house)

        assert queued(db, case) == []


def test_each_unit_that_is_given_the_case_is_told_once(unit: Unit, case: Case) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        first, second = case.dispatched(), case.dispatched()
        for order in (first, first, second):
            handlers.tell_dispatched(db, [order], case.house)

        assert [purpose for purpose, _ in queued(db, case)] == [
            "receipt",
            "dispatched",
            "dispatched",
        ]


@pytest.mark.parametrize("phone", ["+865648621234", "+85223456789", None])
def test_who_has_no_mobile_cannot_be_told_and_that_is_said(
    unit: Unit, case: Case, phone: str | None
) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered(phone)], case.house)

        [event] = said(db)
        assert isinstance(event, MessageFailed)
        assert (event.reason, event.purpose) == ("no_mobile", Purpose.RECEIPT)
        assert db.scalars(select(messages.c.state)).all() == ["failed"]


def test_an_agent_is_told_instead_of_the_person(unit: Unit, case: Case) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered("+865648621234", MOBILE)], case.house)

        assert db.scalars(select(messages.c.state)).all() == ["queued"]


def test_nobody_is_told_about_a_case_whose_person_was_erased(
    unit: Unit, case: Case, engine: Engine
) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
    with engine.begin() as db:
        destroy(db, case.id, NINE + timedelta(days=1))

    with unit.transaction() as db:
        handlers.tell_result(db, case.finished(), case.house)

        assert db.scalars(select(messages.c.purpose)).all() == ["receipt"]


def test_a_one_time_code_goes_to_the_telephone_that_was_asked_with(unit: Unit, case: Case) -> None:
    event = case.one_time_code("482913", "+8613900000001")
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        for _ in range(2):  # heard twice, sent once
            handlers.send_one_time_code(db, event, case.house)

        assert queued(db, case)[1:] == [
            ("one_time_code", "验证码482913，1月2日09:10前有效，查进度用。请勿告诉任何人。")
        ]
        mine = messages.c.purpose == "one_time_code"
        row = db.execute(select(messages).where(messages.c.case_id == case.id, mine)).one()
        assert case.sealer.open(Sealed.model_validate(row.phone)) == "+8613900000001"
        assert row.masked_phone == "139****0001"
        assert row.expires_at == event.expires_at
        assert "482913" not in repr(row)


def test_a_new_query_code_is_told_and_stands_in_what_follows(unit: Unit, case: Case) -> None:
    new = "QRTWXY3467"
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        handlers.tell_renewed(db, case.renewed(new), case.house)
        handlers.invite_to_rate(db, case.invited(), case.house)

        told = dict(queued(db, case))
        assert told["code_renewed"] == f"{NUMBER}新查询码{new}，旧的作废。非本人请打12345。"
        assert f"code={new}" in told["invitation"]


def test_a_code_for_a_case_that_is_unknown_waits_for_it(unit: Unit, case: Case) -> None:
    steps: tuple[tuple[Tell, Any], ...] = (
        (handlers.send_one_time_code, case.one_time_code("482913")),
        (handlers.tell_renewed, case.renewed(CODE)),
    )
    for tell, event in steps:
        with pytest.raises(NotYet), unit.transaction() as db:
            tell(db, event, case.house)
