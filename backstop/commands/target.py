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
    """Return a node's settings; addresses of a running `backstop run` fill what is not given."""
    told = {**State.of_checkout().read_environment(), **os.environ}
    return NodeSettings.load(node_file(node or TIERS[0]), told)
