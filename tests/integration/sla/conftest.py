from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine

from services.sla.tables import metadata, plumbing
from shared.unit import Unit


@pytest.fixture
def db(service_database: Callable[..., Engine]) -> Iterator[Connection]:
    unit = Unit(service_database(metadata), "341523", "sla", plumbing, wake=lambda: None)
    with unit.transaction() as connection:
        yield connection
