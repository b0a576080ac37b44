"""`backstop keys`: the secrets of a node, made once and never replaced."""

import os
from pathlib import Path
from typing import Annotated

import typer

from backstop.neighbours import write_card
from backstop.nodes import node_file
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from shared.security.sealing import NodeKeys

NOT_NEEDED_YET = {"BACKSTOP_DATABASE_URL": "?", "BACKSTOP_BUS_URL": "?"}

app = typer.Typer(no_args_is_help=True)


@app.callback()
def about() -> None:
    """Make the keys of a node."""


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
