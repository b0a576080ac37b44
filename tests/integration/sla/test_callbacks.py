"""Clocks of callbacks: begun with the invitation, ended by a callback or the person's own word."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers
from services.sla.policy import ClockKind
from services.sla.repository import Clock
from shared.errors import NotYet
from shared.events.intake import CaseErased, ErasureGround
from shared.events.review import (
    CallbackMade,
    CallbackOwed,
    CalledBy,
    CaseReopened,
    EvaluationInvited,
    EvaluationReceived,
)
from shared.events.sla import ClockStarted, ClockStopped, StepTaken
from shared.events.words import By, Level
from shared.outbox import said
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    PROMISE,
    accepted,
    clocks,
    finished,
)

pytestmark = pytest.mark.integration

UNIT, CENTRE = ClockKind.CALLBACK, ClockKind.CENTRE_CALLBACK
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BOTH = (
    CallbackOwed(by=CalledBy.UNIT, unit_code="SCJGJ"),
    CallbackOwed(by=CalledBy.CENTRE),
)
Act = Callable[[Connection], None]


def invited(round_: int = 1, at: Any = MONDAY_TEN) -> EvaluationInvited:
    return EvaluationInvited(
        case_id=CASE, occurred_at=at, round=round_, answer_by=at + 15 * DAY, callbacks=BOTH
    )


def called(by: CalledBy = CalledBy.UNIT, *, ended: bool = True, **told: Any) -> CallbackMade:
    said_: dict[str, Any] = {"round": 1, "reached": ended, "tries": 1, **told}
    return CallbackMade(
        case_id=CASE,
        occurred_at=MONDAY_TEN + 3 * HOUR,
        callback_id=uuid4(),
        called_by=by,
        ended=ended,
        by=By(kind="staff"),
        **said_,
    )


def rated() -> EvaluationReceived:
    about = {"case_id": CASE, "occurred_at": MONDAY_TEN + HOUR, "evaluation_id": uuid4()}
    return EvaluationReceived(**about, round=1, level=Level.SATISFIED, solved=True)


def reopened(at: Any = MONDAY_TEN + 2 * HOUR) -> CaseReopened:
    return CaseReopened(case_id=CASE, occurred_at=at, round=2, because="回访说没解决")


def start(db: Connection) -> None:
    handlers.start_callback_clocks(db, invited(), PROMISE)


def rate(db: Connection) -> None:
    handlers.end_by_rating(db, rated(), PROMISE)


def reopen(db: Connection) -> None:
    handlers.resume_promise(db, reopened(), PROMISE, "341523")
    handlers.end_callbacks_of_before(db, reopened(), PROMISE)


def running(db: Connection) -> set[ClockKind]:
    return {kind for kind, one in clocks(db).items() if one.stopped_at is None} & {UNIT, CENTRE}


def ended(db: Connection) -> dict[ClockKind, str | None]:
    return {kind: clocks(db)[kind].stop_reason for kind in (UNIT, CENTRE)}


def finish(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.meet_promise(db, finished(MONDAY_TEN), PROMISE)


def test_an_invitation_starts_what_the_unit_and_the_centre_owe_once(db: Connection) -> None:
    finish(db)
    for _time in range(2):
        start(db)

    owed: dict[ClockKind, Clock] = clocks(db)
    assert owed[UNIT].due_at == MONDAY_TEN + DAY + 7 * HOUR  # the next day at 17:00
    assert (owed[UNIT].unit_code, owed[CENTRE].unit_code) == ("SCJGJ", None)
    told = [each for each in said(db) if isinstance(each, ClockStarted)][-2:]
    assert [(each.kind.value, each.kind_detail) for each in told] == [
        ("feedback", "callback"),
        ("feedback", "centre_callback"),
    ]


def test_a_callback_ends_its_own_clock_and_a_try_in_vain_none(db: Connection) -> None:
    start(db)
    handlers.meet_callback(db, called(ended=False), PROMISE)
    assert running(db) == {UNIT, CENTRE}

    for _time in range(2):
        handlers.meet_callback(db, called(), PROMISE)

    assert running(db) == {CENTRE}
    stopped = [each for each in said(db) if isinstance(each, ClockStopped)]
    assert [(each.kind_told, each.on_time) for each in stopped] == [("callback", True)]


def test_a_callback_waits_for_its_invitation(db: Connection) -> None:
    with pytest.raises(NotYet):
        handlers.meet_callback(db, called(), PROMISE)


@pytest.mark.parametrize(("word", "reason"), [(rate, "met"), (reopen, "returned")])
def test_the_persons_own_word_ends_both_in_whatever_order_it_is_heard(
    db: Connection, word: Act, reason: str
) -> None:
    finish(db)
    start(db)
    for _time in range(2):
        word(db)
    assert ended(db) == {UNIT: reason, CENTRE: reason}

    start(db)
    assert running(db) == set()


@pytest.mark.parametrize("word", [rate, reopen])
def test_an_invitation_heard_after_the_word_on_it_starts_nothing(
    db: Connection, word: Act
) -> None:
    finish(db)
    word(db)
    start(db)

    assert not {UNIT, CENTRE} & clocks(db).keys()


def test_an_invitation_of_the_release_before_starts_nothing(db: Connection) -> None:
    earlier = invited().model_copy(update={"callbacks": ()})
    handlers.start_callback_clocks(db, earlier, PROMISE)

    assert clocks(db) == {}


def test_nobody_is_called_whose_case_is_erased(db: Connection) -> None:
    start(db)
    about = {"case_id": CASE, "occurred_at": MONDAY_TEN + HOUR, "number": "B", "order_id": uuid4()}
    erased = CaseErased(**about, ordered_by="341523", ground=ErasureGround.REQUEST)
    handlers.end_all_callbacks(db, erased, PROMISE)

    assert ended(db) == {UNIT: "returned", CENTRE: "returned"}


def test_who_does_not_call_is_urged_and_then_their_lead(db: Connection) -> None:
    start(db)
    handlers.sweep(db, MONDAY_TEN + 4 * DAY, PROMISE, 10)

    steps = [each for each in said(db) if isinstance(each, StepTaken)]
    assert [(each.kind_told, each.step, each.whom) for each in steps] == [
        ("callback", "urge", "unit"),
        ("callback", "urge", "unit_lead"),
    ]
