"""Many rows in one statement: they travel as one JSON array that PostgreSQL unfolds.

One parameter, one plan, however many rows: written row by row, they would cost more than all that
decides about them.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.sql.dml import ReturningInsert

Row = dict[str, Any]
"""A row by column name."""


@cache
def names_of(table: Table) -> tuple[str, ...]:
    """Return the names of a table's columns as plain strings.

    SQLAlchemy's own names look up attributes in Python; a JSON encoder asks each for several.
    """
    return tuple(str(column.name) for column in table.c)


def insert_rows(db: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows; each has the same columns, the others take their defaults."""
    if rows:
        db.execute(_inserting(table, tuple(rows[0])), {"rows": _json(rows)})


def insert_new(db: Connection, table: Table, rows: Sequence[Row], key: str) -> set[Any]:
    """Add the rows that meet no other one, in their order; return what these have as `key`."""
    if not rows:
        return set()
    adding = _inserting_new(table, tuple(rows[0]), key)
    return set(db.scalars(adding, {"rows": _json(rows)}))


def upsert_rows(db: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add or replace whole rows by primary key; no key occurs twice."""
    if rows:
        db.execute(_replacing(table), {"rows": _json(rows)})


def _json(rows: Sequence[Row]) -> str:
    return to_json(rows, exclude_none=True).decode()


def unfolded(table: Table, names: Sequence[str]) -> Select[Any]:
    """Return a query over the rows in the parameter `rows`, typed like those of `table`."""
    kind: ColumnElement[Any] = literal_column(f"NULL::{table.fullname}")
    rows = cast(bindparam("rows", type_=Text), JSONB)
    source = func.jsonb_populate_recordset(kind, rows).table_valued(
        *(column(name, table.c[name].type) for name in names)
    )
    return select(*source.c)


@cache
def _inserting(table: Table, names: tuple[str, ...]) -> Insert:
    return insert(table).from_select(list(names), unfolded(table, names))


@cache
def _inserting_new(table: Table, names: tuple[str, ...], key: str) -> ReturningInsert[Any]:
    return _inserting(table, names).on_conflict_do_nothing().returning(table.c[key])


@cache
def _replacing(table: Table) -> Insert:
    names = names_of(table)
    adding = insert(table).from_select(list(names), unfolded(table, names))
    keys: list[Column[Any]] = list(table.primary_key)
    changed = {name: adding.excluded[name] for name in names if not table.c[name].primary_key}
    return adding.on_conflict_do_update(index_elements=keys, set_=changed)
