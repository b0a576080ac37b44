"""How a node's file and its environment become settings."""

from pathlib import Path

import pytest

from backstop.nodes import node_file
from backstop.settings import BadSettings, NodeSettings

FILE = node_file("341523")


def test_an_address_with_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "bus_url"
    secret.write_text("amqp://341523:secret@rabbitmq/341523\n")

    settings = NodeSettings.load(FILE, {"BACKSTOP_BUS_URL_FILE": str(secret)})

    assert settings.bus_url == "amqp://341523:secret@rabbitmq/341523"


def test_one_variable_names_a_file_for_each_node(tmp_path: Path) -> None:
    (tmp_path / "341523.bus_url").write_text("amqp://county")
    told = {"BACKSTOP_BUS_URL_FILE": str(tmp_path / "{node}.bus_url")}

    assert NodeSettings.load(FILE, told).bus_url == "amqp://county"
    with pytest.raises(BadSettings, match=r"341500\.bus_url: No such file"):
        NodeSettings.load(node_file("341500"), told)


def test_the_file_wins_over_an_address_that_another_suite_left_in_a_variable(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql+psycopg://own/{node}")

    settings = NodeSettings.load(
        FILE, {"BACKSTOP_DATABASE_URL_FILE": str(secret), "BACKSTOP_DATABASE_URL": "the demo's"}
    )

    assert settings.database_url == "postgresql+psycopg://own/341523"


def test_a_file_that_cannot_be_read_is_named_with_its_variable(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"

    with pytest.raises(BadSettings, match=f"BACKSTOP_BUS_URL_FILE: {missing}: No such file"):
        NodeSettings.load(FILE, {"BACKSTOP_BUS_URL_FILE": str(missing)})


def test_the_key_file_is_a_path_and_is_not_read(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"

    assert NodeSettings.load(FILE, {"BACKSTOP_KEY_FILE": str(keys)}).key_file == keys
