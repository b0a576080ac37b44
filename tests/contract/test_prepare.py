"""deploy/prepare.py makes the secrets of the containers, once, and gives no right too many."""

import base64
import hashlib
import json
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from backstop.nodes import FOLDER
from tests.contract.preparing import prepare, prepared

NODES = {file.stem: tomllib.loads(file.read_text()) for file in FOLDER.glob("*.toml")}


def test_what_is_there_stays_and_nobody_else_may_enter(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    prepare(folder)
    before = {file: file.read_text() for file in folder.iterdir()}
    (folder / "341523.bus_url").unlink()

    prepare(folder)

    assert {file: file.read_text() for file in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o077 == 0


def test_no_two_passwords_are_alike() -> None:
    kinds = {"postgres", "database", "bus", "link", "grafana"}
    made = [text for name, text in prepared().items() if name.rpartition(".")[2] in kinds]

    assert len(made) == len(set(made)) == 4 * len(NODES) + 1


def test_it_says_that_nobody_is_told_of_alerts_until_somebody_is(tmp_path: Path) -> None:
    assert "Nobody is told of alerts yet" in prepare(tmp_path)
    (tmp_path / "alert_webhook").write_text("http://duty.example/alerts")
    assert "Nobody is told of alerts yet" not in prepare(tmp_path)


@pytest.mark.parametrize("node", NODES)
def test_a_neighbour_may_write_to_its_own_way_in_and_nothing_else(node: str) -> None:
    told = json.loads(prepared()[f"{node}.definitions.json"])
    family = NODES[node]
    neighbours = [code for code in (family.get("parent"), *family.get("children", ())) if code]
    rights = {each["user"]: each for each in told["permissions"]}

    assert rights.keys() == {node, *(f"from-{code}" for code in neighbours)}
    for code in neighbours:
        assert rights[f"from-{code}"] == {
            "user": f"from-{code}",
            "vhost": node,
            "configure": "^$",
            "write": rf"^in\.{code}$",
            "read": "^$",
        }


@pytest.mark.parametrize("node", NODES)
def test_the_addresses_have_the_passwords_that_the_brokers_know(node: str) -> None:
    own = urlsplit(prepared()[f"{node}.bus_url"])
    assert knows(node, own.username, own.password)
    for peer in NODES:
        if f"from-{node}" in accounts(peer):
            way = urlsplit(prepared()[f"{node}.neighbour_bus_url"].replace("{peer}", peer))
            assert way.hostname == f"rabbitmq-{peer}"
            assert knows(peer, way.username, way.password)
            assert not knows(peer, way.username, own.password)


def accounts(node: str) -> dict[str, str]:
    users = json.loads(prepared()[f"{node}.definitions.json"])["users"]
    return {user["name"]: user["password_hash"] for user in users}


def knows(node: str, name: str | None, password: str | None) -> bool:
    """Tell whether a node's broker would let somebody in."""
    assert name is not None
    assert password is not None
    digest = base64.b64decode(accounts(node)[name])
    return digest[4:] == hashlib.sha256(digest[:4] + password.encode()).digest()
