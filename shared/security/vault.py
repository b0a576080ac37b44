"""The one place of a node where the wrapped data keys of its cases lie.

It has its own schema, which the services of the node share by grants: erasing a person destroys
exactly one row, whichever services hold ciphertext (docs/adr/0005-data-key-per-case.md). No
unwrapped key is kept for the next transaction, so a destroyed key opens nothing a moment later.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    Row,
    Select,
    Table,
    Uuid,
    event,
    func,
    select,
    update,
)

from shared.clock import new_id
from shared.security.erasing import ERASING_FUNCTIONS
from shared.security.resealing import SealedColumn, key_name
from shared.security.sealing import (
    KeyDestroyed,
    NodeKeys,
    Sealer,
    data_key_label,
    new_data_key,
)

metadata = MetaData(
    schema="vault",
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    },
)

READERS = ("notify", "portal", "review", "dispatch")

case_keys = Table(
    "case_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("wrapped", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("destroyed_at", DateTime(timezone=True)),
    CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed_is_empty"),
    info={
        "grants": {
            "intake": ("SELECT", "INSERT", "UPDATE"),
            "link": ("SELECT", "INSERT"),
            **dict.fromkeys(READERS, ("SELECT",)),
        }
    },
)
Index(
    None,
    case_keys.c.case_id,
    unique=True,
    postgresql_where=case_keys.c.destroyed_at.is_(None),
)

sealed = SealedColumn(case_keys.c.wrapped, lambda row: data_key_label(row.case_id))
Index("ix_case_keys_wrapped_by", key_name(case_keys.c.wrapped), case_keys.c.id)
"""What an earlier key wrapped is found, counted and walked through without a look at the rest."""
for _statement in ERASING_FUNCTIONS:
    event.listen(metadata, "after_create", DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]


_ADD = case_keys.insert()


def new_key(keys: NodeKeys, case_id: UUID, now: datetime) -> tuple[Sealer, dict[str, Any]]:
    """Return a data key for a case, and the row without which it opens nothing afterwards."""
    sealer = Sealer(case_id=case_id, key_id=new_id(), key=new_data_key())
    wrapped = keys.wrap(case_id, sealer.key)
    row = {"id": sealer.key_id, "case_id": case_id, "wrapped": wrapped, "created_at": now}
    return sealer, row


def create_key(db: Connection, keys: NodeKeys, case_id: UUID, now: datetime) -> Sealer:
    """Give a case its data key; a case has one living key at a time."""
    sealer, row = new_key(keys, case_id, now)
    db.execute(_ADD, row)
    return sealer


def had_key(db: Connection, case_id: UUID) -> bool:
    """Tell whether a case ever had a data key here; a leg has none before its person came."""
    ever = select(case_keys.c.id).where(case_keys.c.case_id == case_id).limit(1)
    return db.scalar(ever) is not None


def was_erased(db: Connection, case_id: UUID) -> bool:
    """Tell whether a data key of a case was destroyed; one that comes this very moment was not."""
    gone = (case_keys.c.case_id == case_id, case_keys.c.destroyed_at.is_not(None))
    return db.scalar(select(case_keys.c.id).where(*gone).limit(1)) is not None


def sealer_or_new(db: Connection, keys: NodeKeys, case_id: UUID, now: datetime) -> Sealer:
    """Return the data key of a case, made if it never had one; KeyDestroyed if it was erased."""
    if had_key(db, case_id):
        return sealer_of_case(db, keys, case_id)
    return create_key(db, keys, case_id, now)


def sealer_for(db: Connection, keys: NodeKeys, key_id: UUID) -> Sealer:
    """Return the data key that sealed something."""
    found = db.execute(_keys().where(case_keys.c.id == key_id)).one_or_none()
    return _unwrapped(keys, found)


def sealer_of_case(db: Connection, keys: NodeKeys, case_id: UUID) -> Sealer:
    """Return the living data key of a case."""
    living = (case_keys.c.case_id == case_id, case_keys.c.destroyed_at.is_(None))
    return _unwrapped(keys, db.execute(_keys().where(*living)).one_or_none())


def sealers_of_cases(
    db: Connection, keys: NodeKeys, case_ids: Collection[UUID]
) -> Mapping[UUID, Sealer]:
    """Return the living data keys of cases by case; of one that was erased there is none."""
    living = case_keys.c.destroyed_at.is_(None)
    found = db.execute(_keys().where(case_keys.c.case_id == func.any(list(case_ids)), living))
    return {row.case_id: _unwrapped(keys, row) for row in found}


def sealers_for(
    db: Connection, keys: NodeKeys, key_ids: Collection[UUID]
) -> Mapping[UUID, Sealer]:
    """Return the data keys of a list by one query; destroyed and unknown ones are left out."""
    found = db.execute(_keys().where(case_keys.c.id == func.any(list(key_ids))))
    return {row.id: _unwrapped(keys, row) for row in found if row.wrapped is not None}


def destroy(db: Connection, case_id: UUID, now: datetime) -> int:
    """Erase the data key of a case and return how many there were; nothing opens afterwards."""
    living = (case_keys.c.case_id == case_id, case_keys.c.destroyed_at.is_(None))
    erased = update(case_keys).where(*living).values(wrapped=None, destroyed_at=now)
    return db.execute(erased).rowcount


def _keys() -> Select[UUID, UUID, bytes | None]:
    columns = case_keys.c
    return select(columns.id, columns.case_id, columns.wrapped)


def _unwrapped(keys: NodeKeys, row: Row[UUID, UUID, bytes | None] | None) -> Sealer:
    if row is None or row.wrapped is None:
        raise KeyDestroyed("the data key is gone or was never here")
    key = keys.unwrap(row.case_id, row.wrapped)
    return Sealer(case_id=row.case_id, key_id=row.id, key=key)
