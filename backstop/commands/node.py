"""`backstop node`: the processes of a node whose servers are given by URL."""

import os
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

import typer

from backstop.nodes import load_nodes
from backstop.processes import (
    bus_command,
    node_programs,
    process_environment,
    web_command,
    web_environment,
)
from backstop.suite import MEMBERS
from backstop.supervise import Supervisor

app = typer.Typer(no_args_is_help=True, help="Run a node on servers given by URL.")

Nodes = Annotated[list[str], typer.Argument(help="codes or files of the nodes")]


@app.command()
def run(nodes: Nodes) -> None:
    """Run bus and web process of these nodes under supervision; logs go to a folder it names."""
    settings = load_nodes(nodes)
    logs = Path(mkdtemp(prefix="backstop-node-"))
    typer.echo(f"logs: {logs}")
    addresses = (settings[0].host, [each.web_port for each in settings])
    programs = node_programs(nodes, addresses, os.environ, logs)
    raise typer.Exit(0 if Supervisor(programs).run_until_signalled() else 1)


@app.command()
def web(nodes: Nodes) -> None:
    """Become the web process of these nodes."""
    settings = load_nodes(nodes)
    command = web_command([each.web_port for each in settings], settings[0].host)
    scratch = Path(mkdtemp(prefix="backstop-web-"))
    os.execve(command[0], command, web_environment(os.environ, nodes, scratch))  # noqa: S606


@app.command()
def bus(
    nodes: Nodes,
    service: Annotated[list[str] | None, typer.Option(help="only these services")] = None,
    index: Annotated[int, typer.Option(help="which bus process of the node it is")] = 0,
) -> None:
    """Become a bus process of these nodes."""
    unknown = sorted(set(service or ()) - set(MEMBERS))
    if unknown:
        raise typer.BadParameter(f"no service {', '.join(unknown)}; known: {', '.join(MEMBERS)}")
    command = bus_command(nodes, service or (), index)
    os.execve(command[0], command, process_environment(os.environ))  # noqa: S606
