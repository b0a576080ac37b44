import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from services.review import api
from services.review.settings import Settings
from services.review.tables import metadata, plumbing
from shared.db import transaction
from shared.outbox import forget
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.conftest import Databases
from tests.integration.doorway import NODE, Call, calling, door_to
from tests.integration.review.stories import NINE
from tests.integration.schemas import build_schemas, empty


@pytest.fixture(scope="session")
def engine(postgres: Databases) -> Iterator[Engine]:
    name = f"review_{secrets.token_hex(4)}"
    engine = build_schemas(postgres.create_database(name), metadata)
    yield engine
    engine.dispose()
    postgres.drop_database(name)


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    """An open transaction under review's role; what it did is thrown away."""
    with transaction(engine, "review") as db:
        forget(db)
        yield db
        db.get_transaction().rollback()  # type: ignore[union-attr]  # one was begun


@pytest.fixture
def unit(engine: Engine) -> Iterator[Unit]:
    """What opens real transactions; the tables are empty again after the test."""
    yield Unit(engine=engine, node=NODE, service="review", plumbing=plumbing)
    empty(engine, metadata)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    path: Path = tmp_path_factory.mktemp("keys") / "node.json"
    return NodeKeys.create(path)


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    """Ask review's door: `call(actor, "GET", path, …)`; its clock stands at nine."""

    def now() -> datetime:
        return NINE

    return calling(api.router, door_to(unit, keys, Settings(), now))
