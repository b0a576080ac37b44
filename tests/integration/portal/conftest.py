import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from services.portal.tables import metadata, plumbing
from shared.db import transaction
from shared.unit import Unit
from tests.conftest import Databases
from tests.integration.portal.desks import Desk, open_desk
from tests.integration.schemas import build_schemas

NODE = "341523"


@pytest.fixture(scope="session")
def engine(postgres: Databases) -> Iterator[Engine]:
    """One database for what is rolled back; it stays empty."""
    name = f"portal_{secrets.token_hex(4)}"
    engine = build_schemas(postgres.create_database(name), metadata)
    yield engine
    engine.dispose()
    postgres.drop_database(name)


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    """An open transaction under portal's role; what it did is thrown away."""
    with transaction(engine, "portal") as db:
        yield db
        db.get_transaction().rollback()  # type: ignore[union-attr]  # one was begun


@pytest.fixture
def own_engine(service_database: Callable[..., Engine]) -> Engine:
    """A database of the test's own, for what must be committed."""
    return service_database(metadata)


@pytest.fixture
def unit(own_engine: Engine) -> Unit:
    return Unit(engine=own_engine, node=NODE, service="portal", plumbing=plumbing)


@pytest.fixture
def desk(unit: Unit, tmp_path: Path) -> Desk:
    """The desk of the city as a member of staff uses it."""
    return open_desk(unit, tmp_path / "node.json")
