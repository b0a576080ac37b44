"""`backstop link files`: files of neighbours that were not kept, and asking for them once more."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backstop.commands.operator import operator
from backstop.commands.target import NodeOption, target
from backstop.node import Node, assemble
from backstop.progress import Trouble
from services.intake.handlers import FileHouse, retry_given_up
from services.intake.repository.coming import Coming, given_up
from shared.clock import utcnow

REASONS = {
    "too_large": "太大 · too large: BACKSTOP_INTAKE_ATTACHMENT_MEGABYTES",
    "full": "这件的附件已到上限 · the case has as many as it may",
    "kind": "本级不收这种文件 · not of a kind that is kept",
    "active": "文件里有会运行的内容 · something in it runs",
    "picture": "图片读不出来 · the picture cannot be read",
    "broken": "几次都与摘要不符 · it was not what its digest says, several times",
}


def files(
    peer: Annotated[str, typer.Argument(help="code of the neighbour that gave them")],
    retry: Annotated[
        bool,
        typer.Option("--retry", help="ask for them again where nothing stands in the way"),
    ] = False,
    node: NodeOption = None,
) -> None:
    """List the files of PEER that this node did not keep; `--retry` asks for them again."""
    here = assemble(target(node), "link")
    try:
        if peer not in here.cards:
            raise Trouble(f"{peer}：没有这个上下级的名片 · no card of {peer} is in place")
        if retry:
            _retry(here, peer)
        with here.unit("intake").transaction() as db:
            _show(given_up(db, peer))
    finally:
        here.engine.dispose()


def _retry(here: Node, peer: str) -> None:
    told = here.settings.intake
    limits, patience = told.attachment_limits, told.file_patience
    known = (here.code, here.keys, here.cards, limits, patience)
    house = FileHouse(*known, utcnow(), here.stores["intake"])
    opening = here.unit("intake").transaction
    counts = Counter(retry_given_up(opening, house, peer, operator(here.code)))
    asked = counts.pop(None, 0)
    typer.echo(
        f"再要 {asked} 个，{counts.total()} 个原因还在 · {asked} asked for again, "
        f"{counts.total()} still not to be kept"
    )


def _show(left: Sequence[Coming]) -> None:
    if not left:
        typer.echo("没有没收下的附件 · no file that was not kept")
        return
    table = Table("file", "kind", "bytes", "offered", "why")
    for each in left:
        why = REASONS.get(each.fault or "", each.fault or "")
        offered = f"{each.offered_at:%Y-%m-%d %H:%M}"
        table.add_row(str(each.file_id), each.kind, str(each.bytes), offered, why)
    Console(markup=False).print(table)  # what a neighbour says is no markup
