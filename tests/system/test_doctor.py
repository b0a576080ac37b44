"""`backstop doctor` and `backstop keys` as an operator runs them against a node."""

import stat
from pathlib import Path

import pytest

from backstop.servers.rabbitmq import RabbitServer
from shared.security.sealing import NodeKeys
from tests.system.command_line import backstop
from tests.system.harness import RunningNode

pytestmark = pytest.mark.system


def changed(node: RunningNode, tmp_path: Path, **values: str) -> Path:
    """Return a copy of the node's file with other values."""
    lines = node.file.read_text(encoding="utf-8").splitlines()
    told = [
        f'{name} = "{values[name]}"' if (name := line.partition(" ")[0]) in values else line
        for line in lines
    ]
    copy = tmp_path / "node.toml"
    copy.write_text("\n".join(told), encoding="utf-8")
    return copy


def test_a_running_node_is_well(node: RunningNode) -> None:
    status, said = backstop(node, "doctor")

    assert status == 0, said
    for what in ("settings", "keys", "database", "schemas", "roles", "bus", "calendar"):
        assert f"{what}: " in said
    assert said.count("readyz ready") == 2
    assert "problem" not in said


def test_every_trouble_is_named_with_its_way_out(
    embedded_node: RunningNode, tmp_path: Path
) -> None:
    sick = changed(
        embedded_node,
        tmp_path,
        web_port="1",
        bus_url="amqp://127.0.0.1:1/",
        database_url="postgresql+psycopg://x@127.0.0.1:1/x",
        key_file=str(tmp_path / "lost.json"),
    )

    status, said = backstop(embedded_node, "doctor", file=sick)

    assert status == 1
    assert said.count("问题 problem") == 5
    ways = ("backstop keys create", "BACKSTOP_DATABASE_URL", "BACKSTOP_BUS_URL")
    assert all(way in said for way in (*ways, "backstop node run"))


def test_a_wrong_setting_is_a_finding_too(embedded_node: RunningNode, tmp_path: Path) -> None:
    sick = changed(embedded_node, tmp_path, tier="village")

    status, said = backstop(embedded_node, "doctor", file=sick)

    assert status == 1
    assert "BACKSTOP_TIER" in said


def test_a_broker_without_the_queues_is_a_trouble(
    rabbit_node: RunningNode, broker: RabbitServer, tmp_path: Path
) -> None:
    sick = changed(rabbit_node, tmp_path, bus_url=broker.create_vhost("bare"))

    status, said = backstop(rabbit_node, "doctor", file=sick)

    assert status == 1
    assert "no queue: intake.0, dispatch.0" in said
    assert "backstop node bus" in said


def test_keys_are_made_for_their_owner_and_never_replaced(
    embedded_node: RunningNode, tmp_path: Path
) -> None:
    keys = tmp_path / "new.keys.json"
    file = changed(embedded_node, tmp_path, key_file=str(keys))

    status, _ = backstop(embedded_node, "keys", "create", file=file)
    written = keys.read_bytes()
    again, said = backstop(embedded_node, "keys", "create", file=file)

    assert status == 0
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert NodeKeys.load(keys).current == "1"
    assert again == 1
    assert "已经存在" in said
    assert keys.read_bytes() == written
