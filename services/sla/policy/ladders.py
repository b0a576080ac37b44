"""Ladders: what follows before and after the limit of a clock, level by level.

A ladder is the rows of one kind of clock under the same conditions; of the ladders that a matter
meets the nearest one counts as a whole, as of limits. A clock climbs it from the lowest level up,
each level once, however often its limit moves. Reminders wait for the end of the quiet hours, and
what comes after them with them; lamps never do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum, unique
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Self

from services.sla.policy.calendar import WorkingCalendar, local_time
from services.sla.policy.clocks import INSTANT_AFTER, ClockKind
from services.sla.policy.hours import MICROSECONDS_A_MINUTE
from services.sla.policy.limit_sets import Matter, When
from services.sla.policy.limits import LimitUnit

LATE_AFTER = timedelta(minutes=5)
"""A step that was taken later than this after its moment is late."""
MOST_LEVELS = 9


@unique
class StepKind(StrEnum):
    """What is done on a level."""

    REMIND = "remind"
    """Somebody is reminded of a limit that comes."""
    URGE = "urge"
    """Somebody is told of a limit that has passed (催办)."""
    SUPERVISE = "supervise"
    """The node gives the unit a supervision slip (督办单)."""
    BULLETIN = "bulletin"
    """The case is put on the list for the bulletin (通报); a person decides."""
    RAISE = "raise"
    """The dispatcher is asked to hand the case up (提级); nothing goes up by itself."""


@unique
class Whom(StrEnum):
    """Whom a step addresses: a part, not a person; who is on duty or stands in gets it."""

    UNIT = "unit"
    UNIT_LEAD = "unit_lead"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"


@unique
class Side(StrEnum):
    """On which side of the limit a step lies."""

    BEFORE = "before"
    AFTER = "after"


REMINDERS = frozenset({StepKind.REMIND, StepKind.URGE})
"""What is only told to somebody: it waits for the end of the quiet hours."""
WALL: Mapping[LimitUnit, timedelta] = MappingProxyType(
    {
        LimitUnit.MINUTE: timedelta(minutes=1),
        LimitUnit.HOUR: timedelta(hours=1),
        LimitUnit.CALENDAR_DAY: timedelta(days=1),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRow:
    """One step of a ladder: on which level, how far from the limit, what is done, who hears it."""

    code: str
    kind: ClockKind
    level: int
    step: StepKind
    whom: Whom
    amount: int = 0
    unit: LimitUnit = LimitUnit.WORKING_HOUR
    side: Side = Side.AFTER
    when: When = field(default_factory=When)
    basis: str = ""

    def as_record(self) -> dict[str, Any]:
        """Return the row in plain values."""
        given = {name: value for name, value in asdict(self.when).items() if value}
        return {**asdict(self), "when": given, "basis": self.basis or None}

    @classmethod
    def of_record(cls, told: Mapping[str, Any]) -> Self:
        """Read what `as_record` wrote; anything else is a KeyError, TypeError or ValueError."""
        return cls(
            code=told["code"],
            kind=ClockKind(told["kind"]),
            level=int(told["level"]),
            step=StepKind(told["step"]),
            whom=Whom(told["whom"]),
            amount=int(told["amount"]),
            unit=LimitUnit(told["unit"]),
            side=Side(told["side"]),
            when=When(**told.get("when", {})),
            basis=told.get("basis") or "",
        )


Ladder = Sequence[LadderRow]
"""The rows that count for one clock, by their levels."""


class LadderTable:
    """Ladders found by a matter: the one with the nearest conditions, as a whole."""

    __slots__ = ("_ladders",)

    def __init__(self, rows: Sequence[LadderRow], tier: str = "") -> None:
        ladders: dict[tuple[ClockKind, When], list[LadderRow]] = {}
        for row in sorted(rows, key=lambda each: each.level):
            if row.when.tier in ("", tier):
                ladders.setdefault((row.kind, row.when), []).append(row)
        nearest = sorted(ladders.items(), key=lambda each: each[0][1].weight, reverse=True)
        self._ladders = tuple((kind, when, tuple(found)) for (kind, when), found in nearest)

    def find(self, kind: str, matter: Matter) -> Ladder:
        """Return the ladder of a clock; an empty one where no row is met."""
        for of, when, rows in self._ladders:
            if of == kind and meets(when, matter):
                return rows
        return ()


def meets(when: When, matter: Matter) -> bool:
    """Tell whether a matter meets the conditions of a row of this node's tier."""
    return (
        when.item in ("", matter.item)
        and when.urgency in ("", matter.urgency)
        and when.channel in ("", matter.channel)
        and when.demand in ("", matter.demand)
        and when.complexity in ("", matter.complexity)
        and matter.place.startswith(when.place)
    )


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Between which clock times nobody is reminded; the end is open again, no span is none."""

    begins: time = time()
    ends: time = time()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `22:00-08:00`, or an empty text for none; anything else is a ValueError."""
        begins, _, ends = text.partition("-")
        return cls(time.fromisoformat(begins), time.fromisoformat(ends)) if text else cls()

    def open_from(self, at: datetime) -> datetime:
        """Return this instant, or the first one after it at which somebody may be reminded."""
        local = local_time(at)
        clock, over_night = local.time(), self.begins > self.ends
        is_evening = over_night and clock >= self.begins
        is_morning = clock < self.ends and (over_night or clock >= self.begins)
        if not (is_evening or is_morning):
            return at
        day = local.date() + timedelta(days=is_evening)
        return datetime.combine(day, self.ends, local.tzinfo).astimezone(at.tzinfo)


@dataclass(frozen=True, slots=True)
class Times:
    """By what the moments of steps are counted."""

    calendar: WorkingCalendar
    quiet: QuietHours


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one clock: when it was due, and from when on it may be taken."""

    row: LadderRow
    due_at: datetime
    at: datetime


def step_at(row: LadderRow, due: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the moment of a row beside a limit; of one after it, never before it has passed."""
    if row.unit in WALL:
        moment = due + _signed(row) * WALL[row.unit]
    elif row.amount == 0:
        moment = due
    elif row.unit is LimitUnit.WORKING_DAY:
        moment = calendar.days_later(due, _signed(row))
    else:
        hours = _signed(row) * 60 * MICROSECONDS_A_MINUTE
        moment = calendar.instant_worked(calendar.worked_by(due) + hours)
    return max(moment, due + INSTANT_AFTER) if row.side is Side.AFTER else min(moment, due)


def _signed(row: LadderRow) -> int:
    return -row.amount if row.side is Side.BEFORE else row.amount


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock as far as it decides which step comes next."""

    started_at: datetime
    due_at: datetime
    level: int = 0
    """The highest level of whose step is known that it was taken."""


def steps_after(ladder: Ladder, clock: Standing, times: Times) -> Iterator[Step]:
    """Yield the steps above the level of a clock, each no earlier than the one below it.

    What would have come before the clock began is passed over.
    """
    below = clock.started_at
    for row in ladder:
        told = step_at(row, clock.due_at, times.calendar)
        if row.level <= clock.level or told <= clock.started_at:
            continue
        at = times.quiet.open_from(told) if row.step in REMINDERS else told
        below = max(at, below)
        yield Step(row, told, below)


def steps_until(ladder: Ladder, clock: Standing, until: datetime, times: Times) -> list[Step]:
    """Return the steps that are to be taken by a moment, in their order.

    However late somebody looks, these are the steps that would have been taken meanwhile.
    """
    return list(takewhile(lambda step: step.at <= until, steps_after(ladder, clock, times)))


def next_step(ladder: Ladder, clock: Standing, times: Times) -> datetime | None:
    """Return when the next step is to be taken; None when there is none."""
    following = next(steps_after(ladder, clock, times), None)
    return following.at if following else None


def passed_over(ladder: Ladder, clock: Standing, at: datetime, times: Times) -> int:
    """Return the level of a clock that stood until a moment: no step could be taken meanwhile."""
    return max(
        (step.row.level for step in steps_until(ladder, clock, at, times)), default=clock.level
    )


def is_late(step: Step, taken: datetime) -> bool:
    """Tell whether a step was taken later than it could have been."""
    return taken > step.at + LATE_AFTER
