"""`backstop doctor`: can this node run? A line for each check, and how to mend what is wrong."""

from typing import Annotated

import typer

from backstop.commands.checks import Finding, check_files, examine
from backstop.commands.target import NodeOption, target
from backstop.settings import BadSettings
from shared.clock import utcnow


def doctor(
    node: NodeOption = None,
    files: Annotated[
        bool, typer.Option("--files", help="also read every file and compare it with its row")
    ] = False,
) -> None:
    """Check settings, keys, database, bus, calendar and processes of a node; 1 if any is wrong."""
    try:
        settings = target(node)
    except BadSettings as error:
        told = Finding("配置 settings", str(error), False, "见 · see: .env.example")
        raise typer.Exit(tell(told)) from error
    found = Finding("配置 settings", f"{settings.code} {settings.name}")
    wrong = tell(found) + sum(map(tell, examine(settings, utcnow())))
    if files:
        wrong += tell(check_files(settings))
    raise typer.Exit(1 if wrong else 0)


def tell(finding: Finding) -> int:
    """Print a finding; return 1 if something is wrong."""
    mark = "正常 ok     " if finding.is_ok else "问题 problem"
    typer.echo(f"{mark}  {finding.what}: {finding.told}")
    if finding.way_out:
        typer.echo(f"              → {finding.way_out}")
    return 0 if finding.is_ok else 1
