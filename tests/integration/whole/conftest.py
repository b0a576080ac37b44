import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import Databases
from tests.integration.whole.table import of_pages
from tests.whole.crowd import Crowd, fill, live_through
from tests.whole.node import WholeNode
from tests.whole.stamping import Mould
from tests.whole.tiers import WholeTiers, whole_tiers

MANY = 3_000


@dataclass(frozen=True, slots=True)
class Lived:
    """Three nodes, and one case of each kind in the one between the others."""

    tiers: WholeTiers
    crowd: Crowd
    moulds: Mapping[str, Mould]


@dataclass(frozen=True, slots=True)
class Grown:
    """The same city with a crowd of cases, and what its pages cost when it had only a few."""

    city: WholeNode
    lived: Crowd
    crowd: Crowd
    few: Mapping[str, str]


@pytest.fixture(scope="session")
def grown(lived: Lived) -> Grown:
    """A city that has many more cases than a page shows."""
    city = lived.tiers.city
    with city.owner() as db:  # what other tests left has been read: news costs a statement
        db.execute(text("UPDATE portal.cases SET said_at = NULL"))
    few = of_pages(city, lived.crowd)
    return Grown(city, lived.crowd, fill(lived.tiers, lived.moulds, MANY), few)


@pytest.fixture(scope="session")
def lived(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Whole nodes that have lived through all kinds of cases; for all tests of this folder."""
    folder: Path = tmp_path_factory.mktemp("whole")
    mark = secrets.token_hex(4)
    made: list[str] = []

    def make(name: str, template: str | None) -> str:
        made.append(f"{name}_{mark}")
        return postgres.create_database(made[-1], template and f"{template}_{mark}")

    with whole_tiers(folder / "nodes", make) as tiers:
        yield Lived(tiers, *live_through(tiers))
    for name in made:
        postgres.drop_database(name)
