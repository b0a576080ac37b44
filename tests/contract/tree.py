"""The source tree as guards see it: its files, its modules, and how to plant a fault in a copy."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import go_without

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backstop", "services", "shared")
SERVICES = ("intake", "dispatch", "sla", "notify", "review", "portal", "link")

_NOT_SOURCE = shutil.ignore_patterns("__pycache__", "static", "templates", "*.csv", ".*")


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield each Python file of these folders with its syntax tree."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_bytes())


def imported(module: ast.Module) -> Iterator[str]:
    """Yield what a module imports, also inside its functions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def strings(module: ast.Module) -> Iterator[str]:
    """Yield every text constant of a module."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def files_in_git() -> list[Path]:
    """Return the files that git has or would add."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        told = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        go_without("not a git checkout, so there is no list of its files")
    names = told.stdout.decode().split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def copy_sources(target: Path) -> Path:
    """Copy the packages and their settings, without what is not Python."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=_NOT_SOURCE)
    shutil.copy(ROOT / "pyproject.toml", target)
    return target
