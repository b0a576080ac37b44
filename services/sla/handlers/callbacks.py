"""Calling the person back after a result: begun with the invitation, ended by a word of theirs.

The person's own rating ends it too: who has said how it was need not be asked a second time.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from services.sla import repository
from services.sla.handlers.clocks import Promise, Subject, running, start
from services.sla.handlers.stopping import stop
from services.sla.policy import ClockKind, Complexity
from services.sla.repository import Case, Clock
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.review import (
    CallbackMade,
    CalledBy,
    CaseReopened,
    EvaluationInvited,
    EvaluationReceived,
)
from shared.events.sla import StopReason

KINDS = {
    CalledBy.UNIT: ClockKind.CALLBACK,
    CalledBy.CENTRE: ClockKind.CENTRE_CALLBACK,
}
CALLBACKS = frozenset(KINDS.values())


def start_callback_clocks(db: Connection, event: EvaluationInvited, promise: Promise) -> None:
    """Start what is owed after a result, but for a round that the person has spoken of since."""
    case = repository.lock_case(db, event.case_id)
    if event.round <= case.answered_round or event.round < case.reopened_round:
        return
    known = repository.clocks_of_case(db, event.case_id)
    begun = {(clock.kind, clock.round) for clock in known}
    owed = [each for each in _owed(event, case, known) if (each.kind, each.round) not in begun]
    start(db, owed, promise)


def _owed(event: EvaluationInvited, case: Case, known: list[Clock]) -> Iterator[Subject]:
    complexity = Complexity(known[0].complexity) if known else Complexity.ORDINARY
    for callback in event.callbacks:
        yield Subject(
            event.case_id,
            KINDS[callback.by],
            event.round,
            complexity,
            event.occurred_at,
            unit_code=callback.unit_code,
            case=case,
        )


def meet_callback(db: Connection, event: CallbackMade, promise: Promise) -> None:
    """Stop what was owed once somebody was reached, or was not as often as the rules ask."""
    if not event.ended:
        return
    repository.lock_case(db, event.case_id)
    mine = [
        clock
        for clock in repository.clocks_of_case(db, event.case_id)
        if (clock.kind, clock.round) == (KINDS[event.called_by], event.round)
    ]
    if not mine:
        raise NotYet(f"nobody owes a callback after round {event.round} here")
    owed = [clock for clock in mine if clock.stopped_at is None]
    stop(db, owed, event.occurred_at, StopReason.MET, promise)


def end_by_rating(db: Connection, event: EvaluationReceived, promise: Promise) -> None:
    """Stop what is owed after a round: the person has spoken of their own."""
    case = repository.lock_case(db, event.case_id)
    if event.round > case.answered_round:
        repository.note_answered(db, replace(case, answered_round=event.round))
    _stop_before(db, event, event.round, StopReason.MET, promise)


def end_callbacks_of_before(db: Connection, event: CaseReopened, promise: Promise) -> None:
    """Charge nobody any more for a round that did not hold."""
    _stop_before(db, event, event.round - 1, StopReason.RETURNED, promise)


def end_all_callbacks(db: Connection, event: CaseEvent, promise: Promise) -> None:
    """Charge nobody any more: there is nobody left to call."""
    owed = running(db, event.case_id, set(CALLBACKS))
    stop(db, owed, event.occurred_at, StopReason.RETURNED, promise)


def _stop_before(
    db: Connection, event: CaseEvent, round_: int, reason: StopReason, promise: Promise
) -> None:
    owed = running(db, event.case_id, set(CALLBACKS))
    stop(db, [each for each in owed if each.round <= round_], event.occurred_at, reason, promise)
