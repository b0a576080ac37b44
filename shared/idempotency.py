"""The same request sent twice has one effect and the same answer.

The key is claimed in the transaction of the effect. The answer is kept sealed with the node's
key, because it may hold a query code; it is forgotten after a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    delete,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.resealing import SealedColumn
from shared.security.sealing import NodeKeys

REMEMBERED = timedelta(days=1)
FORGET_AT_ONCE = 100

A = TypeVar("A", bound=BaseModel)


def idempotency_table(metadata: MetaData) -> Table:
    """Declare the answers that a service remembers."""
    return Table(
        "idempotency",
        metadata,
        Column("actor", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("digest", Text, nullable=False),
        Column("answer", LargeBinary),
        Column("at", DateTime(timezone=True), nullable=False, index=True),
        Column("case_id", Uuid),
    )


def sealed_answers(table: Table) -> SealedColumn:
    """Return what of the remembered answers the node's key seals."""
    return SealedColumn(table.c.answer, lambda row: _label_of(table, row.actor, row.key))


def forget_case(db: Connection, table: Table, case_id: UUID) -> None:
    """Forget what was answered about a case: its query code may be in it."""
    db.execute(delete(table).where(table.c.case_id == case_id))


def forget_old(db: Connection, table: Table, now: datetime, limit: int) -> int:
    """Forget answers that are remembered long enough; return how many."""
    # Without waiting for each other: requests of one moment find the same rows too old.
    old = (
        select(table.c.actor, table.c.key)
        .where(table.c.at < now - REMEMBERED)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return db.execute(delete(table).where(tuple_(table.c.actor, table.c.key).in_(old))).rowcount


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What a client names its request by, and what the request was for."""

    value: str
    target: str
    """Method and path: the same body means something else at the next order."""


@dataclass(frozen=True, slots=True)
class Once:
    """One request that must not have its effect twice."""

    table: Table
    keys: NodeKeys
    actor: Actor
    key: RequestKey | None
    now: datetime

    def run(self, db: Connection, body: BaseModel, kind: type[A], act: Callable[[], A]) -> A:
        """Act, or answer as the first time; Refused if the key named something else then."""
        if self.key is None:
            return act()
        forget_old(db, self.table, self.now, FORGET_AT_ONCE)
        claimed = _Claimed(self, self.key, body)
        if claimed.is_first(db):
            answer = act()
            claimed.remember(db, answer)
            return answer
        return claimed.recall(db, kind)


@dataclass(frozen=True, slots=True)
class _Claimed:
    once: Once
    key: RequestKey
    body: BaseModel

    def is_first(self, db: Connection) -> bool:
        table = self.once.table
        row = {"actor": self._who, "key": self.key.value, "digest": self._digest}
        claim = insert(table).values(row | {"at": self.once.now}).on_conflict_do_nothing()
        return db.scalar(claim.returning(table.c.key)) is not None

    def remember(self, db: Connection, answer: BaseModel) -> None:
        sealed = self.once.keys.seal_bytes(answer.model_dump_json().encode(), self._label)
        told = {"answer": sealed, "case_id": getattr(answer, "case_id", None)}
        db.execute(update(self.once.table).where(self._row).values(told))

    def recall(self, db: Connection, kind: type[A]) -> A:
        row = db.execute(select(self.once.table).where(self._row)).one()
        if row.digest != self._digest or row.answer is None:
            raise Refused("idempotency_key_reused", field="Idempotency-Key")
        return kind.model_validate_json(self.once.keys.open_bytes(row.answer, self._label))

    @property
    def _row(self) -> ColumnElement[bool]:
        table = self.once.table
        return (table.c.actor == self._who) & (table.c.key == self.key.value)

    @property
    def _who(self) -> str:
        return f"{self.once.actor.kind}:{self.once.actor.id}"

    @property
    def _digest(self) -> str:
        # Keyed: a plain digest of a name and a phone number could be guessed.
        told = f"{self.key.target}\0{self.body.model_dump_json()}"
        return self.once.keys.keyed_hash("idempotency", told)

    @property
    def _label(self) -> str:
        return _label_of(self.once.table, self._who, self.key.value)


def _label_of(table: Table, actor: str, key: str) -> str:
    return f"idempotency/{table.schema}/{actor}/{key}"
