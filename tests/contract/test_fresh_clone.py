"""Nothing in the repository is bound to one machine, one registry or one person's account."""

import re
from pathlib import Path

import pytest

from tests.contract.tree import ROOT, files_in_git

# Written so that this file does not match itself.
BOUND = {
    "a package index": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmmirror\.com|pypi\.tuna|crates\.io|"
        r"goproxy\.|conda\.anaconda"
    ),
    "an address beside a locked package": re.compile(r'"resolved"\s*:\s*"http'),
    "an index option with an address": re.compile(r"index-url[= ]+['\"]?http"),
    "somebody's home folder": re.compile(r"/(?:home|Users)/[a-z]\w*/|(?<![\w/.-])/root/\w"),
    "a token": re.compile(r"gh[pousr]_[A-Za-z0-9]{30}|-----BEGIN [A-Z ]*PRIVATE KEY"),
}
BINARY = {".woff2", ".png", ".ico", ".mo", ".xlsx", ".docx", ".gz"}


def bound_parts(text: str) -> list[str]:
    """Say what in a text holds only on one machine or for one account."""
    found = [what for what, pattern in BOUND.items() if pattern.search(text)]
    # A checkout straight below the root, as in a container, has too common a name to look for.
    if len(ROOT.parts) > 2 and str(ROOT) in text:
        found.append("the path of this checkout")
    return found


def test_no_file_is_bound_to_a_machine_or_a_registry() -> None:
    guilty = {
        str(path.relative_to(ROOT)): bound
        for path in files_in_git()
        if path.suffix not in BINARY and (bound := bound_parts(path.read_text()))
    }

    assert guilty == {}


@pytest.mark.parametrize(
    "text",
    [
        "https://" + "pypi" + ".org/simple",
        '"resolved": ' + '"https://example.org/a.tgz"',
        "--index-url " + "https://example.org",
        "see /" + "home/li/notes",
        str(Path("/") / "root" / "notes"),
        f"cd {ROOT}/docs",
    ],
)
def test_a_bound_text_is_caught(text: str) -> None:
    assert bound_parts(text)
