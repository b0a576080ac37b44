"""`backstop account`: the first administrators of a node, whom nobody else could let in."""

import sys
from typing import Annotated

import typer

from backstop.caller import Call, CallRefused, NodeCaller, machine, open_client
from backstop.commands.target import NodeOption, target
from backstop.progress import Trouble
from shared.security.actor import Role
from shared.security.policy import Action

app = typer.Typer(no_args_is_help=True, help="Let somebody in from the node's own machine.")


@app.callback()
def about() -> None:
    """Let the first administrators in; everything else is done when signed in."""


@app.command()
def create(
    login: Annotated[str, typer.Argument(help="what the person types to sign in")],
    name: Annotated[str, typer.Option(help="the person's name, as colleagues see it")],
    role: Annotated[Role, typer.Option(help="system_administrator or security_administrator")],
    node: NodeOption = None,
) -> None:
    """Make the only system or security administrator of a running node, or let them in again.

    The password is asked for at the prompt, and changed at the first sign-in. The two make all
    other accounts: one creates them, the other gives them roles.
    """
    settings = target(node)
    body = {"name": name, "role": role, "password": _password()}
    with open_client(f"http://{settings.near_host}:{settings.web_port}") as client:
        try:
            call = Call("PUT", f"/api/v1/founders/{login}", body)
            NodeCaller(settings, client).send(call, machine(settings.code, Action.ACCOUNT_FOUND))
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
