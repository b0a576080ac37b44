"""What is wrong with a set of limits before anybody signs it, and how two sets differ."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from itertools import combinations
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from services.sla.policy.limit_sets import BY_ORDER, BY_SIGNATURE, LimitKind, LimitRow, When
from services.sla.policy.limits import Complexity, Limit, LimitUnit

NEEDED = (
    LimitKind.RESOLVE,
    LimitKind.CONTACT,
    LimitKind.FEEDBACK,
    LimitKind.SIGN,
    LimitKind.SEARCH,
    LimitKind.CO_HANDLE,
)
"""Kinds that have a limit for every matter; the other ones stand on these."""
MINUTES: Mapping[LimitUnit, int] = MappingProxyType(
    {
        LimitUnit.MINUTE: 1,
        LimitUnit.HOUR: 60,
        LimitUnit.WORKING_HOUR: 60,
        LimitUnit.CALENDAR_DAY: 24 * 60,
        LimitUnit.WORKING_DAY: 24 * 60,
    }
)


class Coded(Protocol):
    """A row of a version, found again by its code."""

    @property
    def code(self) -> str:
        """The code."""
        ...


Row = TypeVar("Row", bound=Coded)


@unique
class RowFinding(StrEnum):
    """What may be wrong with a row, or with the whole set."""

    SAME_CONDITIONS = "same_conditions"
    """Another row of the kind has the same conditions on the same day."""
    NO_DEFAULT = "no_default"
    """Of a kind some matters meet no row."""
    NEVER = "never"
    """It ends before it begins."""
    NO_URGENCY = "no_urgency"
    """It asks how urgent a thing is of which nobody says that: nothing meets it."""
    WARNS_TOO_EARLY = "warns_too_early"
    """Its lamp would warn before the limit has begun."""
    NOT_EXTENDED = "not_extended"
    """It says how often it may be extended, of which nobody may ask that."""
    NOT_SIGNED_FOR = "not_signed_for"
    """It counts from a signature, and nobody signs for such a thing."""
    UNKNOWN_PLACE = "unknown_place"
    OTHER_TIER = "other_tier"
    """Nodes of another tier alone meet it."""
    EXPIRED = "expired"
    SAME_LEVEL = "same_level"
    """Another row of the ladder has this level."""
    OUT_OF_ORDER = "out_of_order"
    """It comes before the step of a lower level."""
    NO_UNIT = "no_unit"
    """It addresses a unit where none owes the clock."""
    OTHER_WHOM = "other_whom"
    """Somebody else alone can act upon such a step."""
    ACTS_EARLY = "acts_early"
    """Before a limit one can only be reminded."""


WARNINGS = frozenset({RowFinding.UNKNOWN_PLACE, RowFinding.OTHER_TIER, RowFinding.EXPIRED})
"""With these a set may be signed: who signs has read them."""

FIELDS: Mapping[RowFinding, str] = MappingProxyType(
    {
        RowFinding.NEVER: "valid_until",
        RowFinding.EXPIRED: "valid_until",
        RowFinding.NO_URGENCY: "urgency",
        RowFinding.WARNS_TOO_EARLY: "warn_minutes",
        RowFinding.NOT_EXTENDED: "extensions",
        RowFinding.NOT_SIGNED_FOR: "counts_from",
        RowFinding.UNKNOWN_PLACE: "place",
        RowFinding.OTHER_TIER: "tier",
        RowFinding.SAME_LEVEL: "level",
        RowFinding.OUT_OF_ORDER: "amount",
        RowFinding.NO_UNIT: "whom",
        RowFinding.OTHER_WHOM: "whom",
        RowFinding.ACTS_EARLY: "side",
    }
)
"""Which field of a row a finding is about."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """What is wrong, with which row; `other` is the row, place, kind or day it is about."""

    finding: RowFinding
    code: str
    other: str = ""

    @property
    def field(self) -> str:
        """Of the row, what has to be mended; empty where it is the row itself."""
        return FIELDS.get(self.finding, "")

    @property
    def blocks(self) -> bool:
        """Tell whether it must be mended before the set is signed."""
        return self.finding not in WARNINGS


@dataclass(frozen=True, slots=True)
class Around:
    """What the node knows: its tier, today, and which places there are."""

    tier: str
    today: date
    is_place: Callable[[str], bool]


def findings_of_rows(rows: Sequence[LimitRow], around: Around) -> list[FoundRow]:
    """Return everything that is wrong with the rows, those about single rows first."""
    alone = [found for row in rows for found in _of_row(row, around)]
    return [*alone, *_of_pairs(rows), *_of_kinds(rows)]


def is_signable(found: Sequence[FoundRow]) -> bool:
    """Tell whether nothing stands against a signature."""
    return not any(each.blocks for each in found)


def _of_row(row: LimitRow, around: Around) -> Iterator[FoundRow]:
    first, last = row.days
    if first > last:
        yield FoundRow(RowFinding.NEVER, row.code)
    elif last < around.today:
        yield FoundRow(RowFinding.EXPIRED, row.code, last.isoformat())
    yield from _of_its_kind(row)
    if row.warn_minutes is not None and row.warn_minutes >= minutes_of(row.limit):
        yield FoundRow(RowFinding.WARNS_TOO_EARLY, row.code, str(row.warn_minutes))
    if row.when.place and not around.is_place(row.when.place):
        yield FoundRow(RowFinding.UNKNOWN_PLACE, row.code, row.when.place)
    if row.when.tier not in ("", around.tier):
        yield FoundRow(RowFinding.OTHER_TIER, row.code, row.when.tier)


def _of_its_kind(row: LimitRow) -> Iterator[FoundRow]:
    if row.when.urgency and row.kind not in BY_ORDER:
        yield FoundRow(RowFinding.NO_URGENCY, row.code)
    if row.allowance != (None, None) and row.kind is not LimitKind.RESOLVE:
        yield FoundRow(RowFinding.NOT_EXTENDED, row.code)
    if row.limit.by_signature and row.kind not in BY_SIGNATURE:
        yield FoundRow(RowFinding.NOT_SIGNED_FOR, row.code)


def _of_pairs(rows: Sequence[LimitRow]) -> Iterator[FoundRow]:
    alike: dict[tuple[LimitKind, When], list[LimitRow]] = {}
    for row in rows:
        alike.setdefault((row.kind, row.when), []).append(row)
    for group in alike.values():
        for earlier, later in combinations(group, 2):
            if earlier.days[0] <= later.days[1] and later.days[0] <= earlier.days[1]:
                yield FoundRow(RowFinding.SAME_CONDITIONS, later.code, earlier.code)


def _of_kinds(rows: Sequence[LimitRow]) -> Iterator[FoundRow]:
    always = {(row.kind, row.when) for row in rows if row.days == (date.min, date.max)}
    for kind in NEEDED:
        by_complexity = all((kind, When(complexity=each)) in always for each in Complexity)
        if (kind, When()) not in always and not by_complexity:
            yield FoundRow(RowFinding.NO_DEFAULT, "", kind)


def minutes_of(limit: Limit) -> int:
    """Return about how many minutes a limit has, a day as 24 hours."""
    return limit.amount * MINUTES[limit.unit]


@dataclass(frozen=True, slots=True)
class RowChange(Generic[Row]):
    """A row before and after; None where there is none."""

    code: str
    before: Row | None
    after: Row | None


def row_changes(before: Sequence[Row], after: Sequence[Row]) -> list[RowChange[Row]]:
    """Return the rows that are new, changed or gone, by their codes."""
    earlier, later = ({row.code: row for row in rows} for rows in (before, after))
    return [
        RowChange(code, earlier.get(code), later.get(code))
        for code in sorted(earlier.keys() | later.keys())
        if earlier.get(code) != later.get(code)
    ]
