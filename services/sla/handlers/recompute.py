"""Move the promises with the calendar: first told, then done in batches, each move said once.

The first batch counts all terms anew: somebody is signed for when one is over. A batch takes the
locks of its cases before it looks again, like every other change of a clock; a crash after it
loses nothing, for how far it has come is written with it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, facts, say_lamp, under_notices
from services.sla.handlers.terms import move_terms
from services.sla.handlers.trace import trace_moves
from services.sla.policy import ZONE, Due, Limit, Move, Promised, WorkingCalendar
from services.sla.repository import Clock
from services.sla.repository import recomputes as rows
from services.sla.repository.recomputes import Place, Recompute
from shared.clock import new_id
from shared.events.sla import DueDateMoved
from shared.outbox import say

MOST_LISTED = 100
MOST_EXAMINED = 10_000
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Moving:
    """One clock whose due date would move."""

    clock: Clock
    move: Move


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a calendar would move of the clocks that run now, before anything is moved."""

    running: int
    """Clocks whose limit lies where the calendars differ."""
    examined: int
    moves: Mapping[str, Mapping[str, int]]
    """By kind of clock: how many `later`, `earlier`, `fixed` (only no longer provisional)."""
    stays: int
    """Whose new limit would have passed already, so that the old one stays."""
    listed: Sequence[Moving]


def forecast(
    db: Connection, promise: Promise, after: WorkingCalendar, years: Sequence[int], now: datetime
) -> Forecast:
    """Tell which running clocks another calendar would move; nothing is changed."""
    since = differs_from(promise.calendar, after, years)
    counted = replace(promise, calendar=after)
    moves: dict[str, Counter[str]] = {}
    examined, stays, listed = 0, 0, list[Moving]()
    place: Place | None = None
    while examined < MOST_EXAMINED and (found := rows.running_after(db, since, place, CHUNK)):
        for clock in found:
            move = _moved(clock, counted, now)
            stays += move.stays
            if move.moves:
                moves.setdefault(clock.kind, Counter())[_how(move)] += 1
                listed += [Moving(clock, move)][: MOST_LISTED - len(listed)]
        examined += len(found)
        place = (found[-1].due_at, found[-1].id)
    return Forecast(rows.count_running(db, since), examined, moves, stays, listed)


def begin(db: Connection, notice_id: UUID, since: datetime, now: datetime) -> None:
    """Have the running clocks gone through from this due date on, from the commit on."""
    under_way = rows.open_recompute(db)
    due_from = min(since, under_way.due_from) if under_way else since
    total = rows.count_running(db, due_from)
    rows.add_recompute(db, Recompute(new_id(), notice_id, due_from, total, now))


def recompute(db: Connection, promise: Promise, node: str, now: datetime, limit: int) -> bool:
    """Go through the next clocks and move those that move; return whether there are more.

    Locks are taken in one order: the calendar, the progress, the cases, their clocks and terms.
    Whoever signs a notice needs the calendar alone before the progress: nobody has it then.
    """
    if rows.open_recompute(db) is None:
        return False
    counted = under_notices(db, promise, hold=True)
    begun = rows.lock_recompute(db)
    if begun is None:
        return False
    done = _go_through(db, begun, counted, (node, now), limit)
    rows.write_progress(db, done)
    return done.ended_at is None


def catch_up(db: Connection, clock: Clock, promise: Promise, node: str, now: datetime) -> None:
    """Move one clock that stood still while the calendar changed, and runs again now."""
    counted = under_notices(db, promise, hold=True)
    if _moved(clock, counted, now).moves:
        _move(db, [clock], counted, (node, now))


def differs_from(
    before: WorkingCalendar, after: WorkingCalendar, years: Sequence[int]
) -> datetime:
    """Return from which instant on due dates may differ; the years were provisional perhaps."""
    differing = after.first_difference(before)
    first = min([date(year, 1, 1) for year in years] + ([differing] if differing else []))
    return datetime.combine(first, time(), ZONE)


def _go_through(
    db: Connection, begun: Recompute, promise: Promise, at: tuple[str, datetime], limit: int
) -> Recompute:
    version, (_node, now) = promise.calendar.version, at
    found = rows.running_after(db, begun.due_from, begun.place, limit, version)
    terms = repository.running_terms(db, begun.due_from) if begun.place is None else []
    cases = {clock.case_id for clock in found} | {term.case_id for term in terms}
    repository.lock_cases(db, cases)
    moved = _move(db, found, promise, at)
    move_terms(db, [term.id for term in terms], promise, now)

    last = found[-1] if found else None
    return replace(
        begun,
        examined=begun.examined + len(found),
        moved=begun.moved + moved,
        after_due=last.due_at if last else begun.after_due,
        after_id=last.id if last else begun.after_id,
        ended_at=None if len(found) == limit else now,
    )


def _move(
    db: Connection, found: Sequence[Clock], promise: Promise, at: tuple[str, datetime]
) -> int:
    if not found:
        return 0
    node, now = at
    moved = [
        (clock, _planned(clock, move.due, promise, now), move.due)
        for clock in rows.lock_running(db, [clock.id for clock in found])
        if (move := _moved(clock, promise, now)).moves
    ]
    rows.move_clocks(db, [(clock, due) for _before, clock, due in moved])
    for before, clock, due in moved:
        _say(db, before, clock, due, now)
    trace_moves(db, node, now, [(old.case_id, old.digest, due.digest) for old, _, due in moved])
    return len(moved)


def _moved(clock: Clock, promise: Promise, now: datetime) -> Move:
    kept = promise.limits.limit_for(clock.kind, policy.Complexity(clock.complexity))
    limit = Limit.parse(clock.limit_rule) if clock.limit_rule else kept
    begun = (clock.started_at, limit, clock.due_at, clock.provisional)
    promised = Promised(*begun, changes=clock.steps)
    return policy.moved(promised, promise.calendar, clock.paused_at or now)


def _planned(clock: Clock, due: Due, promise: Promise, now: datetime) -> Clock:
    if clock.paused_at is not None:  # nothing shows before it runs on
        return replace(clock, due_at=due.at, provisional=due.provisional, digest=due.digest)
    lamp = policy.lamp_at(due.at, now, promise.yellow_before)
    is_missed = policy.is_missed(due.at, now)
    return replace(
        clock,
        due_at=due.at,
        provisional=due.provisional,
        lamp=lamp,
        next_step_at=policy.next_step_at(due.at, lamp, promise.yellow_before),
        # What was missed under the old limit is not under the new one, until that is missed too.
        missed_at=clock.missed_at if is_missed else None,
        digest=due.digest,
    )


def _say(db: Connection, before: Clock, clock: Clock, due: Due, now: datetime) -> None:
    say(
        db,
        DueDateMoved(
            **facts(clock),
            occurred_at=now,
            due_before=before.due_at,
            provisional=clock.provisional,
            provisional_before=before.provisional,
            explanation=due.digest,
        ),
    )
    say_lamp(db, clock, before.lamp, now)


def _how(move: Move) -> str:
    if move.due.at == move.before:
        return "fixed"
    return "later" if move.due.at > move.before else "earlier"
