"""A module fits in a head: 400 lines are refused, without a list of exceptions."""

from tests.contract.tree import files_in_git

MOST_LINES = 400
GENERATED = "migrations"
"""Alembic writes these scripts from the tables; each is read once, as a difference."""


def test_no_module_is_longer_than_a_head_can_hold() -> None:
    long = {
        str(path): lines
        for path in files_in_git()
        if (path.suffix == ".py" or path.name == "dev")
        and GENERATED not in path.parts
        and (lines := len(path.read_text().splitlines())) > MOST_LINES
    }

    assert long == {}
