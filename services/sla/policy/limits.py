"""Limits as data: how long each promise may take, in which unit, counted from where to where."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum, unique
from typing import Self

from services.sla.policy.clocks import ClockKind


@unique
class Complexity(StrEnum):
    """How much work a case is; it chooses the resolve limit."""

    ON_SPOT = "on_spot"
    SIMPLE = "simple"
    ORDINARY = "ordinary"
    COMPLEX = "complex"


@unique
class LimitUnit(StrEnum):
    """What a limit counts."""

    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    MINUTE = "minute"
    """By the wall clock, as hours are."""


@unique
class StartRule(StrEnum):
    """From where a limit counts."""

    NEXT_WORKING_DAY = "next_working_day"
    """A start outside hours moves to the next opening; its day does not count."""
    SAME_DAY = "same_day"
    """A start outside hours moves to the next opening; its day counts as the first."""
    INSTANT = "instant"
    """The start is taken as it is; the day after it counts as the first."""


@unique
class EndRule(StrEnum):
    """Where on its last day a limit falls."""

    END_OF_WORKING_DAY = "end_of_working_day"
    """At closing; when the last day is off, at closing of the next working day."""
    END_OF_DAY = "end_of_day"
    """At the last second of its last day, worked or not."""
    SAME_CLOCK_TIME = "same_clock_time"
    """At the clock time of the start; for hours, exactly when they are over."""


@unique
class CountsFrom(StrEnum):
    """With which fact a limit begins."""

    FACT = "fact"
    """With that of its kind: of a unit's order with the dispatch."""
    SIGNATURE = "signature"
    """When the unit signs for its order, and at the latest when its time for that is over."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One promise: an amount of a unit, at least 1, and the rules for both ends."""

    amount: int
    unit: LimitUnit = LimitUnit.WORKING_DAY
    start: StartRule = StartRule.NEXT_WORKING_DAY
    end: EndRule = EndRule.END_OF_WORKING_DAY
    counts_from: CountsFrom = CountsFrom.FACT

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"a limit is at least 1, not {self.amount}")
        starts_on_its_day = self.counts_days and self.start is StartRule.SAME_DAY
        if self.amount == 1 and starts_on_its_day and self.end is EndRule.SAME_CLOCK_TIME:
            raise ValueError("one day that counts its start and ends at its clock time is no time")

    def __str__(self) -> str:
        counted = f"{self.amount} {self.unit} {self.start} {self.end}"
        return f"{counted} {self.counts_from}" if self.by_signature else counted

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote of a limit; anything else is a ValueError."""
        amount, unit, start, end, *more = text.split(" ")
        counts_from = CountsFrom(*more) if more else CountsFrom.FACT
        return cls(int(amount), LimitUnit(unit), StartRule(start), EndRule(end), counts_from)

    @property
    def by_signature(self) -> bool:
        """Tell whether it counts from a signature."""
        return self.counts_from is CountsFrom.SIGNATURE

    @property
    def from_fact(self) -> Self:
        """The same limit, counted from the fact of its kind."""
        return replace(self, counts_from=CountsFrom.FACT) if self.by_signature else self

    @property
    def counts_days(self) -> bool:
        """Tell whether the amount is a number of days, not of hours."""
        return self.unit in (LimitUnit.WORKING_DAY, LimitUnit.CALENDAR_DAY)

    @property
    def counts_work(self) -> bool:
        """Tell whether it depends on which days are worked, beyond the one on which it starts."""
        by_work = self.unit in (LimitUnit.WORKING_DAY, LimitUnit.WORKING_HOUR)
        return by_work or self.end is EndRule.END_OF_WORKING_DAY

    def changed(self, values: Mapping[str, str | int]) -> Self:
        """Return this limit with the given fields replaced; an unknown one is a ValueError."""
        unknown = values.keys() - {"amount", "unit", "start", "end", "counts_from"}
        if unknown:
            raise ValueError(f"a limit has no {', '.join(sorted(unknown))}")
        return replace(
            self,
            amount=int(values.get("amount", self.amount)),
            unit=LimitUnit(str(values.get("unit", self.unit))),
            start=StartRule(str(values.get("start", self.start))),
            end=EndRule(str(values.get("end", self.end))),
            counts_from=CountsFrom(str(values.get("counts_from", self.counts_from))),
        )


SAME_WORKING_DAY = Limit(1, start=StartRule.SAME_DAY)
SIGNED_FOR = frozenset({*Complexity, ClockKind.CONTACT})
"""The limits of a unit's order, by name: of these alone there is a signature."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Every promise of a node; the defaults are those of the Chongming mechanism and Anhui."""

    contact: Limit = Limit(1)
    feedback: Limit = Limit(1)
    on_spot: Limit = SAME_WORKING_DAY
    simple: Limit = SAME_WORKING_DAY
    ordinary: Limit = Limit(3)
    complex: Limit = Limit(5)
    sign: Limit = Limit(1)
    """Within which a unit signs for its order, or gives it back."""
    search: Limit = Limit(1)
    """Within which a dispatcher finds the unit for a pooled case."""
    co_handle: Limit = Limit(2)
    """Within which a unit answers its part of another's order, unless its lead says otherwise."""
    rectify: Limit = Limit(5)
    """Within which a result that did not hold is put right (好差评: Dezhou, facts 5.3)."""
    supervision: Limit = Limit(1)
    """Within which a unit answers a slip that follows from its limits."""
    meeting: Limit = Limit(5)
    """Within which a meeting that was called is held, however often it is moved."""
    callback: Limit = Limit(1)
    """Within which a unit calls the person back after its result (next day, facts 5.3)."""
    centre_callback: Limit = Limit(5)
    """Within which the centre does."""

    @classmethod
    def overriding(cls, overrides: Mapping[str, Mapping[str, str | int]]) -> Self:
        """Return the defaults with some fields of some limits changed: {"complex": {"amount": 7}}.

        An unknown name or value is a ValueError.
        """
        limits = cls()
        unknown = overrides.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"there is no limit called {', '.join(sorted(unknown))}")
        changed = {name: getattr(limits, name).changed(to) for name, to in overrides.items()}
        unsigned = {name for name, limit in changed.items() if limit.by_signature} - SIGNED_FOR
        if unsigned:
            raise ValueError(f"nobody signs for {', '.join(sorted(unsigned))}")
        return replace(limits, **changed)

    def resolve_for(self, complexity: Complexity) -> Limit:
        """Return the limit for solving a case of this complexity."""
        match complexity:
            case Complexity.ON_SPOT:
                return self.on_spot
            case Complexity.SIMPLE:
                return self.simple
            case Complexity.ORDINARY:
                return self.ordinary
            case Complexity.COMPLEX:
                return self.complex

    def limit_for(self, kind: ClockKind, complexity: Complexity) -> Limit:
        """Return the limit of a clock; the citizen's is the resolve limit, from acceptance.

        So is a leg's, from the moment when the node took the case over.
        """
        if kind in (ClockKind.CITIZEN, ClockKind.RESOLVE, ClockKind.LEG):
            return self.resolve_for(complexity)
        limit: Limit = self.feedback if kind is ClockKind.TRACKING else getattr(self, kind.value)
        return limit

    def built_in(self, kind: str, complexity: Complexity) -> Limit:
        """Return the limit of a clock or a term by its name."""
        terms = {"sign": self.sign, "search": self.search}
        return terms.get(kind) or self.limit_for(ClockKind(kind), complexity)
