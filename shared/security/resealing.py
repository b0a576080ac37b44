"""Seal anew, in batches, what an earlier wrapping key of the node sealed.

What `NodeKeys.seal_bytes` returns begins with the name of its key, so the rows themselves say what
is left to do: nothing is kept about the progress, and a crash costs at most one batch.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)

from shared.security.sealing import NAME_ENDS, NodeKeys, SealBroken

log = logging.getLogger(__name__)

LONGEST_NAME = 12

Place = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column whose values the node's own keys seal; `label` is what a value is bound to."""

    column: Column[bytes]
    label: Callable[[Row[Any]], str]

    @property
    def table(self) -> Table:
        """Return the table of the column."""
        table: Table = self.column.table
        return table

    @property
    def key(self) -> Sequence[str]:
        """Return the names of the columns of the primary key."""
        return [column.name for column in self.table.primary_key.columns]

    @property
    def place(self) -> str:
        """Return how the column is called in figures and logs."""
        return f"{self.table.fullname}.{self.column.name}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did: how many rows, which could not be opened, and where it ended."""

    done: int
    broken: int
    end: Place | None
    """Where the next one begins; None where nothing is left behind it."""


def key_name(column: Column[bytes]) -> ColumnElement[str]:
    """Return the expression for the name of the key that sealed a column's value."""
    # Written out: an index on the expression serves only a query that has it letter by letter.
    start = func.substr(column, literal_column("1"), literal_column(str(LONGEST_NAME)))
    told = func.encode(start, literal_column("'escape'"))
    return func.split_part(
        told, literal_column(f"'{NAME_ENDS.decode()}'"), literal_column("1"), type_=Text
    )


def sealed_under(db: Connection, sealed: SealedColumn) -> Mapping[str, int]:
    """Return how many rows each key has sealed."""
    name = key_name(sealed.column)
    query = select(name, func.count()).where(sealed.column.is_not(None)).group_by(name)
    return {found: number for found, number in db.execute(query)}  # noqa: C416  # rows are not pairs


def left_under(sealed: SealedColumn, db: Connection, keys: NodeKeys) -> int:
    """Return how many rows earlier keys have sealed; quick where they are none."""
    query = select(func.count()).select_from(sealed.table)
    return db.scalar(query.where(key_name(sealed.column).in_(keys.earlier))) or 0


def reseal(
    sealed: SealedColumn, db: Connection, keys: NodeKeys, after: Place, limit: int
) -> Batch:
    """Seal the rows behind a place anew under the current key; what somebody holds is left out."""
    now = keys.now  # one and the same for the whole batch
    rows = db.execute(_next(sealed, now.earlier, after, limit)).all()
    changes = [change for row in rows if (change := _change(now, sealed, row)) is not None]
    if changes:
        db.execute(_updating(sealed), changes)
    end = tuple(getattr(rows[-1], name) for name in sealed.key) if len(rows) == limit else None
    return Batch(len(changes), len(rows) - len(changes), end)


def _next(sealed: SealedColumn, names: Sequence[str], after: Place, limit: int) -> Select[Any]:
    key = [sealed.table.c[name] for name in sealed.key]
    query = select(sealed.table).where(key_name(sealed.column).in_(names))
    if after:
        place = [literal(value, column.type) for column, value in zip(key, after, strict=True)]
        query = query.where(tuple_(*key) > tuple_(*place))
    return query.order_by(*key).limit(limit).with_for_update(skip_locked=True)


def _change(keys: NodeKeys, sealed: SealedColumn, row: Row[Any]) -> Mapping[str, Any] | None:
    label, old = sealed.label(row), getattr(row, sealed.column.name)
    try:
        new = keys.seal_bytes(keys.open_bytes(old, label), label)
    except SealBroken:
        log.exception("cannot be sealed anew", extra={"place": sealed.place})
        return None
    return {"new": new, **{f"at_{name}": getattr(row, name) for name in sealed.key}}


def _updating(sealed: SealedColumn) -> Update:
    table = sealed.table
    here = [table.c[name] == bindparam(f"at_{name}") for name in sealed.key]
    return update(table).where(*here).values({sealed.column.name: bindparam("new")})
