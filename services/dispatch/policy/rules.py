"""The dispatch catalogue: ordered rules as data, the first that matches decides (S3-16, N7).

A condition that a rule does not name is met by everything. Of a condition that names several
values one is enough, but for `all_words` and `no_words`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from types import MappingProxyType

from services.dispatch.policy.places import prefixes_of

ALWAYS = (0, 24)
"""The hours of a rule that holds at any."""


@unique
class Urgency(StrEnum):
    """How fast the unit is to begin."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """When a rule holds; words are lower case, regions significant codes."""

    items: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    """Of items."""
    regions: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    """`person`, `enterprise`."""
    any_words: frozenset[str] = frozenset()
    all_words: frozenset[str] = frozenset()
    no_words: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which it holds."""
    weekdays: frozenset[int] = frozenset()
    """1 is Monday."""
    hours: tuple[int, int] = ALWAYS
    """From and up to; 18 to 8 goes over midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a catalogue and what follows where it matches."""

    code: str
    title: str
    conditions: Conditions
    unit_code: str
    co_units: tuple[str, ...] = ()
    urgency: str | None = None
    complexity: str | None = None
    """A hint to the dispatcher: what was promised to the person stays."""
    legal_basis: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of a matter rules look at; `at` by the clock of China, without zone."""

    at: datetime
    item_code: str | None = None
    item_kind: str | None = None
    region: str = ""
    channel: str | None = None
    party: str | None = None
    text: str = ""
    """Masked title and text in lower case."""


@dataclass(frozen=True, slots=True)
class Met:
    """A condition that a matter met, and by what."""

    condition: str
    value: str


@dataclass(frozen=True, slots=True)
class Hit:
    """The rule that decides and why."""

    rule: Rule
    met: tuple[Met, ...]


def met_by(conditions: Conditions, facts: Facts) -> tuple[Met, ...] | None:
    """Return how a matter meets the conditions; None if it does not."""
    found = []
    for name, check in CHECKS.items():
        value = check(conditions, facts)
        if value is None:
            return None
        if value:
            found.append(Met(name, value))
    return tuple(found)


def first_match(rules: Sequence[Rule], facts: Facts) -> Hit | None:
    """Return the first of these rules that a matter meets, looking at each in turn."""
    for rule in rules:
        met = met_by(rule.conditions, facts)
        if met is not None:
            return Hit(rule, met)
    return None


def facts_text(title: str, text: str) -> str:
    """Return what words are looked for in."""
    return f"{title}\n{text}".lower()


def _among(wanted: frozenset[str], value: str | None) -> str | None:
    if not wanted:
        return ""
    return value if value in wanted else None


def _region(conditions: Conditions, facts: Facts) -> str | None:
    if not conditions.regions:
        return ""
    found = (code for code in prefixes_of(facts.region) if code in conditions.regions)
    return next(found, None)


def _any_word(conditions: Conditions, facts: Facts) -> str | None:
    if not conditions.any_words:
        return ""
    return next((word for word in sorted(conditions.any_words) if word in facts.text), None)


def _all_words(conditions: Conditions, facts: Facts) -> str | None:
    if not all(word in facts.text for word in conditions.all_words):
        return None
    return "、".join(sorted(conditions.all_words))


def _no_words(conditions: Conditions, facts: Facts) -> str | None:
    return None if any(word in facts.text for word in conditions.no_words) else ""


def _day(conditions: Conditions, facts: Facts) -> str | None:
    first, last, day = conditions.valid_from, conditions.valid_until, facts.at.date()
    if (first is not None and day < first) or (last is not None and day > last):
        return None
    return day.isoformat() if first or last else ""


def _weekday(conditions: Conditions, facts: Facts) -> str | None:
    day = facts.at.isoweekday()
    if not conditions.weekdays:
        return ""
    return str(day) if day in conditions.weekdays else None


def _hour(conditions: Conditions, facts: Facts) -> str | None:
    begin, end = conditions.hours
    if conditions.hours == ALWAYS:
        return ""
    hour = facts.at.hour
    inside = begin <= hour < end if begin < end else hour >= begin or hour < end
    return facts.at.strftime("%H:%M") if inside else None


CHECKS: Mapping[str, Callable[[Conditions, Facts], str | None]] = MappingProxyType(
    {
        "item": lambda conditions, facts: _among(conditions.items, facts.item_code),
        "kind": lambda conditions, facts: _among(conditions.kinds, facts.item_kind),
        "region": _region,
        "channel": lambda conditions, facts: _among(conditions.channels, facts.channel),
        "party": lambda conditions, facts: _among(conditions.parties, facts.party),
        "any_words": _any_word,
        "all_words": _all_words,
        "no_words": _no_words,
        "day": _day,
        "weekday": _weekday,
        "hour": _hour,
    }
)
"""Each condition: None if it is not met, else by what; empty where there is nothing to tell."""
