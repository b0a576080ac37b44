"""Schemas for tests, made from the tables themselves, with the roles and rights of a real node."""

from collections.abc import Collection

from sqlalchemy import Engine, MetaData, create_engine, text

from backstop.rights import ensure_role, grant_rights
from shared.audit import KEEPERS
from shared.security.pieces import pieces

VAULT = pieces.metadata
SERVICES = ("intake", "dispatch", "sla", "notify", "review", "link", "portal", *KEEPERS)


def build_schemas(url: str, *services: MetaData) -> Engine:
    """Create the vault and the schemas of these services; return an engine of their owner."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=20)
    with engine.begin() as db:
        for service in SERVICES:
            ensure_role(db, service)
        for metadata in (VAULT, *services):
            db.execute(text(f'CREATE SCHEMA "{metadata.schema}"'))
            metadata.create_all(db)
            grant_rights(db, metadata, SERVICES)
    return engine


def empty(engine: Engine, *services: MetaData, kept: Collection[str] = ()) -> None:
    """Throw away every row, but for the tables whose names are `kept`.

    Row by row: a test leaves few, and truncating makes new files for each table and index. And all
    in one breath: table by table it takes ten times as long.
    """
    tables = [table for metadata in (*services, VAULT) for table in metadata.sorted_tables]
    emptied = [table.fullname for table in reversed(tables) if table.name not in kept]
    with engine.begin() as db:
        raw = db.connection.driver_connection
        assert raw is not None
        told = "; ".join(f"DELETE FROM {name}" for name in emptied)  # noqa: S608  # our names
        raw.execute(told, prepare=False)
