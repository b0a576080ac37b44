"""The room of a node where pieces of files lie on their way: each sealed for one node (ADR 22).

intake lays out what a neighbour asked for and takes what came; link carries. They share this room
as they share the vault: so the bytes of files go through no event, no queue and no journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    delete,
    exists,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from shared.security.vault import metadata

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@unique
class Way(StrEnum):
    """Where a piece is going."""

    OUT = "out"
    """To the neighbour, for which it is sealed."""
    IN = "in"
    """From the neighbour, sealed for this node."""


pieces = Table(
    "pieces",
    metadata,
    Column("way", Text, primary_key=True),
    Column("peer", Text, primary_key=True),
    Column("file_id", Uuid, primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("box", Text, nullable=False),
    info={"grants": {"intake": RIGHTS, "link": RIGHTS}},
)
Index(None, pieces.c.way, pieces.c.peer, pieces.c.position)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a file; `number` 0 says what the file is called and what it must be."""

    case_id: UUID
    file_id: UUID
    number: int
    box: str
    """As `letters.seal_for` makes it."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the pieces of one file lie that goes to a neighbour or comes from it."""

    way: Way
    peer: str
    file_id: UUID

    @property
    def rows(self) -> ColumnElement[bool]:
        """The condition for its rows."""
        c = pieces.c
        return (c.way == self.way) & (c.peer == self.peer) & (c.file_id == self.file_id)


def lay(db: Connection, way: Way, peer: str, laid: Iterable[Piece]) -> None:
    """Lay pieces down; one that lies there already stays as it is."""
    for piece in laid:  # one by one: each is as large as a message may be
        row = {"way": way, "peer": peer, "file_id": piece.file_id, "number": piece.number}
        row |= {"case_id": piece.case_id, "box": piece.box}
        db.execute(insert(pieces).values(row).on_conflict_do_nothing())


def lies(db: Connection, way: Way, peer: str) -> bool:
    """Tell whether anything lies there for a neighbour, or of it."""
    there = exists().where(pieces.c.way == way, pieces.c.peer == peer)
    return bool(db.scalar(select(there)))


def take_out(db: Connection, peer: str, limit: int) -> list[Piece]:
    """Remove and return the first pieces that wait for a neighbour, in the order of laying."""
    c = pieces.c
    waiting = select(c.position).where(c.way == Way.OUT, c.peer == peer)
    # As a CTE it runs once; in an IN it may run for each row, and then take more than the limit.
    first = waiting.order_by(c.position).limit(limit).with_for_update().cte("first")
    mine = (c.way == Way.OUT) & (c.peer == peer) & c.position.in_(select(first.c.position))
    taken = delete(pieces).where(mine)
    found = db.execute(taken.returning(c.position, c.case_id, c.file_id, c.number, c.box))
    return [Piece(*row[1:]) for row in sorted(found)]


def numbers_on(db: Connection, shelf: Shelf) -> set[int]:
    """Return which pieces of a file lie there."""
    return set(db.scalars(select(pieces.c.number).where(shelf.rows)))


def box_on(db: Connection, shelf: Shelf, number: int) -> str | None:
    """Return one piece of a file, if it lies there."""
    return db.scalar(select(pieces.c.box).where(shelf.rows, pieces.c.number == number))


def clear(db: Connection, shelf: Shelf) -> None:
    """Throw away what lies there of a file."""
    db.execute(delete(pieces).where(shelf.rows))


def clear_case(db: Connection, case_id: UUID) -> None:
    """Throw away whatever lies there of a case, on either way."""
    db.execute(delete(pieces).where(pieces.c.case_id == case_id))


def label_of(case_id: UUID, file_id: UUID, number: int) -> str:
    """Return what binds a sealed piece to its file and its place in it."""
    return f"file {case_id} {file_id} {number}"
