"""Move the promises with calendar and limits: first told, then in batches, each move said once.

The first batch counts all terms anew: somebody is signed for when one is over. A batch takes the
locks of its cases before it looks again, like every other change of a clock; a crash after it
loses nothing, for how far it has come is written with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import (
    TOLD_LAMPS,
    Promise,
    allowance_anew,
    allowance_of,
    facts,
    limit_of,
    say_lamp,
    told_from,
    under_notices,
)
from services.sla.handlers.terms import move_terms
from services.sla.handlers.trace import trace_moves
from services.sla.policy import (
    NAMED,
    NATION,
    ZONE,
    Due,
    IssuedNotice,
    Lamp,
    Move,
    Promised,
    Ruled,
    Scope,
    Standing,
    WorkingCalendar,
)
from services.sla.repository import Case, Clock, Term
from services.sla.repository import recomputes as rows
from services.sla.repository.limit_sets import set_by_id
from services.sla.repository.notices import notice_of
from services.sla.repository.recomputes import Recompute, Shown
from services.sla.repository.touched import apart, touched
from shared.clock import new_id
from shared.events.local import LocalCause
from shared.events.sla import Allowance, DueDateMoved, MoveReason
from shared.outbox import say

EVERY_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any due date."""


@dataclass(frozen=True, slots=True)
class Turning:
    """From which instant on due dates may differ, and whose."""

    since: datetime
    scope: Scope = NATION


@dataclass(frozen=True, slots=True)
class Round:
    """Where and when clocks are gone through, and for which notice, where it is known."""

    node: str
    now: datetime
    notice: IssuedNotice | None = None


def begin(
    db: Connection, signed_id: UUID, turning: Turning, now: datetime, home: str = ""
) -> None:
    """Have the running clocks gone through from this due date on, from the commit on.

    What was signed is a notice, or a version of the limits that moves open cases. What was under
    way for somebody else goes on with it: then all are gone through.
    """
    since, scope = turning.since, turning.scope
    if under_way := rows.open_recompute(db):
        since = min(since, under_way.due_from)
        scope = scope if scope == under_way.scope else NATION
    total = rows.count_running(db, since, touched(scope, home))
    begun = Recompute(new_id(), signed_id, since, total, now)
    rows.add_recompute(db, replace(begun, region=scope.region, unit_code=scope.unit))


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
    notice = notice_of(db, begun.notice_id)
    seen = Round(node, now, notice.issued if notice else None)
    done = _go_through(db, begun, counted, seen, limit)
    rows.write_progress(db, done)
    return done.ended_at is None


def catch_up(
    db: Connection, clock: Clock, case: Case, promise: Promise, at: tuple[str, datetime]
) -> None:
    """Move one clock that stood still while the calendar changed, and runs again now."""
    counted = under_notices(db, promise, hold=True)
    if moved_by(clock, _ruled(clock, case, counted), counted, (case, at[1])).moves:
        _move(db, [clock.id], {case.case_id: case}, counted, Round(*at))


def differs_from(
    before: WorkingCalendar, after: WorkingCalendar, years: Sequence[int]
) -> datetime:
    """Return from which instant on due dates may differ; the years were provisional perhaps."""
    differing = after.first_difference(before)
    first = min([date(year, 1, 1) for year in years] + ([differing] if differing else []))
    return datetime.combine(first, time(), ZONE)


def _go_through(
    db: Connection, begun: Recompute, promise: Promise, at: Round, limit: int
) -> Recompute:
    now, mine = at.now, touched(begun.scope, promise.home)
    found = rows.spots_after(db, begun, _counted_by(begun.scope, promise), limit, mine)
    running = repository.running_terms(db, begun.due_from) if begun.place is None else []
    terms = [each for each in running if begun.scope.covers(_scope_of(each, promise))]
    cases = {spot.case_id for spot in found} | {term.case_id for term in terms}
    held = repository.hold_cases(db, cases)
    # Until when is signed comes first: a limit may count from there.
    if terms:
        move_terms(db, [term.id for term in terms], promise, _reason(db, begun), now)
    moved = _move(db, [spot.id for spot in found], held, promise, at)

    last = found[-1] if found else None
    return replace(
        begun,
        examined=begun.examined + len(found),
        moved=begun.moved + moved,
        after_due=last.due_at if last else begun.after_due,
        after_id=last.id if last else begun.after_id,
        ended_at=None if len(found) == limit else now,
    )


def _scope_of(term: Term, promise: Promise) -> Scope:
    return policy.whose(term.kind, term.unit_code or "", "", promise.home)


def _counted_by(scope: Scope, promise: Promise) -> tuple[str, int, ColumnElement[bool]]:
    """Return the calendar and the limits that clocks of a scope get, and which get another one."""
    days, home, number = promise.days, Scope(promise.home), promise.book.moved_to
    base = home if scope.covers(home) else scope
    narrower = frozenset(each for each in days.local if base.covers(each) and each != base)
    return days.of(base).version, number, apart(narrower, promise.home)


def _reason(db: Connection, begun: Recompute) -> MoveReason:
    by_limits = set_by_id(db, begun.notice_id) is not None
    return MoveReason.LIMITS if by_limits else MoveReason.CALENDAR


def _move(
    db: Connection,
    ids: Sequence[UUID],
    cases: Mapping[UUID, Case],
    promise: Promise,
    at: Round,
) -> int:
    if not ids:
        return 0
    now = at.now
    locked = rows.lock_running(db, ids)
    seen = [(cases.get(clock.case_id), now) for clock in locked]
    ruled = [_ruled(clock, each[0], promise) for clock, each in zip(locked, seen, strict=True)]
    planned = [
        (clock, _planned(clock, by, move.due, promise, each), move)
        for clock, by, each in zip(locked, ruled, seen, strict=True)
        if _is_new(clock, by, move := moved_by(clock, by, promise, each))
    ]
    rows.move_clocks(db, [(clock.id, shown, move.due) for clock, shown, move in planned])
    moved = [each for each in planned if each[2].moves or _allows_else(*each[:2], promise)]
    for clock, shown, move in moved:
        _say(db, (clock, shown, move.due), _allowance(clock, shown, promise), at)
    told = [(clock.case_id, clock.digest, move.due.digest) for clock, _, move in moved]
    trace_moves(db, at.node, now, told)
    return len(moved)


def _ruled(clock: Clock, case: Case | None, promise: Promise) -> Ruled:
    counted = clock.limit_set or 0
    chosen = promise.set_for(clock.started_at, case)
    if counted == NAMED or chosen is None or chosen.number <= counted:
        return kept_limit(clock, promise)
    ruled = promise.ruled(clock.kind, clock.complexity, clock.started_at, case)
    return ruled if ruled.number > counted else kept_limit(clock, promise)


def kept_limit(clock: Clock, promise: Promise) -> Ruled:
    """Return the limit as it was promised."""
    if clock.limit_rule:
        limit = limit_of(clock.limit_rule)
    else:
        limit = promise.limits.built_in(clock.kind, policy.Complexity(clock.complexity))
    row = promise.book.row_of(clock.limit_set, clock.limit_row)
    return Ruled(limit, clock.limit_set or 0, row=row)


def _is_new(clock: Clock, ruled: Ruled, move: Move) -> bool:
    is_other = ruled.number > (clock.limit_set or 0) and not move.stays
    return move.moves or is_other


def moved_by(
    clock: Clock, ruled: Ruled, promise: Promise, seen: tuple[Case | None, datetime]
) -> Move:
    """Return where a running clock ends by a limit and the calendars now, seen at a moment."""
    case, now = seen
    begun = (clock.started_at, ruled.limit, clock.due_at, clock.provisional)
    promised = Promised(*begun, changes=clock.steps or (), signing=clock.signing)
    return policy.moved(promised, promise.calendar_of(clock, case), clock.paused_at or now)


def _planned(
    clock: Clock, ruled: Ruled, due: Due, promise: Promise, seen: tuple[Case | None, datetime]
) -> Shown:
    case, now = seen
    lamp, missed_at, next_step_at = clock.lamp, clock.missed_at, clock.next_step_at
    if clock.paused_at is None:  # else nothing shows before it runs on
        warns = policy.warns_before(ruled.row, promise.yellow_before)
        lamp = policy.lamp_at(due.at, now, warns)
        # What was missed under the old limit is not under the new one, until that is missed too.
        missed_at = missed_at if policy.is_missed(due.at, now) else None
        since = policy.counted_from(clock.started_at, ruled.limit, clock.signing)
        standing = Standing(since, due.at, clock.level)
        next_step_at = promise.next_of(standing, lamp, warns, promise.climb_of(clock, case))
    limit = (str(ruled.limit), ruled.number, ruled.code)
    return Shown(due.at, due.provisional, lamp, next_step_at, missed_at, *limit)


def _allowance(before: Clock, shown: Shown, promise: Promise) -> Allowance | None:
    if (before.limit_set or 0, before.limit_row) == (shown.limit_set, shown.limit_row):
        return None
    return allowance_anew(before, replace(before, **shown._asdict()), promise)


def _allows_else(before: Clock, shown: Shown, promise: Promise) -> bool:
    anew = _allowance(before, shown, promise)
    return anew is not None and anew != (allowance_of(before, promise) or Allowance())


def _say(
    db: Connection,
    move: tuple[Clock, Shown, Due],
    allowance: Allowance | None,
    at: Round,
) -> None:
    before, shown, due = move
    now = at.now
    told = facts(before) | {
        "due_at": shown.due_at,
        "lamp": TOLD_LAMPS[shown.lamp],
        "turns_at": shown.next_step_at if before.paused_at is None else None,
    }
    is_same_set = (before.limit_set or 0) == shown.limit_set
    say(
        db,
        DueDateMoved(
            **told,
            occurred_at=now,
            due_before=before.due_at,
            reason=MoveReason.CALENDAR if is_same_set else MoveReason.LIMITS,
            provisional=shown.provisional,
            provisional_before=before.provisional,
            explanation=due.digest,
            allowance=allowance,
            counted_from=told_from(replace(before, **shown._asdict())),
            local=_local_cause(at.notice, before, shown) if is_same_set else None,
        ),
    )
    if shown.lamp is not Lamp.GREEN or before.lamp is not Lamp.GREEN:
        say_lamp(db, replace(before, **shown._asdict()), before.lamp, now)


def _local_cause(notice: IssuedNotice | None, before: Clock, shown: Shown) -> LocalCause | None:
    if notice is None or not notice.scope.is_local:
        return None
    first = policy.local_time(before.started_at).date()
    last = policy.local_time(max(before.due_at, shown.due_at)).date()
    days = [each for each in notice.days if first <= each.day <= last]
    names = tuple(dict.fromkeys(each.name for each in days))
    whose = {"region": notice.scope.region, "unit_code": notice.scope.unit}
    return LocalCause(**whose, names=names, off=bool(days) and all(each.off for each in days))
