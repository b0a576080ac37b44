"""`backstop keys`: the secrets of a node: made once, renewed while it runs, retired."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backstop.commands.target import NodeOption, target
from backstop.key_room import NodeKeyRoom
from backstop.neighbours import write_card
from backstop.node import assemble
from backstop.nodes import node_file
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from backstop.suite_run import TIERS
from shared.clock import utcnow
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind
from shared.security.key_file import INDEX, KeyFile
from shared.security.key_room import KeysState
from shared.security.sealing import NodeKeys

NOT_NEEDED_YET = {"BACKSTOP_DATABASE_URL": "?", "BACKSTOP_BUS_URL": "?"}

app = typer.Typer(no_args_is_help=True)


@app.callback()
def about() -> None:
    """Make, renew and retire the keys of a node."""


@app.command()
def create(
    node: Annotated[str, typer.Option("--node", help="code or file of the node")],
    once: Annotated[
        bool, typer.Option("--once", help="keys that are there are no mistake: they stay")
    ] = False,
    card: Annotated[
        bool, typer.Option("--card", help="leave the node's card in its folder of cards as well")
    ] = False,
) -> None:
    """Write new keys to the node's key file, for its owner alone; never replace one."""
    # Keys come before database and bus, so their addresses may not be known yet.
    settings = NodeSettings.load(node_file(node), {**NOT_NEEDED_YET, **os.environ})
    if not (once and settings.key_file.exists()):
        _make(settings.key_file)
    if card:
        typer.echo(f"名片 · card: {write_card(settings)}")


@app.command()
def rotate(
    node: NodeOption = None,
    index: Annotated[
        bool, typer.Option("--index", help="the key of the search by person instead")
    ] = False,
    file_only: Annotated[
        bool, typer.Option("--file-only", help="where the database is out of reach: no audit")
    ] = False,
) -> None:
    """Make a new key current; the running node notices, and seals anew what the old one sealed."""
    what = INDEX if index else "wrapping"
    if file_only:
        _renew_file(node, what)
        return
    _change(node, lambda room, by: room.rotate(what, by, utcnow()))


@app.command()
def retire(
    name: Annotated[str, typer.Argument(help="the name of the key, or index")],
    node: NodeOption = None,
) -> None:
    """Destroy an old key, once nothing in the database needs it."""
    _change(node, lambda room, by: room.retire(name, by, utcnow()))


@app.command()
def status(node: NodeOption = None) -> None:
    """Show the keys of a node, and how far the sealing anew is."""
    _show(NodeKeyRoom(assemble(target(node), "keys")).state())


def _change(node: str | None, change: Callable[[NodeKeyRoom, Actor], KeysState]) -> None:
    settings = target(node)
    by = Actor(kind=ActorKind.SYSTEM, node=settings.code, id="command-line")
    try:
        _show(change(NodeKeyRoom(assemble(settings, "keys")), by))
    except Refused as error:
        from shared.http.sentences import REFUSALS  # a launcher has no use for FastAPI's memory

        _status, zh, en = REFUSALS[error.code]
        raise Trouble(f"{zh}\n{en}") from error


def _renew_file(node: str | None, what: str) -> None:
    settings = NodeSettings.load(node_file(node or TIERS[0]), {**NOT_NEEDED_YET, **os.environ})
    file = KeyFile(settings.key_file)
    renewed = (file.rotate_index if what == INDEX else file.rotate)(utcnow())
    typer.echo(f"新密钥 · new key: {renewed.name}；旧文件 · the file before: {renewed.copy}")


def _show(state: KeysState) -> None:
    table = Table("密钥 key", "", "启用 made", "已封存 sealed")
    for key in state.keys:
        made = f"{key.made_at:%Y-%m-%d %H:%M}" if key.made_at else "—"
        table.add_row(key.name, "当前 current" if key.current else "", made, str(key.sealed))
    Console().print(table)
    for place, number in sorted(state.places.items()):
        typer.echo(f"待重新加密 · to be sealed anew: {place}: {number}")
    total = state.done + state.to_do
    typer.echo(f"已完成 · done: {state.done} / {total}，待办 · to do: {state.to_do}")
    if state.index_renewing:
        typer.echo("查人索引正在更换 · the key of the search by person is being renewed")
    for copy in state.copies:
        typer.echo(
            f"旧密钥文件的副本，停用密钥后请销毁 · copy with old keys, to be destroyed: {copy}"
        )


def _make(file: Path) -> None:
    try:
        NodeKeys.create(file)
    except FileExistsError as error:
        raise Trouble(
            f"{file} 已经存在。更换它，以前封存的个人信息就再也打不开了；没有改动。\n"
            f"{file} exists. Without the old keys nothing sealed so far could be opened: "
            "it is left as it is."
        ) from error
    except OSError as error:
        raise Trouble(
            f"无法写入 {file} · it cannot be written: {error.strerror}\n"
            "BACKSTOP_KEY_FILE 或节点文件里的 key_file 指明位置 · says where it belongs"
        ) from error
    typer.echo(
        f"已写入 {file}。请把它和数据库备份分开保存一份。\n"
        f"Written: {file}. Keep a copy, apart from the backups of the database."
    )
