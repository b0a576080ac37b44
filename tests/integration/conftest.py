"""A database with the schemas of some services, as their roles see it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, MetaData

from tests.integration.schemas import build_schemas

ServiceDatabase = Callable[..., Engine]


@pytest.fixture
def service_database(database: Callable[..., str]) -> Iterator[ServiceDatabase]:
    """Call it with the `metadata` of services: an engine on a new database with their tables."""
    engines: list[Engine] = []

    def build(*catalogues: MetaData) -> Engine:
        engines.append(build_schemas(database(), *catalogues))
        return engines[-1]

    yield build
    for engine in engines:
        engine.dispose()
