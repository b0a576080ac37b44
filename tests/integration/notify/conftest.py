import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from services.notify.tables import metadata, plumbing
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.conftest import Databases
from tests.integration.schemas import build_schemas, empty

NODE = "341523"


@pytest.fixture(scope="session")
def engine(postgres: Databases) -> Iterator[Engine]:
    name = f"notify_{secrets.token_hex(4)}"
    engine = build_schemas(postgres.create_database(name), metadata)
    yield engine
    engine.dispose()
    postgres.drop_database(name)


@pytest.fixture
def unit(engine: Engine) -> Iterator[Unit]:
    """A unit over empty tables: what is due is looked for in all of them."""
    yield Unit(engine=engine, node=NODE, service="notify", plumbing=plumbing)
    empty(engine, metadata)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    return NodeKeys.create(tmp_path_factory.mktemp("keys") / "node.json")
