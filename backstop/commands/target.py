"""Which node a command works on: the one named, or the only one of the suite that runs here."""

import os
from typing import Annotated

import typer

from backstop.nodes import node_file
from backstop.settings import NodeSettings
from backstop.state import State
from backstop.suite_run import TIERS

NodeOption = Annotated[
    str | None, typer.Option("--node", help="code or file of the node; default: the demo's first")
]


def target(node: str | None) -> NodeSettings:
    """Return a node's settings; the suite's own nodes are found where `backstop run` put them."""
    name = node or TIERS[0]
    # A node on servers of its own must never be led to the demonstration's database and keys.
    suite = State.chosen_by(os.environ).read_environment() if name in TIERS else {}
    return NodeSettings.load(node_file(name), {**suite, **os.environ})
