"""`backstop link`: show a node's card to its neighbours, put theirs in place, see how links do."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backstop.commands.target import NodeOption, target
from backstop.neighbours import card_of, cards_of, neighbours_of, place_card
from backstop.node import assemble
from backstop.settings import NodeSettings
from services.intake.repository.coming import awaited
from services.link.handlers import look_at_links
from shared.clock import utcnow

app = typer.Typer(no_args_is_help=True, help="Join a node to those next to it.")


@app.command()
def card(node: NodeOption = None) -> None:
    """Print the node's card; its fingerprint, to compare on the telephone, goes to stderr."""
    own = card_of(target(node))
    typer.echo(own.as_json())
    typer.echo(f"指纹 · fingerprint  {own.fingerprint}", err=True)


@app.command()
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


@app.command()
def status(node: NodeOption = None) -> None:
    """Show the link to each neighbour: when it was heard, what waits, what was refused."""
    settings = target(node)
    neighbours = neighbours_of(settings, cards_of(settings))
    unit = assemble(settings, "link").unit("link")
    with unit.transaction() as db:
        looks = look_at_links(db, neighbours, utcnow(), settings.link.pace)
    table = Table("node", "", "state", "heard", "unsent", "unreceipted", "held", "refused")
    for look in looks:
        heard = look.link.last_heard_at if look.link else None
        backlog = look.backlog
        counts = (backlog.unsent, backlog.unreceipted, backlog.held, backlog.refused)
        table.add_row(
            look.neighbour.code,
            look.neighbour.name,
            look.state.value,
            f"{heard:%Y-%m-%d %H:%M:%S}" if heard else "—",
            *map(str, counts),
        )
    if looks:
        Console().print(table)
    else:
        typer.echo("没有上下级连接 · no links: no card of a neighbour is in place")
    _tell_of_files(settings)


def _tell_of_files(settings: NodeSettings) -> None:
    with assemble(settings, "link").unit("intake").transaction() as db:
        owed = awaited(db)
    if not owed:
        return
    table = Table("node", "files awaited", "oldest", "not kept", title="附件 · files of cases")
    for peer, files in sorted(owed.items()):
        age = "—" if files.oldest_at is None else str(utcnow() - files.oldest_at).partition(".")[0]
        table.add_row(peer, str(files.files), age, str(files.faulty))
    Console().print(table)
