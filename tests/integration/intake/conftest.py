import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from services.intake.tables import metadata, plumbing
from shared.db import transaction
from shared.outbox import forget
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.conftest import Databases
from tests.integration.schemas import build_schemas

NODE = "341523"


@pytest.fixture(scope="module")
def engine(postgres: Databases) -> Iterator[Engine]:
    """A database for each module: some count what is there."""
    name = f"intake_{secrets.token_hex(4)}"
    engine = build_schemas(postgres.create_database(name), metadata)
    yield engine
    engine.dispose()
    postgres.drop_database(name)


@pytest.fixture
def unit(engine: Engine) -> Unit:
    return Unit(engine=engine, node=NODE, service="intake", plumbing=plumbing)


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    """An open transaction under intake's role; what it did is thrown away."""
    with transaction(engine, "intake") as db:
        forget(db)
        yield db
        db.get_transaction().rollback()  # type: ignore[union-attr]  # one was begun


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    path: Path = tmp_path_factory.mktemp("keys") / "node.json"
    return NodeKeys.create(path)
