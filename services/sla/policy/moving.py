"""Where a promise goes when the calendar changes under it.

A limit that would have passed already is not put on anybody: then the old one stays as it was
promised, explained by the calendar that it was computed with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.sla.policy.calendar import WorkingCalendar, local_time
from services.sla.policy.due import Due
from services.sla.policy.explanation import Rule, Step
from services.sla.policy.limits import Limit
from services.sla.policy.pauses import due_after_rest, due_extended, is_unsure
from services.sla.policy.signing import UNHEARD, Signing, due_signed

Record = Mapping[str, str | int]
"""A step of an explanation in plain values."""


@dataclass(frozen=True, slots=True)
class Move:
    """A due date under another calendar; `moves` is False where people see no difference."""

    before: datetime
    due: Due
    moves: bool
    stays: bool = False
    """The new limit has passed already: the old one stays."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What a clock promised: from when, by which limit, until when, and whether that may move."""

    started_at: datetime
    limit: Limit
    due_at: datetime
    provisional: bool
    changes: Sequence[Record] = ()
    """The rests and extensions that came after, in their order, as they were explained."""
    signing: Signing = UNHEARD
    """Of a unit's order: until when it is signed for, and when it was."""


def moved(promised: Promised, calendar: WorkingCalendar, now: datetime) -> Move:
    """Return where a running promise ends under this calendar, seen from `now`.

    A clock that rests stands at the moment from which it rests: that is its `now`.
    """
    begun = due_signed(promised.started_at, promised.limit, calendar, promised.signing)
    due = _changed(begun, promised.changes, calendar)
    if due.at < now <= promised.due_at:
        return Move(promised.due_at, due, moves=False, stays=True)
    told = (due.at, due.provisional)
    return Move(promised.due_at, due, moves=told != (promised.due_at, promised.provisional))


def _changed(due: Due, changes: Sequence[Record], calendar: WorkingCalendar) -> Due:
    if not changes:
        return due
    at, steps = due.at, list(due.steps)
    for change in changes:
        since, until = str(change["since"]), str(change["until"])
        if change["rule"] == Rule.RESTED:
            rested = datetime.fromisoformat(since), datetime.fromisoformat(until)
            at = due_after_rest(at, *rested, calendar)
            steps.append(Step(Rule.RESTED, since, until))
        elif change["rule"] == Rule.EXTENDED:
            before, at = at, due_extended(at, int(change["count"]), calendar)
            told = (local_time(before).isoformat(), local_time(at).isoformat())
            steps.append(Step(Rule.EXTENDED, *told, int(change["count"])))
    provisional = due.provisional or is_unsure(due.at, at, calendar)
    return replace(due, at=at, provisional=provisional, steps=tuple(steps))
