"""A case was found to be more work than was thought, or less: its limits are counted anew.

From where each clock began, with its rests and extensions, by the version that the case keeps. As
with a new calendar, a limit that would have passed already is put on nobody: then the old one
stays, and the fact says where the new one would have been. What was agreed upon stays, too.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import (
    Promise,
    allowance_anew,
    counted_anew,
    facts,
    running,
    say_lamp,
    told_from,
    under_notices,
)
from services.sla.handlers.passing import bring_to
from services.sla.handlers.terms import move_terms
from services.sla.policy import NAMED, ClockKind, Move, Promised, Ruled
from services.sla.repository import Case, Clock
from shared.events.dispatch import CaseReclassified, ComplexityHeard
from shared.events.sla import DueDateMoved, MoveReason
from shared.events.words import Complexity
from shared.outbox import say

Fact = CaseReclassified | ComplexityHeard


def reclassify(db: Connection, event: Fact, promise: Promise) -> None:
    """Count anew what runs of a case; told again, or otherwise by another node, it is nothing."""
    case = repository.lock_case(db, event.case_id)
    if case.complexity is not None:
        return
    classified = replace(
        case,
        complexity=event.complexity.value,
        complexity_before=event.before.value,
        complexity_at=event.occurred_at,
    )
    repository.note_complexity(db, classified)

    # Until when is signed comes first: a limit may count from there.
    counted = under_notices(db, promise, hold=True)
    terms = repository.reclassify_terms(db, event.case_id, event.complexity)
    move_terms(db, terms, counted, MoveReason.LIMITS, event.occurred_at)
    for owed in running(db, event.case_id, set(ClockKind)):
        if owed.limit_set != NAMED:
            _count_anew(db, owed, classified, event, promise)


def foreseen(
    db: Connection, case_id: UUID, complexity: policy.Complexity, promise: Promise, now: datetime
) -> list[tuple[Clock, Move]]:
    """Return where the running limits of a case would lie by another complexity; none is moved.

    None for a case that was classified anew before, for that is done once.
    """
    case = repository.cases_of(db, [case_id]).get(case_id)
    if case is None or case.complexity is not None:
        return []
    counted = under_notices(db, promise)
    found = repository.clocks_of_case(db, case_id)
    running_ones = (clock for clock in found if clock.stopped_at is None)
    owed = [clock for clock in running_ones if clock.limit_set != NAMED]
    return [(clock, _foreseen(clock, complexity, counted, (case, now))) for clock in owed]


def _foreseen(
    clock: Clock, complexity: policy.Complexity, counted: Promise, seen: tuple[Case, datetime]
) -> Move:
    ruled = counted.ruled(clock.kind, complexity, clock.started_at, seen[0])
    return _moved(clock, ruled, counted, seen)


def _count_anew(
    db: Connection,
    owed: Clock,
    case: Case,
    event: Fact,
    promise: Promise,
) -> None:
    now = event.occurred_at
    clock = bring_to(db, owed, now, promise)
    counted = under_notices(db, promise, hold=True)
    ruled = counted.ruled(clock.kind, event.complexity, clock.started_at, case)
    move = _moved(clock, ruled, counted, (case, now))
    if move.stays:
        say(db, DueDateMoved(**_told(clock, clock, event), would_be_at=move.due.at))
        return
    moved = _planned(clock, ruled, move, (case, now), counted)
    repository.reclassify_clock(db, moved, move.due)
    anew = allowance_anew(clock, moved, counted)
    if move.moves or anew is not None:
        say(db, DueDateMoved(**_told(clock, moved, event), allowance=anew))
    say_lamp(db, moved, clock.lamp, now)


def _moved(clock: Clock, ruled: Ruled, counted: Promise, seen: tuple[Case, datetime]) -> Move:
    case, now = seen
    begun = (clock.started_at, ruled.limit, clock.due_at, clock.provisional)
    promised = Promised(*begun, changes=clock.steps, signing=clock.signing)
    return policy.moved(promised, counted.calendar_of(clock, case), clock.paused_at or now)


def _planned(
    clock: Clock, ruled: Ruled, move: Move, seen: tuple[Case, datetime], counted: Promise
) -> Clock:
    limited = replace(
        clock,
        complexity=seen[0].complexity or clock.complexity,
        limit_rule=str(ruled.limit),
        limit_set=ruled.number,
        limit_row=ruled.code,
    )
    return counted_anew(limited, move.due, seen, counted)


def _told(before: Clock, clock: Clock, event: Fact) -> dict[str, object]:
    return {
        **facts(clock),
        "occurred_at": event.occurred_at,
        "due_before": before.due_at,
        "provisional": clock.provisional,
        "provisional_before": before.provisional,
        "reason": MoveReason.LIMITS,
        "complexity": Complexity(event.complexity),
        "explanation": clock.digest,
        "counted_from": told_from(clock),
    }
