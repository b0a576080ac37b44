"""The authority table: which tier may handle which item, where, when and by what (N23, S1-10).

An item that the table does not name on a day is nobody's in particular: the table then says
nothing, and nothing is refused for its sake.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.dispatch.policy.places import prefixes_of, significant

TIERS = ("province", "city", "county", "township")
_TIER_OF = {2: "province", 4: "city", 6: "county", 9: "township", 12: "township"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One row: a tier may handle an item, in one region or in all of them."""

    item_code: str
    tier: str
    region: str = ""
    """Significant code; empty is everywhere."""
    valid_from: date
    valid_until: date | None = None
    """The last day."""
    legal_basis: str

    @property
    def key(self) -> tuple[str, str, str, date]:
        """What no two rows share."""
        return self.item_code, self.tier, self.region, self.valid_from

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the table says of an item at one tier and place."""

    allowed: bool
    holders: tuple[Grant, ...] = ()
    """In force that day: of those who may, or, where the tier may not, of all others."""


def standing_of(grants: Iterable[Grant], code: str, day: date) -> Standing:
    """Return whether the node or unit of a region may handle an item on a day, by its rows.

    What was given to some towns or counties by name is not given to their neighbours.
    """
    tier, valid = tier_of(code), [grant for grant in grants if grant.holds_on(day)]
    mine = tuple(one for one in valid if one.tier == tier and _reaches(one, code))
    if mine or not valid:
        return Standing(True, mine)
    return Standing(False, tuple(sorted(valid, key=_order)))


def tier_of(code: str) -> str:
    """Return the tier of a node or unit by its region."""
    return _TIER_OF.get(len(significant(code)), TIERS[0])


def is_tier_below(code: str, other: str) -> bool:
    """Tell whether the region of a unit or node is of a lower tier than another's."""
    return TIERS.index(tier_of(code)) > TIERS.index(tier_of(other))


def overlapping(grants: Sequence[Grant]) -> list[tuple[int, int]]:
    """Return which rows say the same for the same days: (the later row, the earlier one)."""
    found, seen = [], dict[tuple[str, str, str], list[int]]()
    for at, grant in enumerate(grants):
        same = seen.setdefault(grant.key[:3], [])
        found += [(at, before) for before in same if _meet(grants[before], grant)][:1]
        same.append(at)
    return found


def _meet(one: Grant, other: Grant) -> bool:
    first, last = max(one.valid_from, other.valid_from), [one.valid_until, other.valid_until]
    return all(until is None or first <= until for until in last)


def _reaches(grant: Grant, region: str) -> bool:
    return not grant.region or grant.region in prefixes_of(region)


def _order(grant: Grant) -> tuple[int, str]:
    return TIERS.index(grant.tier), grant.region
