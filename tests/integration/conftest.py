"""A database with the schemas of some services, as their roles see it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.pool import NullPool

from backstop.rights import ensure_role, grant_rights
from shared.db import connect_engine

ServiceDatabase = Callable[..., Engine]
SERVICES = ("intake", "dispatch", "sla", "notify", "review", "portal")


@pytest.fixture
def service_database(database: Callable[..., str]) -> Iterator[ServiceDatabase]:
    """Call it with the `metadata` of services: an engine on a new database with their tables."""
    engines: list[Engine] = []

    def build(*catalogues: MetaData) -> Engine:
        url = database().replace("postgresql://", "postgresql+psycopg://")
        admin = create_engine(url, poolclass=NullPool)
        with admin.begin() as db:
            for service in SERVICES:
                ensure_role(db, service)
            for metadata in catalogues:
                db.execute(text(f'CREATE SCHEMA "{metadata.schema}"'))
                metadata.create_all(db)
            grant_rights(db, catalogues)
        engines.append(connect_engine(url, pool=5, application="tests"))
        return engines[-1]

    yield build
    for engine in engines:
        engine.dispose()
