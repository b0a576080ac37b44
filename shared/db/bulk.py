"""Many rows in one statement: they travel as one JSON array that PostgreSQL unfolds.

One parameter, one plan, however many rows: written row by row, they would cost more than all that
decides about them.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Dialect,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

Row = dict[str, Any]
"""A row by column name."""


@cache
def names_of(table: Table) -> tuple[str, ...]:
    """Return the names of a table's columns as plain strings.

    SQLAlchemy's own names look up attributes in Python; a JSON encoder asks each for several.
    """
    return tuple(str(column.name) for column in table.c)


class Ids(UserDefinedType[Iterable[object]]):
    """Ids or numbers, written as PostgreSQL writes an array: the driver takes far longer.

    So are texts of letters and digits alone.
    """

    cache_ok = True
    render_bind_cast = True

    def __init__(self, kind: str = "UUID") -> None:
        self.kind = kind

    def get_col_spec(self, **_: Any) -> str:
        """Return the type as which PostgreSQL takes the parameter, not to cast it row by row."""
        return f"{self.kind}[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """Return what writes the array."""
        return lambda ids: f"{{{','.join(map(str, ids))}}}"


def listed(name: str, kind: str = "UUID") -> BindParameter[Iterable[object]]:
    """Return a parameter that takes any number of ids or numbers, as an array of this kind."""
    return bindparam(name, type_=Ids(kind))


class Lines(UserDefinedType[Iterable[str]]):
    """Texts of one line each, sent as the lines of one: JSON has no line ends of its own."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type of what PostgreSQL makes of it."""
        return "TEXT[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """Return what puts one line after the other."""
        return "\n".join

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Have PostgreSQL cut it into lines again."""
        return func.string_to_array(cast(bindvalue, Text), "\n")


def listed_lines(name: str) -> BindParameter[Iterable[str]]:
    """Return a parameter that takes any number of texts, none of them empty or with a line end."""
    return bindparam(name, type_=Lines())


def among(
    column: ColumnElement[Any], ids: Iterable[object], kind: str = "UUID"
) -> ColumnElement[bool]:
    """Return the condition that a column has one of these ids or numbers."""
    return column == func.any(bindparam(None, list(ids), Ids(kind)))


def among_codes(column: ColumnElement[str], codes: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of these codes: one parameter, one plan."""
    return column == func.any(bindparam(None, sorted(codes), ARRAY(Text)))


def insert_rows(db: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows; each has the same columns, the others take their defaults."""
    if rows:
        db.execute(inserting(table, tuple(rows[0])), {"rows": as_json(rows)})


def insert_together(db: Connection, *added: tuple[Table, Sequence[Row]]) -> None:
    """Add rows to several tables by one statement; those of a table have the same columns."""
    shape = tuple((table, tuple(rows[0])) for table, rows in added)
    db.execute(_together(shape), {table.name: as_json(rows) for table, rows in added})


def insert_new(db: Connection, table: Table, rows: Sequence[Row], key: str) -> set[Any]:
    """Add the rows that meet no other one, in their order; return what these have as `key`."""
    if not rows:
        return set()
    adding = _inserting_new(table, tuple(rows[0]), key)
    return set(db.scalars(adding, {"rows": as_json(rows)}))


def upsert_rows(db: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add or replace whole rows by primary key; no key occurs twice."""
    if rows:
        db.execute(_replacing(table), {"rows": as_json(rows)})


def as_json(rows: Sequence[Row]) -> str:
    """Return rows as the parameter of these statements."""
    return to_json(rows, exclude_none=True).decode()


def unfolded(table: Table, names: Sequence[str], given: str = "rows") -> Select[Any]:
    """Return a query over the rows in the parameter `given`, typed like those of `table`."""
    columns = (column(name, table.c[name].type) for name in names)
    return select(*_recordset(table, given).table_valued(*columns).c)


def unfolded_in_order(table: Table, names: Sequence[str]) -> Select[Any]:
    """Do what `unfolded` does, with the `place` of each row beside it, counted from 1."""
    columns = (column(name, table.c[name].type) for name in names)
    source = _recordset(table, "rows").table_valued(*columns, with_ordinality="ordinality")
    return select(*(source.c[name] for name in names), source.c.ordinality.label("place"))


def _recordset(table: Table, given: str) -> FunctionElement[Any]:
    kind: ColumnElement[Any] = literal_column(f"NULL::{table.fullname}")
    return func.jsonb_populate_recordset(kind, cast(bindparam(given, type_=Text), JSONB))


@cache
def inserting(table: Table, names: tuple[str, ...]) -> Insert:
    """Return the statement that adds the rows of its parameter, in their order."""
    return insert(table).from_select(list(names), unfolded(table, names))


@cache
def _together(shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> Insert:
    *before, last = (
        insert(table).from_select(list(names), unfolded(table, names, table.name))
        for table, names in shape
    )
    return last.add_cte(*(each.cte(f"of_{each.table.name}") for each in before))


@cache
def _inserting_new(table: Table, names: tuple[str, ...], key: str) -> ReturningInsert[Any]:
    return inserting(table, names).on_conflict_do_nothing().returning(table.c[key])


@cache
def _replacing(table: Table) -> Insert:
    names = names_of(table)
    adding = insert(table).from_select(list(names), unfolded(table, names))
    keys: list[Column[Any]] = list(table.primary_key)
    changed = {name: adding.excluded[name] for name in names if not table.c[name].primary_key}
    return adding.on_conflict_do_update(index_elements=keys, set_=changed)
