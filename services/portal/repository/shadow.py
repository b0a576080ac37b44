"""The projection that a replay builds beside the live one, and how it takes its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, MetaData, Table, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateSchema, DropSchema

from services.portal.tables import SCHEMA, SHADOW_SCHEMA, Projection, live, projection_tables
from shared.db import grants_of, new_metadata, role_of

TRIES = 20
REPLAY_LOCK = 0x706F7274616C
"""Advisory lock of a replay: the letters of `portal`."""
SWAP_LOCK_TIMEOUT = "500ms"
"""Below PostgreSQL's deadlock timeout of a second: readers must not be the ones to lose."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shadow:
    """A projection in its own schema, under the names of the live one."""

    metadata: MetaData
    projection: Projection


def claim_replay(db: Connection) -> bool:
    """Take the lock of the replay until this transaction ends; tell whether it was free."""
    return bool(db.scalar(select(func.pg_try_advisory_xact_lock(REPLAY_LOCK))))


def make_shadow(db: Connection) -> Shadow:
    """Make an empty projection; one that a crashed replay left is dropped."""
    metadata = new_metadata(SHADOW_SCHEMA)
    shadow = Shadow(metadata, projection_tables(metadata))
    db.execute(DropSchema(SHADOW_SCHEMA, cascade=True, if_exists=True))
    db.execute(CreateSchema(SHADOW_SCHEMA))
    metadata.create_all(db, checkfirst=False)
    return shadow


def swap(db: Connection, shadow: Shadow) -> None:
    """Drop the live projection and put the shadow in its place, with the same rights."""
    db.execute(text(f"SET LOCAL lock_timeout = '{SWAP_LOCK_TIMEOUT}'"))
    names = ", ".join(table.fullname for table in live.all)
    db.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
    for table, shade in zip(live.all, shadow.projection.all, strict=True):
        db.execute(text(f"DROP TABLE {table.fullname}"))
        db.execute(text(f"ALTER TABLE {shade.fullname} SET SCHEMA {SCHEMA}"))
        _grant(db, table)
    db.execute(DropSchema(SHADOW_SCHEMA))


def _grant(db: Connection, table: Table) -> None:
    for service, rights in grants_of(table).items():
        allowed = ", ".join(rights)
        db.execute(text(f'GRANT {allowed} ON {table.fullname} TO "{role_of(service)}"'))


def patiently(step: Callable[[], T]) -> T:
    """Run a step that waits for locks; begin it anew when others did not let go in time."""
    for _ in range(TRIES - 1):
        try:
            return step()
        except OperationalError as error:
            if error.connection_invalidated:
                raise
    return step()
