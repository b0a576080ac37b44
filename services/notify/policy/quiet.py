"""Quiet hours: what rings at a duty telephone at night waits for the morning (N28).

Only messages wait; the clocks and terms that they tell of never do.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one clock time in China to another, perhaps over midnight; never if both are one."""

    begins: time
    ends: time


def rings_at(told_at: datetime, quiet: QuietHours, *, is_urgent: bool) -> datetime:
    """Return when a telephone rings for what is told at a moment."""
    local = told_at.astimezone(CHINA)
    if is_urgent or not _is_quiet(local.time(), quiet):
        return told_at
    day = local.date() if local.time() < quiet.ends else local.date() + DAY
    return datetime.combine(day, quiet.ends, CHINA)


def _is_quiet(clock: time, quiet: QuietHours) -> bool:
    if quiet.begins <= quiet.ends:
        return quiet.begins <= clock < quiet.ends
    return clock >= quiet.begins or clock < quiet.ends
