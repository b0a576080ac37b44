"""Which unit gets a case: by a rule of the catalogue, else by item, by place, by a dispatcher."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique

from services.dispatch.policy.places import COUNTY_DIGITS, prefixes_of
from services.dispatch.policy.rules import Hit
from services.dispatch.policy.units import Tree, UnitRule, is_barred, next_above

ENDED = "事项“{}”已停用，没有承接事项"


@unique
class Route(StrEnum):
    """What decided where an order went (S3-16, S3-17)."""

    RULE = "rule"
    ITEM = "item"
    PLACE = "place"
    MANUAL = "manual"
    REOPENED = "reopened"
    DETOUR = "detour"
    ARBITRATED = "arbitrated"
    SUGGESTION = "suggestion"
    """Learned from earlier orders, above the confidence that the node set."""
    ON_SPOT = "on_spot"
    """To the unit whose officer answered while taking the case down (S3-21)."""


@unique
class PoolReason(StrEnum):
    """Why no rule could place a case."""

    NO_RULE = "no_rule"
    UNKNOWN_PLACE = "unknown_place"
    UNIT_INACTIVE = "unit_inactive"
    RETURNED = "returned"
    REOPENED = "reopened"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    ARBITRATION = "arbitration"


@dataclass(frozen=True, slots=True)
class ItemRule:
    """A service item and the units that own it."""

    title: str
    unit_code: str | None
    """Who owns it where `owners` name nobody."""
    active: bool
    kind: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Significant region code → unit code: the nearest to a place wins."""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of a case when it has to be placed."""

    item_code: str | None
    region: str
    is_place_known: bool
    """The region's county is one that GB/T 2260 lists or listed."""
    complained_of: frozenset[str] = frozenset()
    """Units that it complains of: neither they nor what stands below them gets it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The dispatch catalogue, or as much of it as may concern one matter."""

    units: Mapping[str, UnitRule] = field(default_factory=dict)
    items: Mapping[str, ItemRule] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    """Significant region code → unit code."""
    tree: Tree = field(default_factory=Tree)
    """All units, where a case complains of somebody; else it stays empty."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """The rule of which version of the catalogue a matter met."""

    catalogue: int
    hit: Hit


@dataclass(frozen=True, slots=True)
class Decision:
    """A unit and the route to it, or none and the reason for the pool."""

    unit: UnitRule | None
    route: Route | None
    reason: PoolReason | None
    because: str = ""
    """The rule that decided: the item's title or the region code it stands on."""
    detour_from: "Decision | None" = None
    """What was decided before it turned out that the case complains of that unit."""
    ruled: Ruled | None = None
    """The rule that chose the unit, or the one past which the case went."""
    co_units: tuple[str, ...] = ()
    """Who is to help by that rule, without whom the case complains of."""


def choose_unit(matter: Matter, rules: Rules, ruled: Ruled | None = None) -> Decision:
    """Choose by the catalogue's rule, the item's owner, the longest place rule, or for the pool.

    `ruled` is the first rule of the catalogue that the matter met. A rule whose unit is out of
    use sends the case to the pool and no further: what one unit owns by law must not fall to
    whoever happens to be next. So does an item that ended without a successor; one that nobody
    owns at the place, or that has not begun, rules nothing. Past a unit complained of, the case
    goes to the next one above it.
    """
    meant = _by_rule(matter, rules) if ruled is None else _by_catalogue(ruled, rules)
    decision = past_conflict(meant, rules.tree, matter.complained_of)
    if ruled is None:
        return decision
    return replace(decision, ruled=ruled, co_units=_helping(decision, ruled, matter, rules))


def past_conflict(decision: Decision, tree: Tree, complained_of: frozenset[str]) -> Decision:
    """Return a decision as it stands once whom the case complains of is passed by (N17)."""
    meant = decision.unit
    if meant is None or not is_barred(meant.code, complained_of, tree.parents):
        return decision
    unit = next_above(meant.code, complained_of, tree)
    if unit is None:
        return _pooled(PoolReason.CONFLICT_OF_INTEREST, decision.because)
    return Decision(unit, Route.DETOUR, None, decision.because, decision)


def _by_catalogue(ruled: Ruled, rules: Rules) -> Decision:
    rule = ruled.hit.rule
    return _given(rules.units.get(rule.unit_code), Route.RULE, rule.title)


def _helping(decision: Decision, ruled: Ruled, matter: Matter, rules: Rules) -> tuple[str, ...]:
    lead = decision.unit.code if decision.unit else None
    parents = rules.tree.parents
    return tuple(
        code
        for code in ruled.hit.rule.co_units
        if code != lead and not is_barred(code, matter.complained_of, parents)
    )


def _by_rule(matter: Matter, rules: Rules) -> Decision:
    item = rules.items.get(matter.item_code or "")
    if item is not None and item.ended:
        return _pooled(PoolReason.NO_RULE, ENDED.format(item.title))
    owner = owner_of(item, matter) if item is not None and item.active else None
    if item is not None and owner is not None:
        return _given(rules.units.get(owner), Route.ITEM, item.title)
    for region in _reaching(matter):
        if region in rules.places:
            return _given(rules.units.get(rules.places[region]), Route.PLACE, region)
    return _pooled(PoolReason.NO_RULE if matter.is_place_known else PoolReason.UNKNOWN_PLACE)


def owner_of(item: ItemRule, matter: Matter) -> str | None:
    """Return the unit that owns an item where a matter is: that of the nearest region."""
    owners = (item.owners[region] for region in _reaching(matter) if region in item.owners)
    return next(owners, item.unit_code)


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
