"""Schemas for tests, made from the tables themselves, with the roles and rights of a real node."""

from sqlalchemy import Engine, MetaData, create_engine, text

from backstop.rights import ensure_role, grant_rights
from shared.security.vault import metadata as vault

SERVICES = ("intake", "dispatch", "sla", "notify", "review", "link", "portal")


def build_schemas(url: str, *services: MetaData) -> Engine:
    """Create the vault and the schemas of these services; return an engine of their owner."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=20)
    with engine.begin() as db:
        for service in SERVICES:
            ensure_role(db, service)
        for metadata in (vault, *services):
            db.execute(text(f'CREATE SCHEMA "{metadata.schema}"'))
            metadata.create_all(db)
            grant_rights(db, metadata, SERVICES)
    return engine
