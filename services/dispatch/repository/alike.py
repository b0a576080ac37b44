"""Past cases that are like one: what is shown as the evidence of a suggestion."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Text, bindparam, func, insert, select
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
    x = lessons.c
    asked = bindparam("telling", telling, ARRAY(Text))
    codes = sorted({code for mine in units.values() for code in mine})
    query = select(lessons).where(x.features.op("&&")(asked), x.unit_code.in_(codes))
    rows = db.execute(query.limit(MOST_MET)).all()
    order = sorted(rows, key=lambda row: (-_common(row, having), -row.ended_at.timestamp()))
    near = {unit: _of_unit(order, mine) for unit, mine in units.items()}
    told = _cases(db, {row.case_id for some in near.values() for row in some}, reader)
    return {
        unit: [_alike(row, told[row.case_id]) for row in some if row.case_id in told][:MOST_ALIKE]
        for unit, some in near.items()
    }


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


def _common(row: Row[Any], having: Mapping[str, int]) -> float:
    return sum(1 / having[each] for each in row.features if having.get(each))


def _alike(row: Row[Any], told: Row[Any]) -> Alike:
    about = (row.case_id, told.number, told.title_masked)
    return Alike(*about, row.unit_code, row.finished, row.ended_at)
