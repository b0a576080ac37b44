"""Which unit gets a case: by item, else by place, else nobody decides but a dispatcher."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from services.dispatch.policy.places import COUNTY_DIGITS, prefixes_of


@unique
class Route(StrEnum):
    """What decided where an order went (S3-16, S3-17)."""

    ITEM = "item"
    PLACE = "place"
    MANUAL = "manual"
    REOPENED = "reopened"


@unique
class PoolReason(StrEnum):
    """Why no rule could place a case."""

    NO_RULE = "no_rule"
    UNKNOWN_PLACE = "unknown_place"
    UNIT_INACTIVE = "unit_inactive"
    RETURNED = "returned"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class UnitRule:
    """A unit as the rules see it."""

    code: str
    title: str
    active: bool
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class ItemRule:
    """A service item and the unit that owns it."""

    title: str
    unit_code: str
    active: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of a case when it has to be placed."""

    item_code: str | None
    region: str
    is_place_known: bool
    """The region's county is one that GB/T 2260 lists or listed."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The dispatch catalogue, or as much of it as may concern one matter."""

    units: Mapping[str, UnitRule] = field(default_factory=dict)
    items: Mapping[str, ItemRule] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    """Significant region code → unit code."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A unit and the route to it, or none and the reason for the pool."""

    unit: UnitRule | None
    route: Route | None
    reason: PoolReason | None
    because: str = ""
    """The rule that decided: the item's title or the region code it stands on."""


def choose_unit(matter: Matter, rules: Rules) -> Decision:
    """Choose by the item's owner, else by the longest place rule, else for the pool.

    A rule whose unit is out of use sends the case to the pool and no further: what one unit owns
    by law must not fall to whoever happens to be next. An item out of use rules nothing.
    """
    item = rules.items.get(matter.item_code or "")
    if item is not None and item.active:
        return _given(rules.units.get(item.unit_code), Route.ITEM, item.title)
    for region in _reaching(matter):
        if region in rules.places:
            return _given(rules.units.get(rules.places[region]), Route.PLACE, region)
    return _pooled(PoolReason.NO_RULE if matter.is_place_known else PoolReason.UNKNOWN_PLACE)


def _reaching(matter: Matter) -> list[str]:
    # A place nobody lists is reached only by a rule made for it: development zones have codes
    # of their own, but a slip of the pen must not land on the desk of the whole province.
    return [
        region
        for region in prefixes_of(matter.region)
        if matter.is_place_known or len(region) >= COUNTY_DIGITS
    ]


def _given(unit: UnitRule | None, route: Route, because: str) -> Decision:
    if unit is None or not unit.active:
        return _pooled(PoolReason.UNIT_INACTIVE, because)
    return Decision(unit, route, None, because)


def _pooled(reason: PoolReason, because: str = "") -> Decision:
    return Decision(None, None, reason, because)
