"""What sla says: clocks that start, turn, stop and run on."""

from services.portal.handlers.sheet import Facts, Sheet
from services.portal.repository import Row
from shared.events.base import Envelope
from shared.events.sla import (
    WITHDRAWN,
    ClockEvent,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    DeadlineMissed,
    DueDateMoved,
    LampChanged,
    StepKind,
    StepTaken,
    TermEvent,
    TermNear,
    TermOver,
)
from shared.events.words import ClockDetail

OF_PARTS = ClockDetail.CO_HANDLE


def _started(sheet: Sheet, envelope: Envelope, event: ClockStarted) -> None:
    clock = _turned(sheet, envelope, event)
    clock["started_at"] = event.started_at
    if not clock["explanation"]:  # else it has moved since, and this is a late word
        clock["provisional"] = event.provisional
        clock["explanation"] = event.explanation
    _signing(sheet, event)


def _lamp(sheet: Sheet, envelope: Envelope, event: LampChanged) -> None:
    _turned(sheet, envelope, event)


def _paused(sheet: Sheet, envelope: Envelope, event: ClockPaused) -> None:
    if _is_news(sheet, envelope, event):
        _turned(sheet, envelope, event)["rests_until"] = event.until


def _missed(sheet: Sheet, envelope: Envelope, event: DeadlineMissed) -> None:
    _turned(sheet, envelope, event)["missed_at"] = event.occurred_at


def _signing(sheet: Sheet, event: ClockStarted | DueDateMoved) -> None:
    if event.order_id is None or event.sign_by is None or event.kind_told == OF_PARTS:
        return
    order = sheet.order(event.order_id, event.case_id)
    if isinstance(event, DueDateMoved) or order["sign_by"] is None:  # else this is a late word
        order["sign_by"] = event.sign_by


def _term(sheet: Sheet, _envelope: Envelope, event: TermEvent) -> None:
    sheet.case(event.case_id)  # what follows from it is dispatch's to say


LISTED = {StepKind.BULLETIN: "bulletin_at", StepKind.RAISE: "raising_at"}
"""Steps that put a case on a list of this node, until there is nothing to decide any more."""


def _step(sheet: Sheet, envelope: Envelope, event: StepTaken) -> None:
    row = sheet.case(event.case_id)
    column = LISTED.get(event.step)
    if column is not None and sheet.is_own(envelope):
        row[column] = min(row[column] or event.occurred_at, event.occurred_at)


def _stopped(sheet: Sheet, envelope: Envelope, event: ClockStopped) -> None:
    if _is_news(sheet, envelope, event):
        clock = _turned(sheet, envelope, event)
        clock["rests_until"] = None
        clock["stopped_at"] = event.occurred_at
        clock["reason"] = event.reason_told
        # What was withdrawn in time kept no promise; what was late by then stays late.
        kept = event.reason_told != WITHDRAWN
        clock["on_time"] = event.on_time if kept or not event.on_time else None


def _resumed(sheet: Sheet, envelope: Envelope, event: ClockResumed) -> None:
    if _is_news(sheet, envelope, event):
        clock = _turned(sheet, envelope, event)
        clock.update(stopped_at=None, reason=None, on_time=None, rests_until=None)
        if event.provisional is not None:
            clock["provisional"] = event.provisional


def _moved(sheet: Sheet, envelope: Envelope, event: DueDateMoved) -> None:
    if _is_news(sheet, envelope, event):
        clock = _turned(sheet, envelope, event)
        clock["provisional"] = event.provisional
        clock["explanation"] = event.explanation
        if event.due_at >= event.occurred_at:
            clock["missed_at"] = None
        _signing(sheet, event)


def _turned(sheet: Sheet, envelope: Envelope, event: ClockEvent) -> Row:
    clock = sheet.clock(event.clock_id, event.case_id)
    clock["node"] = envelope.node
    if envelope.version > clock["version"]:
        clock["version"] = envelope.version
        clock["kind"] = event.kind_told
        clock["order_id"] = event.order_id
        clock["unit_code"] = event.unit_code
        clock["due_at"] = event.due_at
        clock["lamp"] = event.lamp
        clock["turns_at"] = event.turns_at
    return clock


def _is_news(sheet: Sheet, envelope: Envelope, event: ClockEvent) -> bool:
    known: int = sheet.clock(event.clock_id, event.case_id)["version"]
    return envelope.version > known


FACTS: Facts = {
    ClockStarted: _started,
    ClockPaused: _paused,
    TermNear: _term,
    TermOver: _term,
    StepTaken: _step,
    LampChanged: _lamp,
    DeadlineMissed: _missed,
    ClockStopped: _stopped,
    ClockResumed: _resumed,
    DueDateMoved: _moved,
}
