"""`backstop doctor`: can this node run? A line for each check, and how to mend what is wrong."""

import typer

from backstop.commands.checks import Finding, examine
from backstop.commands.target import NodeOption, target
from backstop.settings import BadSettings
from shared.clock import utcnow


def doctor(node: NodeOption = None) -> None:
    """Check settings, keys, database, bus, calendar and processes of a node; 1 if any is wrong."""
    try:
        settings = target(node)
    except BadSettings as error:
        told = Finding("配置 settings", str(error), False, "见 · see: .env.example")
        raise typer.Exit(_tell(told)) from error
    found = Finding("配置 settings", f"{settings.code} {settings.name}")
    wrong = _tell(found) + sum(map(_tell, examine(settings, utcnow())))
    raise typer.Exit(1 if wrong else 0)


def _tell(finding: Finding) -> int:
    mark = "正常 ok     " if finding.is_ok else "问题 problem"
    typer.echo(f"{mark}  {finding.what}: {finding.told}")
    if finding.way_out:
        typer.echo(f"              → {finding.way_out}")
    return 0 if finding.is_ok else 1
