"""The command line of an operator, against a node that a test runs."""

import os
import subprocess
import sys
from pathlib import Path

from backstop.state import ROOT, VARIABLE
from tests.system.harness import RunningNode


def backstop(
    node: RunningNode, *words: str | Path, file: Path | None = None, typed: str = ""
) -> tuple[int, str]:
    """Run `backstop WORDS --node FILE`; return status and output, which is never a traceback."""
    kept = {name: told for name, told in os.environ.items() if not name.startswith("BACKSTOP_")}
    done = subprocess.run(
        [sys.executable, "-m", "backstop", *words, "--node", file or node.file],
        cwd=ROOT,
        # A state folder that is not there: no suite of this checkout is to be found by chance.
        env={**kept, VARIABLE: str(node.scratch / "state"), "COLUMNS": "200"},
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "Traceback (most recent" not in done.stdout, done.stdout
    return done.returncode, done.stdout
