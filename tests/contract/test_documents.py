"""Documents lead somewhere: every link between files of the repository has its file."""

import re
from pathlib import Path

import pytest

from tests.contract.tree import ROOT

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])


def broken_links(page: Path, text: str) -> list[str]:
    """Return the links of a page that lead to no file of the repository."""
    local = [link for link in LINK.findall(text) if "://" not in link]
    return [link for link in local if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert broken_links(page, page.read_text()) == []


def test_a_link_into_nowhere_is_caught() -> None:
    page = ROOT / "docs" / "page.md"

    assert broken_links(page, "[a](nowhere.md) and [b](../README.md#run-it)") == ["nowhere.md"]


def test_the_glossary_is_in_alphabetical_order() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text().split("## Not spoken yet")

    for table in rows:
        words = [line.split("|")[1].strip() for line in table.splitlines() if line[:2] == "| "]
        assert words[1:] == sorted(words[1:], key=str.casefold)


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (
        re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)
        for name in ("README.md", "README.zh-CN.md")
    )

    assert english == chinese
    assert len(english) == 3
