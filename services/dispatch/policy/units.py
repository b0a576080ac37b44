"""The unit tree: a unit stands below one other or none, and never below itself.

A case that complains of a unit is not for it, nor for any unit below it, whose superior it is.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from services.dispatch.policy.succession import UnitKind


@dataclass(frozen=True, slots=True)
class UnitRule:
    """A unit as the rules see it."""

    code: str
    title: str
    active: bool
    phone: str | None = None
    kind: UnitKind = UnitKind.ORDINARY
    instead_of: str | None = None
    """The title of the unit whose it would be, were that one still in use."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Units by code, and what each stands below."""

    units: Mapping[str, UnitRule] = field(default_factory=dict)
    parents: Mapping[str, str | None] = field(default_factory=dict)


def is_below(code: str, above: str, parents: Mapping[str, str | None]) -> bool:
    """Tell whether a unit is the other one or stands anywhere below it."""
    return above in _upwards(code, parents)


def is_barred(
    code: str, complained_of: Collection[str], parents: Mapping[str, str | None]
) -> bool:
    """Tell whether a unit, or one above it, is complained of."""
    return bool(complained_of) and any(at in complained_of for at in _upwards(code, parents))


def next_above(code: str, complained_of: Collection[str], tree: Tree) -> UnitRule | None:
    """Return the nearest unit above one that may have what the one may not; None if there is none.

    A unit out of use is passed by: its own superior answers for it. Above one that another tier
    runs there is nobody here.
    """
    for at in _upwards(code, tree.parents):
        unit = tree.units.get(at)
        if unit is not None and unit.kind is UnitKind.VERTICAL:
            return None  # what stands above it here is not its superior
        usable = unit is not None and unit.active and at != code
        if usable and not is_barred(at, complained_of, tree.parents):
            return unit
    return None


def _upwards(code: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    seen: set[str] = set()
    at: str | None = code
    while at is not None and at not in seen:
        yield at
        seen.add(at)
        at = parents.get(at)
