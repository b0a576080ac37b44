"""`backstop keys create`: made once, whoever asks again."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from backstop.cli import app
from backstop.progress import Trouble
from shared.security.letters import Card

NODE = "341523"


def create(*options: str) -> None:
    CliRunner().invoke(app, ["keys", "create", "--node", NODE, *options], catch_exceptions=False)


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKSTOP_KEY_FILE", str(tmp_path / "{node}.json"))
    monkeypatch.setenv("BACKSTOP_CARDS", str(tmp_path / "cards"))


def test_a_second_time_is_refused_and_with_once_it_is_no_mistake(tmp_path: Path) -> None:
    create()
    before = (tmp_path / f"{NODE}.json").read_text()

    with pytest.raises(Trouble):
        create()
    create("--once")

    assert (tmp_path / f"{NODE}.json").read_text() == before


def test_a_card_lies_where_the_neighbours_of_the_same_host_look(tmp_path: Path) -> None:
    create("--once", "--card")

    assert Card.read(tmp_path / "cards" / f"{NODE}.json").code == NODE
