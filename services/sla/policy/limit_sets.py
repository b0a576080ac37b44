"""Limits as rows: for what, under which conditions, how long; and which of two rows decides.

Of the rows that a matter meets the one decides that is nearest to it: conditions weigh in the
order of `WEIGHTS`, and of two places the smaller one. So no two rows that hold on the same day can
both be nearest, unless their conditions are the same: that is a fault which nobody can sign.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum, unique
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self

from services.sla.policy.limits import Limit

ALL_DAYS = date.min, date.max
PLACE_LEVELS = (2, 4, 6, 9, 12)
Shape = tuple[int, ...]
"""Which conditions a row has, the heaviest first: 1 or 0, of a place how many digits."""


@unique
class LimitKind(StrEnum):
    """For what there is a limit."""

    RESOLVE = "resolve"
    """A unit finishes its order, from dispatch on; also the promise, and a whole leg, where these
    have no row of their own."""
    CITIZEN = "citizen"
    """The promise to the person, from acceptance on."""
    CONTACT = "contact"
    FEEDBACK = "feedback"
    LEG = "leg"
    SIGN = "sign"
    SEARCH = "search"
    CO_HANDLE = "co_handle"
    """A unit answers its part of another's order."""
    RECTIFY = "rectify"
    SUPERVISION = "supervision"
    MEETING = "meeting"
    CALLBACK = "callback"
    CENTRE_CALLBACK = "centre_callback"


@unique
class Urgency(StrEnum):
    """How urgent an order is, as the rule of dispatch says that gave it."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    CRITICAL = "critical"


@unique
class Demand(StrEnum):
    """What a person asks for (facts 5.6)."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


@unique
class Tier(StrEnum):
    """On which level of the administration a node stands, by the length of its code."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


STANDS_FOR: Mapping[str, str] = MappingProxyType(
    {LimitKind.CITIZEN: LimitKind.RESOLVE, LimitKind.LEG: LimitKind.RESOLVE}
)
"""Whose rows are taken where a kind has none that is met."""
BY_SIGNATURE = frozenset({LimitKind.RESOLVE, LimitKind.CONTACT})
"""What a unit owes with its order, so that it may count from its signature."""
BY_ORDER = frozenset({LimitKind.RESOLVE, LimitKind.CONTACT, LimitKind.SIGN, LimitKind.CO_HANDLE})
"""What begins with an order or after it, so that its urgency is known then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a limit may depend on of a case; an empty word where nothing is known."""

    complexity: str
    item: str = ""
    place: str = ""
    channel: str = ""
    demand: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The conditions of a row; an empty one is met by everything."""

    item: str = ""
    place: str = ""
    """A region without the zeros that only fill it up: what lies below it meets it too."""
    urgency: str = ""
    channel: str = ""
    demand: str = ""
    complexity: str = ""
    tier: str = ""

    def __str__(self) -> str:
        given = ((name, getattr(self, name)) for name in WEIGHTS)
        return " ".join(f"{name}={value}" for name, value in given if value)

    @property
    def weight(self) -> Shape:
        """How near these conditions are to a matter: the greater tuple decides."""
        own = {name: int(bool(getattr(self, name))) for name in WEIGHTS}
        return tuple((own | {"place": len(self.place)}).values())


ENDS = ("unit", "start", "end", "counts_from")
"""What a limit says besides its amount; the last word came later than the others."""
WEIGHTS = ("item", "place", "urgency", "channel", "demand", "complexity", "tier")
"""The conditions by their weight, the heaviest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One limit and for what it holds; the days of `valid` are included, None is without end."""

    code: str
    kind: LimitKind
    limit: Limit
    when: When = field(default_factory=When)
    warn_minutes: int | None = None
    """How long before the limit its lamp is yellow; None is as the node warns."""
    rests: bool = True
    """A unit's clock may rest while it waits for materials."""
    extensions: int | None = None
    """How often a unit may be given more time under it; None is as the node allows."""
    extension_days: int | None = None
    """By how many working days at once; None is as the node allows."""
    valid_from: date | None = None
    valid_until: date | None = None
    basis: str = ""

    @property
    def allowance(self) -> tuple[int | None, int | None]:
        """How often and by how many working days its limit may be extended."""
        return self.extensions, self.extension_days

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day on which it holds."""
        first, last = ALL_DAYS
        return self.valid_from or first, self.valid_until or last

    def holds_on(self, day: date) -> bool:
        """Tell whether the row holds for what begins on this local day."""
        first, last = self.days
        return first <= day <= last

    def as_record(self) -> dict[str, Any]:
        """Return the row in plain values."""
        limit, days = asdict(self.limit), (self.valid_from, self.valid_until)
        since, until = (day.isoformat() if day else None for day in days)
        return {
            "code": self.code,
            "kind": self.kind.value,
            "when": {name: value for name, value in asdict(self.when).items() if value},
            **{name: value if name == "amount" else value.value for name, value in limit.items()},
            "warn_minutes": self.warn_minutes,
            "rests": self.rests,
            "extensions": self.extensions,
            "extension_days": self.extension_days,
            "valid_from": since,
            "valid_until": until,
            "basis": self.basis or None,
        }

    @classmethod
    def of_record(cls, told: Mapping[str, Any]) -> Self:
        """Read what `as_record` wrote; anything else is a KeyError, TypeError or ValueError."""
        limit = Limit(int(told["amount"])).changed(
            {name: told[name] for name in ENDS if name in told}
        )
        since, until = told.get("valid_from"), told.get("valid_until")
        return cls(
            code=told["code"],
            kind=LimitKind(told["kind"]),
            limit=limit,
            when=When(**told.get("when", {})),
            warn_minutes=told.get("warn_minutes"),
            rests=told.get("rests", True),
            extensions=told.get("extensions"),
            extension_days=told.get("extension_days"),
            valid_from=date.fromisoformat(since) if since else None,
            valid_until=date.fromisoformat(until) if until else None,
            basis=told.get("basis") or "",
        )


class LimitTable:
    """Rows found by a matter, in time that grows with the kinds of conditions and not the rows."""

    __slots__ = ("_rows", "_shapes", "by_code")

    def __init__(self, rows: Sequence[LimitRow], tier: str = "") -> None:
        self.by_code: Mapping[str, LimitRow] = {row.code: row for row in rows}
        self._rows: dict[tuple[str, Shape, tuple[str, ...]], list[LimitRow]] = {}
        shapes: dict[str, set[Shape]] = {}
        for row in rows:
            if row.when.tier in ("", tier):
                asked = tuple(getattr(row.when, name) for name in WEIGHTS[:-1])
                shape = row.when.weight
                self._rows.setdefault((row.kind, shape, asked), []).append(row)
                shapes.setdefault(row.kind, set()).add(shape)
        self._shapes = {kind: sorted(known, reverse=True) for kind, known in shapes.items()}

    def find(self, kind: str, matter: Matter, day: date) -> LimitRow | None:
        """Return the row that decides for what begins on this local day; None if there is none."""
        told = tuple(getattr(matter, name) for name in WEIGHTS[:-1])
        for shape in self._shapes.get(kind, ()):
            for row in self._rows.get((kind, shape, _asked(told, shape)), ()):
                if row.holds_on(day):
                    return row
        stands_for = STANDS_FOR.get(kind)
        return self.find(stands_for, matter, day) if stands_for else None


def _asked(told: tuple[str, ...], shape: Shape) -> tuple[str, ...]:
    item, place, *others = (
        value if weight else "" for value, weight in zip(told, shape, strict=False)
    )
    return (item, place[: shape[1]], *others)


@lru_cache(maxsize=4_096)
def place_of(region: str) -> str:
    """Return a region as a row names it: 341500 is 3415; a county run by its province stays."""
    depth = 0
    for start, end in zip((0, *PLACE_LEVELS), PLACE_LEVELS, strict=False):
        if region[start:end].strip("0"):
            depth = end
    return region[:depth]


def tier_of(node: str) -> Tier:
    """Return on which level a node stands, by its code."""
    levels = dict(zip(PLACE_LEVELS, Tier, strict=False))
    return levels.get(len(place_of(node)), Tier.TOWNSHIP)


def next_code(taken: Collection[str], letter: str = "L") -> str:
    """Return a code that no row has: L001, L002."""
    number = len(taken) + 1
    while f"{letter}{number:03d}" in taken:
        number += 1
    return f"{letter}{number:03d}"
