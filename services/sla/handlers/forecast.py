"""What calendar or limits would move of the clocks that run now, before anything is moved."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, true

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, counted_from, matter_of
from services.sla.handlers.recompute import EVERY_CLOCK, Turning, kept_limit, moved_by
from services.sla.policy import NAMED, Calendars, LimitKind, LimitSet, Move, Ruled, Scope
from services.sla.repository import Case, Clock
from services.sla.repository import recomputes as rows
from services.sla.repository.recomputes import Place
from services.sla.repository.touched import touched

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
    """What calendar or limits would move of the clocks that run now, before anything is moved."""

    running: int
    """Clocks whose limit lies where the calendars differ; all of them where the limits do."""
    examined: int
    moves: Mapping[str, Mapping[str, int]]
    """By kind of clock: how many `later`, `earlier`, `fixed` (only no longer provisional)."""
    stays: int
    """Whose new limit would have passed already, so that the old one stays."""
    listed: Sequence[Moving]


def forecast(
    db: Connection, promise: Promise, after: Calendars, turning: Turning, now: datetime
) -> Forecast:
    """Tell which running clocks other calendars would move; nothing is changed."""
    calendar = after.of(Scope(promise.home))
    counted = replace(promise, calendar=calendar, days=after)

    def moves(found: Sequence[Clock]) -> list[Move]:
        cases = _cases_of(db, found, counted)
        known = [(clock, cases.get(clock.case_id), kept_limit(clock, counted)) for clock in found]
        return [
            moved_by(_resigned(clock, ruled, counted, (case, now)), ruled, counted, (case, now))
            for clock, case, ruled in known
        ]

    return _foretold(db, turning.since, moves, touched(turning.scope, promise.home))


def _cases_of(db: Connection, found: Sequence[Clock], counted: Promise) -> Mapping[UUID, Case]:
    """Return the cases of promises to people, where the place of a matter has days of its own.

    Until when an order is signed may depend on its case, too.
    """
    if not counted.days.local and not any(_waits(clock) for clock in found):
        return {}
    return repository.cases_of(db, {clock.case_id for clock in found})


def forecast_limits(db: Connection, promise: Promise, tried: LimitSet, now: datetime) -> Forecast:
    """Tell which running clocks a version of the limits would move; nothing is changed."""

    def moves(found: Sequence[Clock]) -> list[Move]:
        cases = repository.cases_of(db, {clock.case_id for clock in found})
        known = [(clock, cases.get(clock.case_id)) for clock in found]
        ruled = [_tried(clock, case, promise, tried) for clock, case in known]
        return [
            moved_by(_resigned(clock, by, promise, (case, now), tried), by, promise, (case, now))
            for (clock, case), by in zip(known, ruled, strict=True)
        ]

    return _foretold(db, EVERY_CLOCK, moves, true())


def _tried(clock: Clock, case: Case | None, promise: Promise, tried: LimitSet) -> Ruled:
    if clock.limit_set == NAMED:
        return kept_limit(clock, promise)
    matter = matter_of(case, clock.complexity)
    return policy.ruled_by(tried, promise.limits, clock.kind, matter, clock.started_at)


def _waits(clock: Clock) -> bool:
    return clock.signed_at is None and counted_from(clock) != clock.started_at


def _resigned(
    clock: Clock,
    ruled: Ruled,
    counted: Promise,
    seen: tuple[Case | None, datetime],
    tried: LimitSet | None = None,
) -> Clock:
    """Return a clock with the moment until which it is signed for, as the terms move with it."""
    if not ruled.limit.by_signature or clock.signed_at is not None:
        return clock
    case, now = seen
    chosen = tried or counted.set_for(clock.started_at, case)
    about = (LimitKind.SIGN, matter_of(case, clock.complexity), clock.started_at)
    within = policy.ruled_by(chosen, counted.limits, *about).limit
    calendar = counted.calendar_of(clock, case)
    signing = policy.resigned(clock.signing, clock.started_at, within, calendar, now)
    return replace(clock, sign_by=signing.by)


def _foretold(
    db: Connection,
    since: datetime,
    moves_of: Callable[[Sequence[Clock]], Sequence[Move]],
    only: ColumnElement[bool],
) -> Forecast:
    moves: dict[str, Counter[str]] = {}
    examined, stays, listed = 0, 0, list[Moving]()
    place: Place | None = None
    while examined < MOST_EXAMINED and (
        found := rows.running_after(db, since, place, CHUNK, only)
    ):
        for clock, move in zip(found, moves_of(found), strict=True):
            stays += move.stays
            if move.moves:
                moves.setdefault(clock.kind, Counter())[_how(move)] += 1
                listed += [Moving(clock, move)][: MOST_LISTED - len(listed)]
        examined += len(found)
        place = (found[-1].due_at, found[-1].id)
    return Forecast(rows.count_running(db, since, only), examined, moves, stays, listed)


def _how(move: Move) -> str:
    if move.due.at == move.before:
        return "fixed"
    return "later" if move.due.at > move.before else "earlier"
