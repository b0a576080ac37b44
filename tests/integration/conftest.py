"""A database with the schemas of some services, as their roles see it."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, MetaData

from tests.conftest import Databases
from tests.integration.schemas import build_schemas, empty

ServiceDatabase = Callable[..., Engine]
Catalogues = tuple[MetaData, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Databases that are lent to one test after the other: making one takes longer than a test."""

    postgres: Databases
    made: list[Engine] = field(default_factory=list)
    spare: dict[Catalogues, list[Engine]] = field(default_factory=lambda: defaultdict(list))

    def take(self, catalogues: Catalogues) -> Engine:
        """Return one with the tables of these services, and nothing in them."""
        if self.spare[catalogues]:
            return self.spare[catalogues].pop()
        url = self.postgres.create_database(f"lent_{secrets.token_hex(6)}")
        self.made.append(build_schemas(url, *catalogues))
        return self.made[-1]

    def put_back(self, catalogues: Catalogues, engine: Engine) -> None:
        """Empty it for the next test."""
        engine.dispose()
        empty(engine, *catalogues)
        self.spare[catalogues].append(engine)


@pytest.fixture(scope="session")
def shelf(postgres: Databases) -> Iterator[Shelf]:
    """The databases of this test run that are lent."""
    shelf = Shelf(postgres)
    yield shelf
    for engine in shelf.made:
        engine.dispose()
        postgres.drop_database(str(engine.url.database))


@pytest.fixture
def service_database(shelf: Shelf) -> Iterator[ServiceDatabase]:
    """Call it with the `metadata` of services: an engine on a database with their empty tables."""
    lent: list[tuple[Catalogues, Engine]] = []

    def lend(*catalogues: MetaData) -> Engine:
        lent.append((catalogues, shelf.take(catalogues)))
        return lent[-1][1]

    yield lend
    for each in lent:
        shelf.put_back(*each)
