"""Reading and writing the projection as the projector does: whole batches, live or shadow."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Connection, Select, Table, func, select, text, update
from sqlalchemy.dialects.postgresql import Insert, insert

from services.portal.repository.words import words_of
from services.portal.tables import Projection
from shared.db.bulk import Row, among, names_of, unfolded
from shared.security.erasing import redacted, worded


@dataclass(frozen=True, slots=True)
class CaseRows:
    """The rows of some cases and of what hangs on them."""

    cases: Sequence[Row]
    orders: Sequence[Row]
    clocks: Sequence[Row]
    hand_overs: Sequence[Row]
    supervisions: Sequence[Row]
    parts: Sequence[Row]


def rows_of_cases(db: Connection, projection: Projection, cases: Collection[UUID]) -> CaseRows:
    """Lock and return the rows of these cases; return those that hang on them."""
    locked = _of_cases(db, projection.cases, cases, lock=True)
    helped = [row["case_id"] for row in locked if row["helping_units"] is not None]
    return CaseRows(
        locked,
        _of_cases(db, projection.orders, cases),
        _of_cases(db, projection.clocks, cases),
        _of_cases(db, projection.hand_overs, cases),
        _of_cases(db, projection.supervisions, cases),
        _of_cases(db, projection.parts, helped) if helped else (),
    )


def _of_cases(
    db: Connection, table: Table, cases: Collection[UUID], *, lock: bool = False
) -> Sequence[Row]:
    query = select(table).where(among(table.c.case_id, sorted(cases)))
    if lock:
        query = query.order_by(table.c.case_id).with_for_update()
    return _read(db, table, query)


def rows_by_key(db: Connection, table: Table, keys: Collection[UUID]) -> Sequence[Row]:
    """Return the rows of a table with a single primary key."""
    (key,) = table.primary_key
    return _read(db, table, select(table).where(among(key, sorted(keys))))


def _read(db: Connection, table: Table, query: Select[Any]) -> Sequence[Row]:
    names = names_of(table)
    return [dict(zip(names, row, strict=True)) for row in db.execute(query)]


def add_words(db: Connection, projection: Projection, texts: Mapping[UUID, Sequence[str]]) -> None:
    """Make cases findable by the words of their masked texts; the first one is the number."""
    if not texts:
        return
    rows = [
        {"case_id": case_id, "words": [number.lower(), *words_of(*told)]}
        for case_id, (number, *told) in texts.items()
    ]
    db.execute(_adding_words(projection.words), {"rows": to_json(rows).decode()})


@cache
def _adding_words(table: Table) -> Insert:
    # array_to_tsvector keeps no positions: half the size, and phrases are not searched.
    cut = text(
        "SELECT (row ->> 'case_id')::uuid AS case_id,"
        " array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(row -> 'words'))) AS words"
        " FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS row"
    ).columns(table.c.case_id, table.c.words)
    adding = insert(table).from_select(["case_id", "words"], cut)
    return adding.on_conflict_do_update(
        index_elements=[table.c.case_id], set_={"words": adding.excluded.words}
    )


def empty_stories(db: Connection, projection: Projection, cases: Collection[UUID]) -> None:
    """Leave of the timelines and ratings of cases what names nobody."""
    steps, rated = projection.timeline, projection.evaluations
    of_steps = update(steps).where(among(steps.c.case_id, sorted(cases)))
    db.execute(of_steps.values(params=redacted(steps.c.params)))
    of_rated = update(rated).where(among(rated.c.case_id, sorted(cases)))
    db.execute(of_rated.values(text_masked=worded(rated.c.text_masked)))


def mark_reached(
    db: Connection, projection: Projection, reached: Mapping[tuple[str, UUID], int]
) -> None:
    """Record the last version heard, by speaker and subject."""
    rows = [
        {"service": service, "subject_id": subject, "version": version}
        for (service, subject), version in sorted(reached.items())
    ]
    db.execute(_marking(projection.reached), {"rows": to_json(rows).decode()})


@cache
def _marking(table: Table) -> Insert:
    adding = insert(table).from_select(names_of(table), unfolded(table, names_of(table)))
    higher = func.greatest(table.c.version, adding.excluded.version)
    return adding.on_conflict_do_update(
        index_elements=[table.c.service, table.c.subject_id], set_={"version": higher}
    )


def add_counts(
    db: Connection, projection: Projection, differences: Mapping[tuple[str, str], int]
) -> None:
    """Add to the rollups."""
    # In the order of the keys: shards that count the same thing then wait instead of deadlocking.
    rows = [
        {"dimension": dimension, "key": key, "n": n}
        for (dimension, key), n in sorted(differences.items())
        if n
    ]
    if rows:
        db.execute(_counting(projection.counts), {"rows": to_json(rows).decode()})


@cache
def _counting(table: Table) -> Insert:
    adding = insert(table).from_select(names_of(table), unfolded(table, names_of(table)))
    return adding.on_conflict_do_update(
        index_elements=[table.c.dimension, table.c.key],
        set_={"n": table.c.n + adding.excluded.n},
    )
