"""Suggest units for a pooled case from what earlier orders taught, with the evidence.

Nobody is suggested who could not be given the case: whom it complains of, what is out of use and
has no successor, units of a tier below without authority, and who gave it back in this round.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.authority import whose_below
from services.dispatch.handlers.conflict import Barred, barred_from, complaint_free_of
from services.dispatch.policy import CaseState, UnitRule
from services.dispatch.policy.authority import is_tier_below
from services.dispatch.policy.suggesting import (
    CASES,
    FEATURES,
    LEAST_SHARE,
    MOST_SHOWN,
    Counts,
    Likely,
    Track,
    confidence_of,
    rank,
    weight_at,
)
from services.dispatch.repository.alike import Alike, alike, rarities
from services.dispatch.repository.cases import Case, cases_by_id
from services.dispatch.repository.catalogue import (
    heirs_today,
    in_their_place,
    regions_of_units,
    units_of,
)
from services.dispatch.repository.disputes import returns_of_round
from services.dispatch.repository.items import items_named
from services.dispatch.repository.lessons import (
    PLACE,
    Told,
    counts_for,
    features_of,
    tracks_of,
)
from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.caller import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A unit for a case and why."""

    unit: UnitRule
    confidence: float
    """The share that is right at least, by how suggestions like it did; 0 while nobody knows."""
    right: int
    asked: int
    counted: Sequence[str]
    """What of the case speaks for the unit, most first, each `kind:value`."""
    alike: Sequence[Alike]


@dataclass(frozen=True, slots=True)
class _Known:
    """What suggestions for several cases are made of, read once."""

    features: Mapping[UUID, frozenset[str]]
    counts: Counts
    heirs: Mapping[str, str | None]
    tracks: Mapping[int, Track]
    now: datetime
    node: str


def suggest(db: Connection, case_id: UUID, caller: Caller) -> Sequence[Suggestion]:
    """Return units for a pooled case, the likeliest first; evidence only of what one may see."""
    case = cases_by_id(db, [case_id]).get(case_id)
    if case is None:
        raise Refused("unknown_case", field="case_id")
    complaint_free_of(db, case_id, caller)
    if case.state is not CaseState.POOLED:
        raise Refused("wrong_state")
    known = _known(db, [case], caller.now, caller.actor.node)
    return _told(db, case, _shown(db, case, known), known, caller.actor)


def suggested_units(
    db: Connection, case: Case, node: str, now: datetime
) -> Sequence[tuple[str, float]]:
    """Return the units that are suggested for a case, in order, each with its confidence."""
    known = _known(db, [case], now, node)
    shown = _shown(db, case, known)
    return [(one.unit, confidence_of(one, known.tracks).confidence) for one in shown]


def best_of_each(
    db: Connection, cases: Sequence[Case], node: str, now: datetime
) -> dict[UUID, Suggestion]:
    """Return for each of these cases, which complain of nobody, what is suggested first."""
    known = _known(db, cases, now, node)
    found = {}
    for case in cases:
        first = next(_possible(db, case, _ranked(case, known)[:MOST_SHOWN], known), None)
        if first is not None:
            found[case.case_id] = _told(db, case, [first], known, None)[0]
    return found


def _known(db: Connection, cases: Sequence[Case], now: datetime, node: str) -> _Known:
    kinds = {each.code: each.kind for each in items_named(db, _items(cases))}
    features = {
        case.case_id: features_of(
            Told(
                case.title_masked,
                case.text_masked,
                case.item_code,
                kinds.get(case.item_code or ""),
                case.region,
            )
        )
        for case in cases
    }
    counts = counts_for(db, {CASES, FEATURES}.union(*features.values()))
    return _Known(features, counts, heirs_today(db), tracks_of(db, weight_at(now)), now, node)


def _items(cases: Sequence[Case]) -> Sequence[str]:
    return sorted({case.item_code for case in cases if case.item_code is not None})


def _ranked(case: Case, known: _Known) -> Sequence[Likely]:
    return rank(known.features[case.case_id], known.counts, known.now, known.heirs)


def _shown(db: Connection, case: Case, known: _Known) -> list[Likely]:
    ranked = [one for one in _ranked(case, known) if one.share >= LEAST_SHARE]
    return list(_possible(db, case, ranked, known))[:MOST_SHOWN]


def _possible(
    db: Connection, case: Case, ranked: Sequence[Likely], known: _Known
) -> Iterator[Likely]:
    barred = barred_from(db, case.case_id)
    passed = {unit for unit, _ground in returns_of_round(db, case.case_id, case.round)}
    places = regions_of_units(db, {one.unit for one in ranked})
    for one in ranked:
        below = is_tier_below(places[one.unit], known.node)
        if _is_out(one.unit, barred, passed):
            continue
        if not below or not whose_below(db, case, one.unit, known.node, known.now):
            yield one


def _is_out(unit: str, barred: Barred, passed: Collection[str]) -> bool:
    return unit in passed or barred.has(unit)


def _told(
    db: Connection,
    case: Case,
    likely: Sequence[Likely],
    known: _Known,
    reader: Actor | None,
) -> list[Suggestion]:
    if not likely:
        return []
    # Nearly every case has the county's place: it makes none alike.
    features = [each for each in known.features[case.case_id] if not _is_wide(each)]
    having, before = rarities(db, features), _before(known.heirs)
    units = in_their_place(db, units_of(db, {one.unit for one in likely}))
    like = alike(db, {one.unit: before[one.unit] for one in likely}, having, reader)
    found = []
    for one in likely:
        track = confidence_of(one, known.tracks)
        found.append(
            Suggestion(
                unit=units[one.unit],
                confidence=track.confidence,
                right=round(track.right),
                asked=round(track.asked),
                counted=one.features,
                alike=like[one.unit],
            )
        )
    return found


def _is_wide(feature: str) -> bool:
    return feature.startswith(f"{PLACE}:")


def _before(heirs: Mapping[str, str | None]) -> Mapping[str, Collection[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for unit, heir in heirs.items():
        if heir is not None:
            found[heir].add(unit)
    return found
