"""`backstop parked`: messages that broke contract or handler, for a person to settle."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from backstop.commands.operator import operator_did
from backstop.commands.target import NodeOption, target
from backstop.node import Node, assemble
from backstop.suite import MEMBERS
from shared import inbox
from shared.audit import record
from shared.security.policy import Action

app = typer.Typer(no_args_is_help=True, help="List, show, replay or drop parked messages.")

Which = Annotated[str, typer.Argument(help="service:position, as `list` prints it")]
REASON_CHARACTERS = 80


@app.command("list")
def list_all(node: NodeOption = None) -> None:
    """List what is parked in every service of a node."""
    table = Table("which", "event", "case", "since", "tries", "reason")
    for name, row in _parked(_node(node)):
        table.add_row(
            f"{name}:{row.position}",
            row.name,
            str(row.subject_id or "?"),
            f"{row.parked_at:%Y-%m-%d %H:%M}",
            str(row.attempts),
            row.reason[:REASON_CHARACTERS],
        )
    if table.row_count:
        Console().print(table)
    else:
        typer.echo("Nothing is parked.")


@app.command()
def show(which: Which, node: NodeOption = None) -> None:
    """Show one parked message whole: reason, traceback and body."""
    row = _one(_node(node), which)
    typer.echo(f"{row.name}  case {row.subject_id or '?'}  message {row.message_id or '?'}")
    typer.echo(f"parked {row.parked_at:%Y-%m-%d %H:%M:%S}, {row.attempts} tries")
    typer.echo(f"{row.reason}\n{row.traceback}")
    typer.echo(_readable(row.body))


@app.command()
def replay(which: Which, node: NodeOption = None) -> None:
    """Ask the service to try a parked message again; it does so within a second or two."""
    _settle(_node(node), which, inbox.ask_replay, "will be tried again")


@app.command()
def drop(which: Which, node: NodeOption = None) -> None:
    """Give a parked message up for good; its row stays as a record."""
    _settle(_node(node), which, inbox.end_parked, "was dropped")


def _node(name: str | None) -> Node:
    return assemble(target(name), "parked")


def _parked(node: Node) -> Iterator[tuple[str, inbox.Parked]]:
    for name in MEMBERS:
        unit = node.unit(name)
        with unit.transaction() as db:
            for row in inbox.parked(db, unit.plumbing.inbox):
                yield name, row


def _place(which: str) -> tuple[str, int]:
    service, _, position = which.partition(":")
    if service not in MEMBERS or not position.isdigit():
        raise typer.BadParameter(f"{which} is not service:position, for example sla:17")
    return service, int(position)


def _one(node: Node, which: str) -> inbox.Parked:
    service, position = _place(which)
    unit = node.unit(service)
    with unit.transaction() as db:
        rows = inbox.parked(db, unit.plumbing.inbox, position=position)
    if not rows:
        raise typer.BadParameter(f"nothing was ever parked at {which}")
    return rows[0]


def _settle(node: Node, which: str, change: Any, told: str) -> None:
    service, position = _place(which)
    unit = node.unit(service)
    with unit.transaction() as db:
        if not change(db, unit.plumbing.inbox, position):
            raise typer.BadParameter(f"nothing is parked at {which} (any more)")
        record(db, unit.plumbing.audit, operator_did(node.code, Action.PARKED_WRITE, which, told))
    typer.echo(f"{which} {told}.")


def _readable(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return repr(body)
