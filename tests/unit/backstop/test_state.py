"""Which folder a suite gets, and what it leaves there for other commands."""

import stat
from pathlib import Path

import pytest

from backstop.progress import Trouble
from backstop.state import VARIABLE, State


def test_the_variable_chooses_the_folder_of_servers_and_of_secrets(tmp_path: Path) -> None:
    state = State.chosen_by({VARIABLE: str(tmp_path)})

    assert state.server("postgres") == tmp_path / "servers" / "postgres"
    assert state.own == tmp_path / "servers-own"
    assert stat.S_IMODE(state.own.stat().st_mode) == 0o700


def test_without_it_each_checkout_has_its_own() -> None:
    assert State.chosen_by({}) == State.of_checkout()
    assert State.chosen_by({VARIABLE: ""}) == State.of_checkout()


def test_the_addresses_are_for_the_owner_alone(tmp_path: Path) -> None:
    state = State.chosen_by({VARIABLE: str(tmp_path)})

    state.write_environment({"BACKSTOP_WEB_PORT": "8002"})

    assert state.read_environment() == {"BACKSTOP_WEB_PORT": "8002"}
    assert stat.S_IMODE(state.environment_file.stat().st_mode) == 0o600


def test_where_nothing_ever_ran_there_are_no_addresses(tmp_path: Path) -> None:
    assert State.chosen_by({VARIABLE: str(tmp_path)}).read_environment() == {}


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    state = State.chosen_by({VARIABLE: str(tmp_path / "file" / "below")})

    with pytest.raises(Trouble, match=VARIABLE), state.claimed():
        pass
