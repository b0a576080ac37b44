"""The explanation of a due date: every move from start to limit, in order, with its digest.

It is stored with the clock. Another node that has the same calendar computes the same text, hence
the same digest; a person reads the steps, worded at the edge.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum, unique

from services.sla.policy.calendar import WorkingCalendar
from services.sla.policy.limits import Limit

# The first line of the digested text; a change of rules or wording takes a new number.
EDITION = "due date, edition 1"


@unique
class Rule(StrEnum):
    """What one step of an explanation did."""

    SIGNED = "signed"
    """From dispatch to signature: the limit counts from there."""
    UNSIGNED = "unsigned"
    """From dispatch to the end of the sign limit: nobody signed before, it counts from there."""
    BEFORE_OPENING = "before_opening"
    """The start moved to the opening of its own day."""
    AFTER_CLOSING = "after_closing"
    """The start moved to the opening of the next working day."""
    DAY_OFF = "day_off"
    """The start lay on a day off and moved to the next opening."""
    START_NOT_COUNTED = "start_not_counted"
    START_COUNTED = "start_counted"
    DAYS_OFF_SKIPPED = "days_off_skipped"
    """From the first to the last of `count` days off that the limit passed over."""
    MAKE_UP_DAY_COUNTED = "make_up_day_counted"
    """A weekend day that the notice makes a working day."""
    LOCAL_DAY_OFF = "local_day_off"
    """From the first to the last of `count` days that a local notice gives off."""
    LOCAL_HOURS = "local_hours"
    """A working day with other hours by a local notice, such as a half day."""
    LOCAL_OPENING = "local_opening"
    """A day off that a local notice has worked."""
    LOCAL_WEEK = "local_week"
    """By the weekdays of `name`, 1 being Monday, a local notice opens otherwise, or not at all."""
    COUNTED = "counted"
    """`count` units of the limit, up to the last day or instant."""
    PROVISIONAL_YEAR = "provisional_year"
    """The notice of the year `count` is not published: this due date may move."""
    LAST_DAY_OFF = "last_day_off"
    """The last day was off: the limit falls on the next working day."""
    LAST_DAY_OVER = "last_day_over"
    """The hours ended after closing: the limit falls on the next working day."""
    RESTED = "rested"
    """The clock rested: the limit lies so much working time later."""
    EXTENDED = "extended"
    """The limit was moved `count` working days later by a decision."""
    AGREED = "agreed"
    """The moment was agreed upon, or is that of the lead's own limit: nothing was counted."""
    END_OF_WORKING_DAY = "end_of_working_day"
    END_OF_DAY = "end_of_day"
    SAME_CLOCK_TIME = "same_clock_time"


@dataclass(frozen=True, slots=True)
class Step:
    """One move: its rule, from where to where (ISO 8601, local day or instant), and a number.

    Of what is local also for what, when it is open, and the notice that says so.
    """

    rule: Rule
    since: str
    until: str
    count: int = 0
    name: str = ""
    hours: str = ""
    notice: str = ""

    def __str__(self) -> str:
        told = f"{self.rule} {self.since} {self.until} {self.count}"
        return f"{told} {self.name}|{self.hours}|{self.notice}" if self.notice else told

    def as_record(self) -> dict[str, str | int]:
        """Return the step in plain values, for a JSON column or an answer."""
        told = {
            "rule": self.rule.value,
            "since": self.since,
            "until": self.until,
            "count": self.count,
        }
        local = {"name": self.name, "hours": self.hours, "notice": self.notice}
        return {**told, **local} if self.notice else told


def step(rule: Rule, since: date, until: date, count: int = 0) -> Step:
    """Make a step between two local days or instants."""
    return Step(rule, since.isoformat(), until.isoformat(), count)


def explain_working_days(calendar: WorkingCalendar, day: date, last: date) -> Iterator[Step]:
    """Yield what was passed over and what was unusual after `day`, up to and including `last`."""
    before = day
    for worked in calendar.working_days_between(day, last):
        skipped = (worked - before).days - 1
        if skipped:
            first_off, last_off = before + timedelta(days=1), worked - timedelta(days=1)
            yield step(Rule.DAYS_OFF_SKIPPED, first_off, last_off, skipped)
        if calendar.is_made_up(worked):
            yield step(Rule.MAKE_UP_DAY_COUNTED, worked, worked)
        before = worked


def explain_provisional(calendar: WorkingCalendar, first: date, last: date) -> Iterator[Step]:
    """Yield one step per unpublished year that the days first to last touch."""
    for year in calendar.provisional_years(first, last):
        since = max(first, date(year, 1, 1))
        until = min(last, date(year, 12, 31))
        yield step(Rule.PROVISIONAL_YEAR, since, until, year)


def explanation_text(
    start: datetime, limit: Limit, calendar_version: str, steps: Iterable[object], at: datetime
) -> str:
    """Return the canonical text of a due date: one line per fact, instants in UTC."""
    lines = (
        EDITION,
        f"start {start.astimezone(UTC).isoformat()}",
        f"limit {limit}",
        f"calendar {calendar_version}",
        *map(str, steps),
        f"due {at.astimezone(UTC).isoformat()}",
    )
    return "\n".join(lines)


def digest_of(text: str) -> str:
    """Return the SHA-256 of an explanation, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
