"""`backstop account`: the first administrator of a node, whom nobody else could let in."""

import sys
from typing import Annotated

import typer

from backstop.caller import Call, CallRefused, NodeCaller, open_client
from backstop.commands.target import NodeOption, target
from backstop.progress import Trouble
from shared.security.actor import Actor, ActorKind, Role

app = typer.Typer(no_args_is_help=True, help="Let somebody in from the node's own machine.")


@app.callback()
def about() -> None:
    """Make accounts from the node's own machine; everything else is done when signed in."""


@app.command()
def create(
    login: Annotated[str, typer.Argument(help="what the person types to sign in")],
    name: Annotated[str, typer.Option(help="the person's name, as colleagues see it")],
    role: Annotated[list[Role], typer.Option(help="what the person is there for; repeat it")],
    unit: Annotated[str | None, typer.Option(help="code of the person's unit")] = None,
    node: NodeOption = None,
) -> None:
    """Create or change an account on a running node; the password is asked for at the prompt."""
    settings = target(node)
    body = {"name": name, "roles": sorted(role), "unit": unit, "password": _password()}
    operator = Actor(
        kind=ActorKind.STAFF,
        node=settings.code,
        id="backstop-account",
        roles=frozenset({Role.SYSTEM_ADMINISTRATOR}),
    )
    with open_client(f"http://127.0.0.1:{settings.web_port}") as client:
        try:
            call = Call("PUT", f"/api/v1/accounts/{login}", body)
            NodeCaller(settings, client).send(call, operator)
        except CallRefused as refused:
            raise Trouble(_why(refused)) from refused
    typer.echo(f"{login}：{name}，可以登录 {settings.public_url}/desk · may sign in there")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    asked: str = typer.prompt("密码 · password", hide_input=True, confirmation_prompt=True)
    return asked


def _why(refused: CallRefused) -> str:
    faults = [f"{fault.field}：{fault.reason}" for fault in refused.faults]
    return "\n".join((refused.detail, *faults))
