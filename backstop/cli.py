"""The `backstop` command line: what an operator does."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.exc import OperationalError

from backstop.commands import account as account_commands
from backstop.commands import audit as audit_commands
from backstop.commands import backup as backup_commands
from backstop.commands import calendar as calendar_commands
from backstop.commands import doctor as doctor_command
from backstop.commands import keys as key_commands
from backstop.commands import limits as limit_commands
from backstop.commands import link as link_commands
from backstop.commands import node as node_commands
from backstop.commands import parked as parked_commands
from backstop.commands import rules as rule_commands
from backstop.commands import schema as schema_commands
from backstop.commands.target import NodeOption, target
from backstop.feed import feed
from backstop.progress import Trouble, say
from backstop.servers.errors import FolderInUse, FolderOutOfReach, ServerFailed, VersionMismatch
from backstop.servers.packages import MissingServer
from backstop.settings import BadSettings
from backstop.state import State
from backstop.suite_run import TIERS, Bus, Wish, run_suite
from shared.errors import ServiceError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(node_commands.app, name="node")
app.add_typer(key_commands.app, name="keys")
app.add_typer(account_commands.app, name="account")
app.add_typer(link_commands.app, name="link")
app.add_typer(audit_commands.app, name="audit")
app.add_typer(calendar_commands.app, name="calendar")
app.add_typer(schema_commands.app, name="migrate")
app.add_typer(parked_commands.app, name="parked")
app.add_typer(limit_commands.app, name="limits")
app.add_typer(rule_commands.app, name="rules")
app.command()(doctor_command.doctor)
app.command()(backup_commands.backup)
app.command()(backup_commands.restore)

EXPECTED = (
    Trouble,
    BadSettings,
    MissingServer,
    ServerFailed,
    VersionMismatch,
    FolderInUse,
    FolderOutOfReach,
    ServiceError,
)
R = TypeVar("R")


@app.command()
def run(
    bus: Annotated[
        Bus, typer.Option(help="embedded: one process; rabbitmq: a real one")
    ] = "embedded",
    empty: Annotated[bool, typer.Option("--empty", help="start without the demo cases")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="throw the last run's data away")] = False,
    tiers: Annotated[
        int, typer.Option(min=1, max=len(TIERS), help="how many tiers, from below")
    ] = len(TIERS),
) -> None:
    """Run the suite on private servers with demo cases; Ctrl-C ends all of it."""
    wish = Wish(bus=bus, empty=empty, fresh=fresh, tiers=tiers)
    status = run_suite(wish, State.chosen_by(os.environ), os.environ)
    sys.stdout.flush()
    # At once: a greeting cut short may still wait, in threads, for a node that has ended.
    os._exit(status)


@app.command()
def replay(node: NodeOption = None) -> None:
    """Rebuild the portal's projection from its journal; nobody is told anything twice."""
    schema_commands.replay_projection(target(node))


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="one JSON a line")],
    node: NodeOption = None,
) -> None:
    """Register the reports of a JSON-lines file through the API of a running node."""
    settings = target(node)
    report = feed(settings, f"http://127.0.0.1:{settings.web_port}", file, say)
    raise typer.Exit(1 if report.failed else 0)


def main() -> None:
    """Run the command line; a condition a person can mend is told without a traceback."""
    guarded(app)()


def guarded(command: Callable[..., R]) -> Callable[..., R]:
    """Turn expected conditions into one message and exit status 1."""

    @wraps(command)
    def call(*arguments: Any, **named: Any) -> R:
        try:
            return command(*arguments, **named)
        except EXPECTED as error:
            say(str(error))
            raise SystemExit(1) from error
        except OperationalError as error:
            say(f"数据库没有应答 · the database does not answer: {error.orig}")
            raise SystemExit(1) from error

    return call
