"""One clock: how it starts, stops and shows its lamp, and what is said of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.policy import (
    NAMED,
    SHIPPED_LADDERS,
    Calendars,
    ClockKind,
    Complexity,
    Due,
    Ladder,
    LadderTable,
    Lamp,
    Limit,
    LimitBook,
    Limits,
    LimitSet,
    Matter,
    PauseRules,
    QuietHours,
    Ruled,
    Scope,
    Signing,
    Standing,
    Times,
    WorkingCalendar,
)
from services.sla.repository import AGREED, Case, Clock, Shelf
from shared.clock import new_id
from shared.events import dispatch as events
from shared.events import words
from shared.events.sla import (
    Allowance,
    ClockStarted,
    DeadlineMissed,
    LampChanged,
)
from shared.outbox import say

TOLD_LAMPS = {lamp: words.Lamp(lamp) for lamp in Lamp}
_TOLD_KINDS = {
    # Nodes of the release before know no other words.
    kind: (near, "" if kind.value == near.value else kind.value)
    for kind in ClockKind
    for near in (words.ClockDetail(kind).nearest,)
}
"""As what a kind is told, and in which word that came later."""
Climb = tuple[Ladder, Times]
"""The ladder of a clock, and by what the moments of its steps are counted."""
BUILT_IN_LADDERS = LadderTable(SHIPPED_LADDERS)


@dataclass(frozen=True, slots=True)
class Promise:
    """What the node promises: its limits, on its calendar, and how early a lamp warns."""

    limits: Limits
    calendar: WorkingCalendar
    """The node's own. Of the published notices alone; by which is counted says `under_notices`."""
    days: Calendars
    """The calendars of everybody, likewise."""
    yellow_before: timedelta
    shelf: Shelf
    pauses: PauseRules
    remind_before: timedelta
    """How long before a term is over somebody is reminded."""
    quiet: QuietHours
    """When nobody is reminded."""
    book: LimitBook = field(default_factory=LimitBook)
    """The signed versions of the limits; `limits` are what is left to the settings."""
    ladders: LadderTable = BUILT_IN_LADDERS
    """What follows from limits where no signed version says so."""
    home: str = ""
    """The place of the node, as a row of limits names it."""

    def calendar_for(self, kind: str, unit: str | None, case: Case | None) -> WorkingCalendar:
        """Return by which calendar is counted what a unit, or else the node, owes of a case."""
        if not self.days.local:
            return self.calendar
        region = policy.place_of(case.region) if case and case.region else self.home
        return self.days.of(policy.whose(kind, unit or "", region, self.home))

    def calendar_of(self, clock: Clock, case: Case | None = None) -> WorkingCalendar:
        """Return by which calendar a clock is counted; a promise to a person needs its case."""
        return self.calendar_for(clock.kind, clock.unit_code, case)

    def ruled(self, kind: str, complexity: str, at: datetime, case: Case | None) -> Ruled:
        """Return the limit of what begins at a moment, and which row of which version says so."""
        chosen, matter = self.set_for(at, case), matter_of(case, complexity)
        return policy.ruled_by(chosen, self.limits, kind, matter, at)

    def set_for(self, at: datetime, case: Case | None) -> LimitSet | None:
        """Return by which version of the limits is counted what begins at a moment."""
        return self.book.set_for(case.accepted_at if case and case.accepted_at else at)

    def warns_before(self, clock: Clock) -> timedelta:
        """Return how long before its limit the lamp of a clock is yellow."""
        row = self.book.row_of(clock.limit_set, clock.limit_row)
        return policy.warns_before(row, self.yellow_before)

    def ladder_of(self, clock: Clock, case: Case | None) -> Ladder:
        """Return what follows from the limit of a clock, by the version that its case keeps."""
        chosen = self.set_for(clock.started_at, case)
        ladders = self.ladders if chosen is None or chosen.ladders is None else chosen.ladders
        return ladders.find(clock.kind, matter_of(case, clock.complexity))

    def times_of(self, clock: Clock, case: Case | None) -> Times:
        """Return by what the moments of a clock's steps are counted."""
        return Times(self.calendar_of(clock, case), self.quiet)

    def following(self, clock: Clock, case: Case | None) -> datetime | None:
        """Return when the lamp of a clock changes next, or the next step is to be taken."""
        warns, on = self.warns_before(clock), self.climb_of(clock, case)
        return self.next_of(standing_of(clock), clock.lamp, warns, on)

    def climb_of(self, clock: Clock, case: Case | None) -> Climb:
        """Return the ladder of a clock, and the hours in which its reminders ring."""
        return self.ladder_of(clock, case), self.times_of(clock, case)

    def next_of(
        self, standing: Standing, lamp: Lamp, warns: timedelta, on: Climb
    ) -> datetime | None:
        """Do what `following` does for what shows a lamp that warns so early, on its ladder."""
        turns = policy.next_step_at(standing.due_at, lamp, warns)
        step = policy.next_step(on[0], standing, on[1])
        if turns is None or step is None:
            return step if turns is None else turns
        return min(turns, step)


def standing_of(clock: Clock) -> Standing:
    """Return a clock as far as it decides which step comes next."""
    return Standing(counted_from(clock), clock.due_at, clock.level)


def counted_from(clock: Clock) -> datetime:
    """Return from when a clock counts: from where it began, or from a signature."""
    if clock.limit_rule is None or clock.limit_rule == AGREED:
        return clock.started_at
    return policy.counted_from(clock.started_at, limit_of(clock.limit_rule), clock.signing)


def told_from(clock: Clock) -> datetime | None:
    """Return from when a clock counts, where that is a signature and not where it began."""
    since = counted_from(clock)
    return None if since == clock.started_at else since


@lru_cache(maxsize=1_024)
def limit_of(rule: str) -> Limit:
    """Return a limit as a clock keeps it."""
    return Limit.parse(rule)


def under_notices(db: Connection, promise: Promise, *, hold: bool = False) -> Promise:
    """Return the promise on the calendar and by the limits by which is counted now.

    With `hold` neither notice nor limits are signed until this transaction has ended.
    """
    days, book = repository.counted_by(db, promise.shelf, hold=hold)
    return replace(promise, calendar=days.of(Scope(promise.home)), days=days, book=book)


def matter_of(case: Case | None, complexity: str) -> Matter:
    """Return what is known of a case, as rows of limits ask for it."""
    if case is None:
        return Matter(complexity=complexity)
    return Matter(
        complexity=complexity,
        item=case.item_code or "",
        place=policy.place_of(case.region or ""),
        channel=case.channel or "",
        demand=case.demand or "",
        urgency=case.urgency or "",
    )


def told_case(case_id: UUID, matter: events.Matter | None) -> Case:
    """Return a case with what an event tells of its matter, to be kept."""
    told = matter.model_dump() if matter else {}
    return Case(case_id, 0, 1, 0, **told)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a new clock is about."""

    case_id: UUID
    kind: ClockKind
    round: int
    complexity: Complexity
    at: datetime
    """When it starts."""
    order_id: UUID | None = None
    unit_code: str | None = None
    sign_by: datetime | None = None
    """Of an order: until when its unit signs; of a part, says that it is not its."""
    signed_at: datetime | None = None
    """Of an order: when its unit signed, where that was heard before its dispatch."""
    limit: Limit | None = None
    """In place of the one that rows or the node have for such a clock."""
    until: datetime | None = None
    """A moment that was agreed upon, in place of any limit."""
    case: Case | None = None
    """What its limit depends on, as far as it is known."""


def start(db: Connection, subjects: Iterable[Subject], promise: Promise) -> None:
    """Start clocks with their explained due dates and say so."""
    counted, begun = under_notices(db, promise, hold=True), list(subjects)
    started = [_started(subject, counted) for subject in begun]
    repository.add_clocks(db, started)
    for clock, due in started:
        since = told_from(clock)
        is_contact = clock.kind is ClockKind.CONTACT
        say(
            db,
            ClockStarted(
                **facts(clock),
                occurred_at=clock.started_at,
                started_at=clock.started_at,
                provisional=due.provisional,
                explanation=due.digest,
                sign_by=None if is_contact and since is None else clock.sign_by,
                counted_from=since,
                allowance=allowance_of(clock, counted),
            ),
        )


def allowance_of(clock: Clock, counted: Promise) -> Allowance | None:
    """Return how far the row of a unit's limit lets it be extended; None where it is silent."""
    row = counted.book.row_of(clock.limit_set, clock.limit_row)
    if clock.kind is not ClockKind.RESOLVE or row is None or row.allowance == (None, None):
        return None
    return Allowance(most=row.extensions, days=row.extension_days)


def allowance_anew(before: Clock, clock: Clock, counted: Promise) -> Allowance | None:
    """Return how far another row than before lets a unit's limit be extended; else None."""
    same = (before.limit_set, before.limit_row) == (clock.limit_set, clock.limit_row)
    if clock.kind is not ClockKind.RESOLVE or same:
        return None
    return allowance_of(clock, counted) or Allowance()


def _started(subject: Subject, promise: Promise) -> tuple[Clock, Due]:
    subject = _put_right(subject)
    ruled = _ruled(subject, promise)
    due, rule = _due(subject, ruled.limit, promise)
    warns = policy.warns_before(ruled.row, promise.yellow_before)
    lamp = policy.lamp_at(due.at, subject.at, warns)
    clock = Clock(
        id=new_id(),
        case_id=subject.case_id,
        kind=subject.kind,
        round=subject.round,
        order_id=subject.order_id,
        unit_code=subject.unit_code,
        complexity=subject.complexity,
        started_at=subject.at,
        due_at=due.at,
        provisional=due.provisional,
        lamp=lamp,
        next_step_at=None,
        missed_at=None,
        stopped_at=None,
        stop_reason=None,
        steps=(),
        digest=due.digest,
        limit_rule=rule,
        limit_set=ruled.number,
        limit_row=ruled.code,
        sign_by=subject.sign_by,
        signed_at=subject.signed_at,
    )
    following = promise.following(clock, subject.case)
    return replace(clock, next_step_at=following), due


def _put_right(subject: Subject) -> Subject:
    """Return a subject by the complexity that its case has now, whatever was told before."""
    anew = subject.case.complexity if subject.case else None
    return replace(subject, complexity=Complexity(anew)) if anew else subject


def _ruled(subject: Subject, promise: Promise) -> Ruled:
    if subject.limit is not None:
        return Ruled(subject.limit, NAMED)
    ruled = promise.ruled(subject.kind, subject.complexity, subject.at, subject.case)
    return ruled if subject.until is None else Ruled(ruled.limit, NAMED)


def _due(subject: Subject, limit: Limit, promise: Promise) -> tuple[Due, str]:
    calendar = promise.calendar_for(subject.kind, subject.unit_code, subject.case)
    if subject.until is not None:
        return policy.due_agreed(subject.at, subject.until, calendar), AGREED
    signing = Signing(subject.sign_by, subject.signed_at)
    return policy.due_signed(subject.at, limit, calendar, signing), str(limit)


def counted_anew(
    clock: Clock, due: Due, seen: tuple[Case | None, datetime], counted: Promise
) -> Clock:
    """Return a clock as it stands with another due date, seen at a moment."""
    case, now = seen
    moved = replace(
        clock,
        due_at=due.at,
        provisional=due.provisional,
        steps=tuple(step.as_record() for step in due.steps),
        digest=due.digest,
    )
    if clock.paused_at is not None:  # nothing shows before it runs on
        return moved
    lamp = policy.lamp_at(due.at, now, counted.warns_before(moved))
    missed_at = clock.missed_at if policy.is_missed(due.at, now) else None
    shown = replace(moved, lamp=lamp, missed_at=missed_at)
    return replace(shown, next_step_at=counted.following(shown, case))


def say_lamp(db: Connection, clock: Clock, before: Lamp, now: datetime) -> None:
    """Say a lamp that is another than before, and a limit that was missed, each once."""
    if clock.lamp is not before:
        say(db, LampChanged(**facts(clock), occurred_at=now))
    if clock.lamp is Lamp.RED and clock.missed_at is None:
        repository.mark_missed(db, clock.id, now)
        say(db, DeadlineMissed(**facts(clock), occurred_at=now))


def running(db: Connection, case_id: UUID, kinds: set[ClockKind]) -> list[Clock]:
    """Lock the case and return its running clocks of these kinds."""
    repository.lock_case(db, case_id)
    return [
        clock
        for clock in repository.clocks_of_case(db, case_id)
        if clock.stopped_at is None and clock.kind in kinds
    ]


def facts(clock: Clock) -> dict[str, object]:
    """Return what every event about a clock tells."""
    kind, detail = _TOLD_KINDS[clock.kind]
    return {
        "case_id": clock.case_id,
        "clock_id": clock.id,
        "kind": kind,
        "kind_detail": detail,
        "order_id": clock.order_id,
        "unit_code": clock.unit_code,
        "due_at": clock.due_at,
        "lamp": TOLD_LAMPS[clock.lamp],
        "turns_at": clock.next_step_at if clock.paused_at is None else None,
    }
