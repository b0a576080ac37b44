"""`backstop backup` and `backstop restore`: a copy of a node, and the node from its copy."""

from pathlib import Path
from typing import Annotated

import typer

from backstop.backups import Copied, back_up, put_back
from backstop.commands.checks import check_files
from backstop.commands.doctor import tell
from backstop.commands.target import NodeOption, target

Folder = Annotated[Path, typer.Argument(file_okay=False, help="folder of the copy")]


def backup(folder: Folder, node: NodeOption = None) -> None:
    """Copy the database of a node, then its files; it may run. Its key file is not copied."""
    raise typer.Exit(_told(back_up(target(node), folder)))


def restore(folder: Folder, node: NodeOption = None) -> None:
    """Put a copy into an empty database and the store, while the node is stopped; then check."""
    settings = target(node)
    wrong = _told(put_back(settings, folder))
    raise typer.Exit(1 if tell(check_files(settings)) or wrong else 0)


def _told(copied: Copied) -> int:
    typer.echo(f"复制了 {copied.files} 个文件 · {copied.files} files copied")
    for address in copied.wrong:
        typer.echo(f"内容变了，没有复制 · changed, not copied: {address}", err=True)
    return 1 if copied.wrong else 0
