"""What is wrong with a draft catalogue before anybody signs it.

`covers` never errs on the side of a finding: where it says yes, the later rule can never match.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum, unique

from services.dispatch.policy.places import prefixes_of
from services.dispatch.policy.rule_index import RuleIndex
from services.dispatch.policy.rules import ALWAYS, Conditions, Facts, Rule

NO_DAY = date(2000, 1, 1)


@unique
class FindingKind(StrEnum):
    """What may be wrong with a rule."""

    UNKNOWN_UNIT = "unknown_unit"
    UNIT_INACTIVE = "unit_inactive"
    UNKNOWN_ITEM = "unknown_item"
    NEVER = "never"
    """Its conditions exclude each other."""
    SHADOWED = "shadowed"
    """An earlier rule takes all it would match, to the same unit."""
    CONTRADICTION = "contradiction"
    """The same, to another unit."""
    EXPIRED = "expired"
    CO_IS_LEAD = "co_is_lead"


BLOCKING = frozenset(FindingKind) - {FindingKind.EXPIRED, FindingKind.UNKNOWN_ITEM}
"""With one of these nobody can sign."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a rule; `other` is the unit, item or earlier rule it is about."""

    kind: FindingKind
    rule_code: str
    other: str = ""

    @property
    def blocks(self) -> bool:
        """Tell whether it must be mended before the catalogue is signed."""
        return self.kind in BLOCKING


@dataclass(frozen=True, slots=True)
class Known:
    """What the node knows: its units and whether each is in use, its items, today."""

    units: Mapping[str, bool]
    items: Collection[str]
    today: date


def findings_of(rules: Sequence[Rule], known: Known) -> list[Finding]:
    """Return everything that is wrong with the rules, in their order."""
    index = RuleIndex(rules)
    found: list[Finding] = []
    for position, rule in enumerate(rules):
        found += _of_units(rule, known)
        found += _of_conditions(rule, known)
        found += _of_order(position, rule, index)
    return found


def covers(earlier: Conditions, later: Conditions) -> bool:
    """Tell whether whatever meets the later conditions meets the earlier ones too."""
    return (
        all(
            not (wide := getattr(earlier, name))
            or (bool(narrow := getattr(later, name)) and narrow <= wide)
            for name in ("items", "kinds", "channels", "parties", "weekdays")
        )
        and _covers_regions(earlier, later)
        and _covers_words(earlier, later)
        and _covers_time(earlier, later)
    )


def is_impossible(conditions: Conditions) -> bool:
    """Tell whether nothing can ever meet these conditions."""
    first, last = conditions.valid_from, conditions.valid_until
    if first is not None and last is not None and first > last:
        return True
    barred = conditions.no_words
    if any(bad in word for bad in barred for word in conditions.all_words):
        return True
    wanted = conditions.any_words
    return bool(wanted) and all(any(bad in word for bad in barred) for word in wanted)


def _of_units(rule: Rule, known: Known) -> list[Finding]:
    found = []
    for code in (rule.unit_code, *rule.co_units):
        if code not in known.units:
            found.append(Finding(FindingKind.UNKNOWN_UNIT, rule.code, code))
        elif not known.units[code]:
            found.append(Finding(FindingKind.UNIT_INACTIVE, rule.code, code))
    if rule.unit_code in rule.co_units:
        found.append(Finding(FindingKind.CO_IS_LEAD, rule.code, rule.unit_code))
    return found


def _of_conditions(rule: Rule, known: Known) -> list[Finding]:
    unknown = sorted(rule.conditions.items - set(known.items))
    found = [Finding(FindingKind.UNKNOWN_ITEM, rule.code, code) for code in unknown]
    until = rule.conditions.valid_until
    if is_impossible(rule.conditions):
        found.append(Finding(FindingKind.NEVER, rule.code))
    elif until is not None and until < known.today:
        found.append(Finding(FindingKind.EXPIRED, rule.code, until.isoformat()))
    return found


def _of_order(position: int, rule: Rule, index: RuleIndex) -> list[Finding]:
    for before in index.candidates(_example(rule.conditions)):
        if before >= position:
            return []
        earlier = index.rules[before]
        if covers(earlier.conditions, rule.conditions):
            same = earlier.unit_code == rule.unit_code
            kind = FindingKind.SHADOWED if same else FindingKind.CONTRADICTION
            return [Finding(kind, rule.code, earlier.code)]
    return []


def _example(conditions: Conditions) -> Facts:
    # Whatever covers these conditions hangs on something of this matter.
    return Facts(
        at=datetime.combine(NO_DAY, time()),
        item_code=min(conditions.items, default=None),
        item_kind=min(conditions.kinds, default=None),
        region=min(conditions.regions, default=""),
        text="\n".join(sorted(conditions.all_words | conditions.any_words)),
    )


def _covers_regions(earlier: Conditions, later: Conditions) -> bool:
    if not earlier.regions:
        return True
    return bool(later.regions) and all(
        earlier.regions.intersection(prefixes_of(code)) for code in later.regions
    )


def _covers_words(earlier: Conditions, later: Conditions) -> bool:
    needed = all(_is_sure((word,), later) for word in earlier.all_words)
    one = not earlier.any_words or _is_sure(earlier.any_words, later)
    absent = all(any(bad in word for bad in later.no_words) for word in earlier.no_words)
    return needed and one and absent


def _is_sure(words: Collection[str], later: Conditions) -> bool:
    def has(text: str) -> bool:
        return any(word in text for word in words)

    if any(has(word) for word in later.all_words):
        return True
    return bool(later.any_words) and all(has(word) for word in later.any_words)


def _covers_time(earlier: Conditions, later: Conditions) -> bool:
    first, last = earlier.valid_from, earlier.valid_until
    begins = first is None or (later.valid_from is not None and later.valid_from >= first)
    ends = last is None or (later.valid_until is not None and later.valid_until <= last)
    return begins and ends and earlier.hours in (ALWAYS, later.hours)
