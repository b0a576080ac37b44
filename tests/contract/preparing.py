"""deploy/prepare.py as an operator runs it, into a folder of the test."""

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.compose import ROOT

SCRIPT = ROOT / "deploy" / "prepare.py"


def prepare(folder: Path) -> str:
    """Make the secrets in a folder; return what was said."""
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, folder], capture_output=True, text=True, check=True
    )
    return done.stdout


@cache
def prepared() -> dict[str, str]:
    """Return every secret that is made, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        return {file.name: file.read_text() for file in Path(folder).iterdir()}
