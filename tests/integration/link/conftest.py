from collections.abc import Iterator
from pathlib import Path

import pytest

from services.dispatch.tables import metadata as dispatch_metadata
from services.link.tables import metadata as link_metadata
from tests.conftest import Databases
from tests.integration.link.nodes import Clock, Node, Post, acquaint, furnish, new_keys
from tests.integration.schemas import build_schemas

Three = tuple[Node, Node, Node]


@pytest.fixture(scope="module")
def built(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    folder: Path = tmp_path_factory.mktemp("keys")
    post, clock, nodes = Post(), Clock(), []
    for code in ("341523", "341500", "340000"):
        name = f"link_{code}_{folder.name.replace('-', '_')}"
        url = postgres.create_database(name)
        engine = build_schemas(url, dispatch_metadata, link_metadata)
        nodes.append(Node(code, engine, new_keys(folder, code), post, clock))
    acquaint(nodes)
    for node in nodes:
        furnish(node)
    yield nodes
    for node in nodes:
        node.engine.dispose()
        postgres.drop_database(f"link_{node.code}_{folder.name.replace('-', '_')}")


@pytest.fixture
def three(built: list[Node]) -> Iterator[Three]:
    """County, city and province, empty but for their units; letters lie with one carrier."""
    county, city, province = built
    yield county, city, province
    for node in built:
        node.empty()
    built[0].post.lying.clear()
    built[0].post.is_open = True


@pytest.fixture
def later(three: Three) -> Iterator[None]:
    """Put the clock of all nodes back after the test."""
    clock, before = three[0].clock, three[0].clock.now
    yield
    clock.now = before
