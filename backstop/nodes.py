"""Node files: where they lie, and how a list of names or paths becomes settings."""

import os
from collections.abc import Iterable
from pathlib import Path

from backstop.settings import BadSettings, NodeSettings

FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "nodes"


def node_file(name: str) -> Path:
    """Return the file of a node given by its code or by a path; raise BadSettings if none."""
    path = FOLDER / f"{name}.toml" if name.isdigit() else Path(name)
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.toml")))
        raise BadSettings(f"no node {name}: there is no file {path} (known: {known})")
    return path


def load_nodes(names: Iterable[str]) -> list[NodeSettings]:
    """Load the settings of these nodes under this process's environment."""
    return [NodeSettings.load(node_file(name), os.environ) for name in names]
