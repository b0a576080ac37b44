"""deploy/prepare.py makes the secrets of the containers, once, and gives no right too many."""

import base64
import hashlib
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from backstop.nodes import FOLDER
from tests.contract.preparing import prepare, prepared

NODES = sorted(file.stem for file in FOLDER.glob("*.toml"))


def test_what_is_there_stays_and_nobody_else_may_enter(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    prepare(folder)
    before = {file: file.read_text() for file in folder.iterdir()}
    (folder / "341523.bus_url").unlink()

    prepare(folder)

    assert {file: file.read_text() for file in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o077 == 0


def test_no_two_passwords_are_alike() -> None:
    kinds = {"postgres", "database", "bus", "grafana"}
    made = [text for name, text in prepared().items() if name.rpartition(".")[2] in kinds]

    assert len(made) == len(set(made)) == 3 * len(NODES) + 1


def test_it_says_that_nobody_is_told_of_alerts_until_somebody_is(tmp_path: Path) -> None:
    assert "Nobody is told of alerts yet" in prepare(tmp_path)
    (tmp_path / "alert_webhook").write_text("http://duty.example/alerts")
    assert "Nobody is told of alerts yet" not in prepare(tmp_path)


@pytest.mark.parametrize("node", NODES)
def test_the_broker_of_a_node_knows_its_own_processes_alone_and_by_the_password_in_their_address(
    node: str,
) -> None:
    told = json.loads(prepared()[f"{node}.definitions.json"])
    own = urlsplit(prepared()[f"{node}.bus_url"])

    assert knows(node, own.username, own.password)
    assert accounts(node).keys() == {node}
    assert [each["user"] for each in told["permissions"]] == [node]


def accounts(node: str) -> dict[str, str]:
    users = json.loads(prepared()[f"{node}.definitions.json"])["users"]
    return {user["name"]: user["password_hash"] for user in users}


def knows(node: str, name: str | None, password: str | None) -> bool:
    """Tell whether a node's broker would let somebody in."""
    assert name is not None
    assert password is not None
    digest = base64.b64decode(accounts(node)[name])
    return digest[4:] == hashlib.sha256(digest[:4] + password.encode()).digest()
