"""The same request sent twice has one effect and the same answer.

The key is claimed in the transaction of the effect. The answer is kept sealed with the node's
key, because it may hold a query code; it is forgotten after a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

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
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.sealing import NodeKeys

REMEMBERED = timedelta(days=1)

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
    )


@dataclass(frozen=True, slots=True)
class Once:
    """One request that must not have its effect twice."""

    table: Table
    keys: NodeKeys
    actor: Actor
    key: str | None
    now: datetime

    def run(self, db: Connection, body: BaseModel, kind: type[A], act: Callable[[], A]) -> A:
        """Act, or give the answer of the first time; Refused if the key came with another body."""
        if self.key is None:
            return act()
        if self._is_first(db, body):
            answer = act()
            self._remember(db, answer)
            return answer
        return self._recall(db, body, kind)

    def _who(self) -> str:
        return f"{self.actor.kind}:{self.actor.id}"

    def _is_first(self, db: Connection, body: BaseModel) -> bool:
        db.execute(delete(self.table).where(self.table.c.at < self.now - REMEMBERED))
        row = {"actor": self._who(), "key": self.key, "digest": self._digest(body), "at": self.now}
        claim = insert(self.table).values(row).on_conflict_do_nothing()
        return db.scalar(claim.returning(self.table.c.key)) is not None

    def _row(self) -> ColumnElement[bool]:
        return (self.table.c.actor == self._who()) & (self.table.c.key == self.key)

    def _remember(self, db: Connection, answer: BaseModel) -> None:
        sealed = self.keys.seal_bytes(answer.model_dump_json().encode(), self._label())
        db.execute(update(self.table).where(self._row()).values(answer=sealed))

    def _recall(self, db: Connection, body: BaseModel, kind: type[A]) -> A:
        row = db.execute(select(self.table).where(self._row())).one()
        if row.digest != self._digest(body) or row.answer is None:
            raise Refused("idempotency_key_reused", field="Idempotency-Key")
        return kind.model_validate_json(self.keys.open_bytes(row.answer, self._label()))

    def _digest(self, body: BaseModel) -> str:
        # Keyed: a plain digest of a name and a phone number could be guessed.
        return self.keys.keyed_hash("idempotency", body.model_dump_json())

    def _label(self) -> str:
        return f"idempotency/{self.table.schema}/{self._who()}/{self.key}"
