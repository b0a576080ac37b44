"""`docs/security.md` names files and tests that are there, and leaves out no chapter."""

import re

from tests.contract.tree import ROOT

PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`((?:backstop|services|shared|tests|deploy|docs)/[\w./-]+)`")
STATES = {"met", "part", "not", "site", "n/a"}


def missing(text: str) -> list[str]:
    """Return what a page names and nobody has."""
    return [name for name in NAMED.findall(text) if not (ROOT / name).exists()]


def states(text: str) -> list[str]:
    """Return the second column of every line that has an id of a standard in the first."""
    rows = re.findall(r"^\| [\d.].*?\| (.*?) \|", text, re.MULTILINE)
    return [str(row) for row in rows]


def test_what_it_names_is_there() -> None:
    assert missing(PAGE.read_text()) == []


def test_every_chapter_is_there_and_every_line_has_a_state() -> None:
    text = PAGE.read_text()

    assert re.findall(r"^### V(\d+) ", text, re.MULTILINE) == [str(n) for n in range(1, 18)]
    assert len(states(text)) > 80
    assert set(states(text)) <= STATES


def test_a_file_that_is_gone_and_a_new_state_are_found() -> None:
    assert missing("`services/nowhere.py` and `docs/security.md`") == ["services/nowhere.py"]
    assert states("| 1.2.3 | perhaps | x |") == ["perhaps"]
