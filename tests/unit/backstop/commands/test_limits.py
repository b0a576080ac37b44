"""Limits in a file: printed, checked against a node, told what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from backstop.commands.limits import app, told
from services.sla.policy.replay import RedTally
from services.sla.policy.shipped import SHIPPED


@pytest.fixture
def node(tmp_path: Path) -> str:
    file = tmp_path / "node.toml"
    file.write_text(
        f'code = "341523"\ntier = "county"\nname = "舒城"\nweb_port = 8002\n'
        f'database_url = "x"\nbus_url = "x"\nkey_file = "{tmp_path / "keys.json"}"\n',
        encoding="utf-8",
    )
    return str(file)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def checked(node: str, folder: Path, content: str) -> Result:
    file = folder / "limits.json"
    file.write_text(content, encoding="utf-8")
    return run("check", str(file), "--node", node)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_set_that_is_printed_passes_the_check(node: str, tmp_path: Path, name: str) -> None:
    printed = run("shipped", name)
    done = checked(node, tmp_path, printed.output)

    assert done.exit_code == 0, done.output
    assert "办结" in done.output


def test_the_sets_are_listed_by_name() -> None:
    listed = run("shipped").output

    assert [line.split()[0] for line in listed.splitlines()] == list(SHIPPED)
    assert run("shipped", "none").exit_code == 1


def test_a_fault_is_named_with_its_row(node: str, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = json.loads(run("shipped", "chongming").output)["rows"]
    twice = [*rows[1:], {**rows[1], "code": "L099"}]

    done = checked(node, tmp_path, json.dumps({"rows": twice}))

    assert done.exit_code == 1
    assert "✗ L099  same_conditions  L002" in done.output
    assert "✗ —  no_default  resolve" in done.output


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"rows": []}', '{"rows": [{"code": "L1", "kind": "resolve", "amount": 0}]}'],
)
def test_a_file_that_cannot_be_read_is_refused(node: str, tmp_path: Path, content: str) -> None:
    done = checked(node, tmp_path, content)

    assert done.exit_code == 1
    assert "limits.json" in str(done.exception)


def test_a_replay_is_told_in_lines() -> None:
    tally = RedTally()
    tally.red.update({"kind|resolve|before": 1, "kind|resolve|after": 3})

    assert "  resolve  1 → 3" in told(tally)
