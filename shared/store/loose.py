"""Bytes in a service's room of the store, and which of them none of its rows tells of any more."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    MetaData,
    Table,
    Text,
    delete,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert

from shared.store import SHELVES, Store, mark_of

LOOSE_FOR = timedelta(days=7)
"""So long bytes stay of which no row tells: if a wrong database was started over them, whoever
notices within that time loses nothing."""
UNFINISHED_FOR = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


def loose_table(metadata: MetaData) -> Table:
    """Declare the bytes of which no row tells, or no more, and when they are dropped."""
    return Table(
        "loose_bytes",
        metadata,
        Column("address", Text, primary_key=True),
        Column("drop_at", DateTime(timezone=True), nullable=False, index=True),
    )


@dataclass(frozen=True, slots=True)
class Book:
    """What a service writes down of its bytes: which are loose, and which its rows tell of."""

    loose: Table
    tellers: Sequence[ColumnElement[Any]]
    """The columns that tell addresses."""

    def let_go(self, db: Connection, addresses: Iterable[str], drop_at: datetime) -> None:
        """Have bytes dropped from then on, of which no row tells by then."""
        rows = [{"address": each, "drop_at": drop_at} for each in addresses]
        if rows:
            adding = insert(self.loose).values(rows)
            sooner = func.least(self.loose.c.drop_at, adding.excluded.drop_at)
            put = adding.on_conflict_do_update(
                index_elements=["address"], set_={"drop_at": sooner}
            )
            db.execute(put)

    def in_use(self, db: Connection, addresses: Collection[str]) -> set[str]:
        """Return those of which a row of a file tells."""
        return _among(db, self.tellers, addresses)

    def known(self, db: Connection, addresses: Collection[str]) -> set[str]:
        """Return those of which a row tells: of a file, or that they are loose."""
        return _among(db, (*self.tellers, self.loose.c.address), addresses)

    def told_between(self, db: Connection, shelf: int, last: int) -> set[str]:
        """Return the addresses on these shelves of which a row of a file tells."""
        # Between, as an index has them: a pattern would look through all.
        among = (mark_of(shelf), mark_of(last) + "g")
        there = (select(c).where(c.between(*among)) for c in self.tellers)
        return set(db.scalars(union_all(*there)))

    def due(self, db: Connection, now: datetime, limit: int) -> Sequence[str]:
        """Return bytes that are to be dropped by now; nobody else is given them meanwhile."""
        c = self.loose.c
        found = select(c.address).where(c.drop_at <= now).order_by(c.drop_at).limit(limit)
        return list(db.scalars(found.with_for_update(skip_locked=True)))

    def forget(self, db: Connection, addresses: Collection[str]) -> None:
        """Delete the rows of loose bytes that were dropped, or are in use after all."""
        db.execute(delete(self.loose).where(self.loose.c.address.in_(list(addresses))))


def shelf_at(now: datetime, each: timedelta) -> int:
    """Return whose turn it is when each shelf has so much time; who asks is told the same."""
    return (now - EPOCH) // each % SHELVES


@dataclass(frozen=True, slots=True)
class Room:
    """The bytes of a service, and what it writes down of them."""

    open_transaction: OpenTransaction
    store: Store
    book: Book

    def note_loose(self, shelf: int, now: datetime) -> int:
        """Note what lies on a shelf of which no row tells, to be dropped later; tell how much."""
        self.store.tidy(now - UNFINISHED_FOR)
        lying = list(self.store.shelf(shelf))
        with self.open_transaction() as db:
            unknown = set(lying) - self.book.known(db, lying)
            self.book.let_go(db, unknown, now + LOOSE_FOR)
        return len(unknown)

    def drop_loose(self, now: datetime, limit: int) -> int:
        """Drop what is loose by now, of which still no row tells; return how many were looked at.

        The bytes go before their row: killed between, they are dropped once more, which does
        nothing.
        """
        with self.open_transaction() as db:
            found = self.book.due(db, now, limit)
            for address in set(found) - self.book.in_use(db, found):
                self.store.drop(address)
            self.book.forget(db, found)
        return len(found)


def _among(
    db: Connection, columns: Iterable[ColumnElement[Any]], addresses: Collection[str]
) -> set[str]:
    wanted = list(addresses)
    return set(db.scalars(union_all(*(select(c).where(c.in_(wanted)) for c in columns))))
