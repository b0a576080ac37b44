"""When a unit is in use, and who takes over what it may not have any more.

A unit has the days on which it is in use, the last one included, and the units that take over
from it. One that takes over alone gets everything; of several only a person can choose.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

DAY = timedelta(days=1)


@unique
class UnitKind(StrEnum):
    """What a unit is to the node."""

    ORDINARY = "ordinary"
    VERTICAL = "vertical"
    """Run by a body of a tier above (垂管): its superior is not in this tree."""
    OUTSIDE = "outside"
    """A company or another party that is asked, and never gets an order."""


@dataclass(frozen=True, slots=True)
class Tenure:
    """What the tree says about a unit's being in use."""

    active: bool = True
    kind: UnitKind = UnitKind.ORDINARY
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """What is wrong with an entry, and in which field."""

    code: str
    field: str


def is_in_use(unit: Tenure, day: date) -> bool:
    """Tell whether a unit may be given something on this day."""
    begun = unit.valid_from is None or unit.valid_from <= day
    goes_on = unit.valid_until is None or day <= unit.valid_until
    return unit.active and unit.kind is not UnitKind.OUTSIDE and begun and goes_on


def taken_over_by(code: str, units: Mapping[str, Tenure], day: date) -> str | None:
    """Return the unit in use that has what was this one's: itself, or the end of its chain.

    None where the chain ends, forks, or comes back to a unit that it passed.
    """
    passed: set[str] = set()
    at = code
    while at in units and at not in passed:
        unit = units[at]
        if is_in_use(unit, day):
            return at
        if len(unit.successors) != 1:
            return None
        passed.add(at)
        at = unit.successors[0]
    return None


def objection_to_unit(code: str, units: Mapping[str, Tenure]) -> Objection | None:
    """Return why a unit cannot stand in the tree as it is entered; `units` has it already."""
    unit = units[code]
    if unit.valid_from and unit.valid_until and unit.valid_until < unit.valid_from:
        return Objection("unit_ends_before_it_begins", "valid_until")
    if unit.successors and not _ends(unit):
        return Objection("successor_without_end", "valid_until")
    return _objection_to_heirs(code, units) or _objection_as_heir(code, units)


def _objection_to_heirs(code: str, units: Mapping[str, Tenure]) -> Objection | None:
    unit = units[code]
    for heir in unit.successors:
        if heir not in units:
            return Objection("unknown_unit", "successors")
        if _leads_to(heir, code, units):
            return Objection("successor_ring", "successors")
        if not _takes_over(unit, units[heir]):
            return Objection("successor_not_in_use", "successors")
    return None


def _objection_as_heir(code: str, units: Mapping[str, Tenure]) -> Objection | None:
    unit = units[code]
    before = [each for each in units.values() if code in each.successors]
    if not before:
        return None
    if _ends(unit) and not unit.successors:
        return Objection("successor_chain_ends", "successors")
    late = not all(_takes_over(each, unit) for each in before)
    return Objection("successor_not_in_use", "valid_from") if late else None


def _ends(unit: Tenure) -> bool:
    return unit.valid_until is not None or not unit.active


def _takes_over(before: Tenure, heir: Tenure) -> bool:
    """Tell whether nothing is lost between two: the heir, or its own heir, is there next day."""
    if heir.kind is UnitKind.OUTSIDE or (_ends(heir) and not heir.successors):
        return False
    if before.valid_until is None:
        return True
    next_day = before.valid_until + DAY
    begins_late = heir.valid_from is not None and heir.valid_from > next_day
    ended_before = heir.valid_until is not None and heir.valid_until < next_day
    return not begins_late and not ended_before


def _leads_to(start: str, end: str, units: Mapping[str, Tenure]) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        at = ahead.pop()
        if at == end:
            return True
        if at not in seen and at in units:
            seen.add(at)
            ahead.extend(units[at].successors)
    return False


def with_heirs(codes: Collection[str], units: Mapping[str, Tenure]) -> frozenset[str]:
    """Return units and all that took over from them: a new name does not end a conflict."""
    found: set[str] = set()
    ahead = list(codes)
    while ahead:
        at = ahead.pop()
        if at not in found:
            found.add(at)
            ahead.extend(units[at].successors if at in units else ())
    return frozenset(found)
