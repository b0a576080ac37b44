"""`backstop migrate` and `backstop replay`: what changes a node's tables as a whole."""

import os
from typing import Annotated

import typer

from backstop.commands.target import NodeOption, target
from backstop.migrate import catalogue, migrate, new_migration
from backstop.node import assemble
from backstop.servers.postgres import PostgresServer
from backstop.settings import NodeSettings
from backstop.state import State
from services.portal.handlers import replay

REPLAY_BATCH = 2_000
"""Events a transaction: large enough to be fast, small enough to hold no lock for long."""

app = typer.Typer(help="Bring a node's schemas up to date.")


@app.callback(invoke_without_command=True)
def run_migrations(context: typer.Context, node: NodeOption = None) -> None:
    """Run what is missing, every service's schema under one lock."""
    if context.invoked_subcommand is None:
        settings = target(node)
        ran = migrate(settings.database_direct_url or settings.database_url)
        typer.echo(f"{settings.code}: {ran} migrations run, every schema is at its head")


@app.command()
def new(
    service: Annotated[str, typer.Argument(help="the schema: a service, or vault")],
    words: Annotated[str, typer.Argument(help="what it does, in a few words")],
    after_deploy: Annotated[bool, typer.Option("--post", help="not for the old code")] = False,
) -> None:
    """Write the next migration of a schema from the difference to its tables."""
    if service not in catalogue():
        raise typer.BadParameter(f"no schema {service}; known: {', '.join(catalogue())}")
    with PostgresServer(State.chosen_by(os.environ).server("drafts"), durable=False) as server:
        server.drop_database("draft")
        url = server.create_database("draft").replace("postgresql://", "postgresql+psycopg://")
        migrate(url, rights=False)
        typer.echo(new_migration(url, service, words, after_deploy=after_deploy))


def replay_projection(settings: NodeSettings) -> None:
    """Rebuild the projection of one node and print what it counted."""
    # As the owner of the tables: a service's role may neither make nor swap them.
    done = replay(assemble(settings, "replay").engine, REPLAY_BATCH)
    typer.echo(f"{settings.code}: {done.events} events replayed in {done.rounds} rounds")
