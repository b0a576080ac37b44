"""Working hours: which spans of a working day count, and how a clock runs through them.

Clock times are microseconds after local midnight, so that a limit keeps every digit of its start.
A span holds its beginning and not its end: at closing time the day is over.
"""

from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from typing import Self

MICROSECONDS_A_MINUTE = 60_000_000
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The spans of a working day, in minutes after midnight, ordered and apart from each other."""

    spans: tuple[tuple[int, int], ...]
    inside: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """The same spans in microseconds, for counting."""
    a_day: int = field(init=False, repr=False, compare=False)
    """Working microseconds in one working day."""

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        ordered = all(left < right for left, right in pairwise(edges))
        if not edges or not ordered or edges[0] < 0 or edges[-1] >= MINUTES_A_DAY:
            raise ValueError(f"working hours need ordered spans within one day, not {self.spans}")
        inside = tuple(
            (begin * MICROSECONDS_A_MINUTE, end * MICROSECONDS_A_MINUTE)
            for begin, end in self.spans
        )
        object.__setattr__(self, "inside", inside)
        object.__setattr__(self, "a_day", sum(end - begin for begin, end in inside))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `09:00-12:00,13:00-17:00`; anything else is a ValueError."""
        spans = (span.partition("-") for span in text.split(","))
        return cls(tuple((_minutes(begin), _minutes(end)) for begin, _, end in spans))

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read what `str` wrote; an empty text is no hours."""
        return cls.parse(text) if text else None

    def __str__(self) -> str:
        return ",".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in self.spans)

    @property
    def opens(self) -> int:
        """The first working microsecond of the day."""
        return self.inside[0][0]

    @property
    def closes(self) -> int:
        """The microsecond at which the day is over."""
        return self.inside[-1][1]

    def worked_by(self, clock: int) -> int:
        """Return the working microseconds between midnight and this clock time."""
        worked = 0
        for begin, end in self.inside:
            if clock <= begin:
                break
            worked += (clock if clock < end else end) - begin
        return worked

    def clock_after(self, worked: int) -> int:
        """Return the earliest clock time by which so many microseconds of the day are worked."""
        left = worked
        for begin, end in self.inside:
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise ValueError("a working day has fewer working hours than that")


DEFAULT_HOURS = WorkingHours(((9 * 60, 12 * 60), (13 * 60, 17 * 60)))


def _minutes(text: str) -> int:
    clock = time.fromisoformat(text.strip())
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
