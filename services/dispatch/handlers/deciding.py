"""Decide where matters go under one catalogue: for cases, for test cases, for a replay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.authority import told
from services.dispatch.handlers.live_rules import LiveRules
from services.dispatch.policy import Decision, Matter, PoolReason, Ruled, Rules
from services.dispatch.policy.authority import Grant, is_tier_below, standing_of
from services.dispatch.policy.rules import Facts
from services.dispatch.repository.authority import grants_for
from services.dispatch.repository.catalogue import (
    About,
    in_their_place,
    regions_of_units,
    rules_for,
    standings,
    units_of,
    whole_tree,
)
from services.dispatch.repository.items import heirs_of_items
from shared.regions import region_of, today_of

COUNTY_DIGITS = 6
NOBODY: frozenset[str] = frozenset()
OTHERS = "按权限表，这个事项由{}，建议转办"


@dataclass(frozen=True, slots=True)
class Asked:
    """A matter to be placed; of a known case also what it is known to complain of counts."""

    facts: Facts
    case_id: UUID | None = None
    complained_of: frozenset[str] = NOBODY


def decide(
    db: Connection, live: LiveRules | None, asked: Sequence[Asked], node: str = ""
) -> list[Decision]:
    """Return where each matter goes, under a catalogue or, without one, by item and place.

    At a node, what by the authority table is another tier's waits for a dispatcher, with whose
    it is; no rule gives away what the law gave to somebody.
    """
    rules, known = rules_for(db, _about(asked))
    if any(item.ended for item in rules.items.values()):
        asked, rules = _by_successors(db, asked, rules)
    barred = [one.complained_of | known.get(one.case_id or _NONE, NOBODY) for one in asked]
    if any(barred):
        rules, known_units = replace(rules, tree=whole_tree(db)), standings(db)
        barred = [policy.with_heirs(units, known_units) for units in barred]
    ruled = [_ruling(live, one.facts, rules) for one in asked]
    rules = _with_units(db, rules, ruled)
    decisions = [
        policy.choose_unit(_matter(one.facts, against), rules, by)
        for one, against, by in zip(asked, barred, ruled, strict=True)
    ]
    return _within_authority(db, asked, decisions, node) if node else decisions


_NONE = UUID(int=0)


def _within_authority(
    db: Connection, asked: Sequence[Asked], decisions: Sequence[Decision], node: str
) -> list[Decision]:
    grants = grants_for(db, {one.facts.item_code for one in asked if one.facts.item_code})
    if not any(grants.values()):
        return list(decisions)
    places = regions_of_units(db, {made.unit.code for made in decisions if made.unit})
    return [
        _allowed(one.facts, decision, grants.get(one.facts.item_code or "", ()), (node, places))
        for one, decision in zip(asked, decisions, strict=True)
    ]


def _allowed(
    facts: Facts,
    decision: Decision,
    rows: Sequence[Grant],
    where: tuple[str, Mapping[str, str]],
) -> Decision:
    node, places = where
    place = places.get(decision.unit.code, node) if decision.unit else node
    # A unit of a tier below needs a standing of its own, as it does by hand.
    for code in (node, place) if is_tier_below(place, node) else (node,):
        standing = standing_of(rows, code, facts.at.date())
        if not standing.allowed:
            return not_ours(told(standing.holders))
    return decision


def not_ours(whose: str) -> Decision:
    """Return that a matter waits for a dispatcher, with whose it is by the authority table."""
    return Decision(None, None, PoolReason.NO_RULE, OTHERS.format(whose))


def _by_successors(
    db: Connection, asked: Sequence[Asked], rules: Rules
) -> tuple[Sequence[Asked], Rules]:
    """Return matters of ended items as matters of those that are meant today, with their rules."""
    heirs = heirs_of_items(db, [code for code, item in rules.items.items() if item.ended])
    meant = [
        replace(one, facts=replace(one.facts, item_code=heirs[one.facts.item_code]))
        if one.facts.item_code in heirs
        else one
        for one in asked
    ]
    more, _known = rules_for(db, replace(_about(meant), cases=()))
    both = {**rules.items, **more.items}
    return meant, replace(more, items=both, units={**rules.units, **more.units})


def _about(asked: Sequence[Asked]) -> About:
    regions = {
        prefix for one in asked for prefix in policy.prefixes_of(today_of(one.facts.region))
    }
    items = {one.facts.item_code for one in asked if one.facts.item_code}
    cases = [one.case_id for one in asked if one.case_id is not None]
    return About(sorted(items), sorted(regions), cases)


def _ruling(live: LiveRules | None, facts: Facts, rules: Rules) -> Ruled | None:
    if live is None:
        return None
    item = rules.items.get(facts.item_code or "")
    kind = item.kind if item else facts.item_kind
    looked_at = replace(facts, region=today_of(facts.region), item_kind=kind)
    if item is not None and item.ended:
        looked_at = replace(looked_at, item_code=None, item_kind=None)
    hit = live.index.first(looked_at)
    return None if hit is None else Ruled(live.catalogue, hit)


def _with_units(db: Connection, rules: Rules, ruled: Sequence[Ruled | None]) -> Rules:
    codes = {by.hit.rule.unit_code for by in ruled if by is not None} - rules.units.keys()
    if not codes:
        return rules
    named = in_their_place(db, units_of(db, codes))
    return replace(rules, units={**rules.units, **named})


def _matter(facts: Facts, barred: frozenset[str]) -> Matter:
    # A place is where it is, whatever its code was when somebody wrote it down.
    region = today_of(facts.region)
    known = region_of(region[:COUNTY_DIGITS]) is not None
    return Matter(facts.item_code, region, known, barred)
