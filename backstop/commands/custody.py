"""`backstop link reconcile`, and what `backstop link status` shows of the ledgers of custody."""

import time
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backstop.commands.target import NodeOption, target
from backstop.node import Node, assemble
from services.dispatch.handlers import CustodyState, House, ask_custody, custody_states
from shared.clock import utcnow

LOOK_SECONDS = 0.5

Peer = Annotated[str | None, typer.Argument(help="code of a neighbour; default: each")]
Wait = Annotated[int, typer.Option(min=0, help="wait so many seconds for the answers")]


def reconcile(peer: Peer = None, node: NodeOption = None, wait: Wait = 30) -> None:
    """Compare the ledger of custody with PEER's now; 1 if something differs or nobody answered."""
    here = assemble(target(node), "link")
    peers = sorted(here.neighbours) if peer is None else [peer]
    strange = [code for code in peers if code not in here.neighbours]
    if strange or not peers:
        typer.echo(f"{peer or ''} 没有这个上下级的连接 · no such link", err=True)
        raise typer.Exit(1)
    _ask(here, peers)
    states = _answered(here, peers, wait)
    show_custody(states)
    waiting = [state.peer for state in states if not state.is_answered]
    if waiting:
        typer.echo(
            f"{'、'.join(waiting)} 尚未答复，线路通了自动核对，结果见 backstop link status"
            " · no answer yet: they are compared when the link carries; see that command",
            err=True,
        )
    raise typer.Exit(1 if waiting or any(state.count for state in states) else 0)


def custody_of(here: Node) -> list[CustodyState]:
    """Return how the ledgers shared with the neighbours of a node do."""
    with here.unit("dispatch").transaction() as db:
        return custody_states(db, _house(here))


def show_custody(states: Sequence[CustodyState]) -> None:
    """Print when the ledgers were compared, and each entry that differs."""
    for state in states:
        at = state.compared_at
        when = f"{at:%Y-%m-%d %H:%M:%S}" if at else "—"
        typer.echo(
            f"{state.peer}  责任账核对于 {when}，不符 {state.count} 件"
            f" · ledgers compared then, {state.count} cases differ"
        )
    found = [one for state in states for one in state.differences]
    if not found:
        return
    table = Table(
        "peer", "case", "differs", "epoch here", "there", "holder here", "there", "found"
    )
    for one in found:
        told = (one.epoch_here, one.epoch_there, one.holder_here, one.holder_there)
        seen = ["—" if value in (None, "") else str(value) for value in told]
        found_at = f"{one.found_at:%Y-%m-%d %H:%M}"
        table.add_row(one.peer, one.number, " ".join(one.differs), *seen, found_at)
    Console(markup=False).print(table)  # what a neighbour says is no markup


def _ask(here: Node, peers: Sequence[str]) -> None:
    with here.unit("dispatch").transaction() as db:
        for peer in peers:
            ask_custody(db, peer, _house(here), utcnow())


def _answered(here: Node, peers: Sequence[str], wait: int) -> list[CustodyState]:
    until = time.monotonic() + wait
    while True:
        states = [state for state in custody_of(here) if state.peer in peers]
        if all(state.is_answered for state in states) or time.monotonic() >= until:
            return states
        time.sleep(LOOK_SECONDS)


def _house(here: Node) -> House:
    return House(here.code, here.neighbours)
