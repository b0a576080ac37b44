"""`backstop link card` and `know`: links by hand, where brokers are within reach of each other."""

from pathlib import Path
from typing import Annotated

import typer

from backstop.commands.target import NodeOption, target
from backstop.neighbours import card_of, place_card


def card(node: NodeOption = None) -> None:
    """Print the node's card; its fingerprint, to compare on the telephone, goes to stderr."""
    own = card_of(target(node))
    typer.echo(own.as_json())
    typer.echo(f"指纹 · fingerprint  {own.fingerprint}", err=True)


def know(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the card")],
    node: NodeOption = None,
) -> None:
    """Put a neighbour's card in place; the link begins with the next start of the node."""
    settings = target(node)
    known = place_card(settings, file)
    typer.echo(
        f"已放入 {settings.cards}：{known.code} {known.name}\n"
        f"指纹 · fingerprint  {known.fingerprint}\n"
        "请电话核对指纹，再重启节点 · compare it on the telephone, then restart the node"
    )
