"""Past cases that are like one: what is shown as the evidence of a suggestion."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Double,
    Row,
    Select,
    Text,
    bindparam,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.dispatch.tables import (
    cases,
    complaints,
    lesson_counts,
    lessons,
    order_suggestions,
)
from shared.complaints import shown_to
from shared.db.bulk import among
from shared.security.actor import Actor

MOST_MET = 500
"""So many lessons the features that are looked for have together, the rarest ones first."""
MOST_LOOKED_UP, MOST_ALIKE = 8, 3
"""Of each unit: of some the reader may not know."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A past case like the one in question, and what its unit did."""

    case_id: UUID
    number: str
    title_masked: str
    unit_code: str
    finished: bool
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSuggestion:
    """Why the system gave an order by itself."""

    order_id: UUID
    confidence: float
    right: int
    asked: int
    counted: list[str]
    alike: list[UUID]


def rarities(db: Connection, features: Collection[str]) -> Mapping[str, int]:
    """Return how many lessons have each of these features; those that none has are not told."""
    c = lesson_counts.c
    asked = bindparam("features", sorted(features), ARRAY(Text))
    query = select(c.feature, func.sum(c.lessons)).where(c.feature == func.any(asked))
    return {row[0]: int(row[1]) for row in db.execute(query.group_by(c.feature))}


def alike(
    db: Connection,
    units: Mapping[str, Collection[str]],
    having: Mapping[str, int],
    reader: Actor | None,
) -> Mapping[str, Sequence[Alike]]:
    """Return for each unit its cases that have most in common, of which the reader may know.

    `units` says under which codes a unit has them, its own and those of whom it took over;
    `having` counts the lessons with each feature: the fewer, the more it tells.
    """
    telling = _rarest(having)
    if not telling:
        return dict.fromkeys(units, ())
    codes = {code for mine in units.values() for code in mine}
    rows = db.execute(_nearest(), _asked(telling, codes, having)).all()
    order = sorted(rows, key=lambda row: (-row.common, -row.ended_at.timestamp()))
    near = {unit: _of_unit(order, mine) for unit, mine in units.items()}
    told = _cases(db, {row.case_id for some in near.values() for row in some}, reader)
    return {
        unit: [_alike(row, told[row.case_id]) for row in some if row.case_id in told][:MOST_ALIKE]
        for unit, some in near.items()
    }


def _asked(
    telling: Sequence[str], codes: Collection[str], having: Mapping[str, int]
) -> dict[str, object]:
    names = [name for name, number in having.items() if number]
    weights = [1 / having[name] for name in names]
    told = {"telling": list(telling), "codes": sorted(codes)}
    return told | {"names": names, "weights": weights}


@cache
def _nearest() -> Select[Any]:
    """Return what finds lessons with a telling feature: of each unit those with most in common.

    PostgreSQL adds up what they have in common: else half a thousand lists of features would
    travel for a few rows.
    """
    x = lessons.c
    telling, codes = (bindparam(name, type_=ARRAY(Text)) for name in ("telling", "codes"))
    about = (x.case_id, x.unit_code, x.finished, x.ended_at)
    met = select(*about, x.features).where(
        x.features.op("&&")(telling), x.unit_code == func.any(codes)
    )
    some = met.limit(MOST_MET).subquery("met")
    feature = func.unnest(some.c.features).table_valued("name", name="feature").lateral()
    told = (
        func.unnest(
            bindparam("names", type_=ARRAY(Text)), bindparam("weights", type_=ARRAY(Double))
        )
        .table_valued("name", "weight", name="told")
        .render_derived()
    )
    joined = some.join(feature, true()).join(told, told.c.name == feature.c.name)
    shown = [some.c[each.name] for each in about]
    common = func.sum(told.c.weight).label("common")
    place = func.row_number().over(
        partition_by=some.c.unit_code,
        order_by=(func.sum(told.c.weight).desc(), some.c.ended_at.desc()),
    )
    scored = select(*shown, common, place.label("place")).select_from(joined).group_by(*shown)
    ranked = scored.subquery("ranked")
    return select(ranked).where(ranked.c.place <= MOST_LOOKED_UP)


def _of_unit(order: Sequence[Any], codes: Collection[str]) -> Sequence[Any]:
    return [row for row in order if row.unit_code in codes][:MOST_LOOKED_UP]


def _cases(db: Connection, case_ids: Collection[UUID], reader: Actor | None) -> Mapping[UUID, Any]:
    c = cases.c
    query = select(c.case_id, c.number, c.title_masked).where(among(c.case_id, case_ids))
    if reader is not None:
        query = query.where(shown_to(reader, complaints, c.case_id))
    return {row.case_id: row for row in db.execute(query)}


def add_order_suggestions(db: Connection, given: Sequence[OrderSuggestion]) -> None:
    """Keep why the system gave orders by itself."""
    for one in given:
        row = {name: getattr(one, name) for name in OrderSuggestion.__dataclass_fields__}
        db.execute(insert(order_suggestions).values(row))


def suggestion_of_order(db: Connection, order_id: UUID) -> OrderSuggestion | None:
    """Return why the system gave an order by itself; None if it did not."""
    query = select(order_suggestions).where(order_suggestions.c.order_id == order_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else OrderSuggestion(**row)


def cases_shown(
    db: Connection, case_ids: Collection[UUID], reader: Actor
) -> Sequence[tuple[str, str]]:
    """Return number and masked title of these cases, of those of which the reader may know."""
    c = cases.c
    mine = (among(c.case_id, case_ids), shown_to(reader, complaints, c.case_id))
    query = select(c.number, c.title_masked).where(*mine).order_by(c.accepted_at.desc())
    return [(row.number, row.title_masked) for row in db.execute(query)]


def _rarest(having: Mapping[str, int]) -> list[str]:
    telling, left = list[str](), MOST_MET
    for feature in sorted(having, key=lambda each: (having[each], each)):
        left -= having[feature]
        if telling and left < 0:
            break
        telling.append(feature)
    return telling


def _alike(row: Row[Any], told: Row[Any]) -> Alike:
    about = (row.case_id, told.number, told.title_masked)
    return Alike(*about, row.unit_code, row.finished, row.ended_at)
