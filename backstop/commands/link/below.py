"""`backstop link init`, `invite`, `admit`, `revoke`: what a node does about those below it."""

from pathlib import Path
from typing import Annotated

import typer

from backstop.commands.link.hands import for_broker, load_or_tell, site_of, wait_for
from backstop.commands.target import NodeOption
from backstop.links.admitting import (
    Request,
    chosen,
    close,
    invitation_for,
    is_fetched,
    requests,
)
from backstop.links.admitting import (
    admit as let_in,
)
from backstop.links.admitting import (
    invite as open_door,
)
from backstop.links.books import Address
from backstop.links.listener import PORT
from backstop.links.opening import Opening, open_for_children
from backstop.links.places import put
from backstop.links.revoking import revoke as lock_out
from backstop.links.site import Site, server_name
from backstop.links.wire import Channel, at_home
from backstop.progress import Trouble
from shared.clock import utcnow

HIGHEST_PORT = 65_535

ChildArgument = Annotated[str, typer.Argument(metavar="CODE", help="the node below")]


def init(
    address: Annotated[
        str, typer.Option(help="HOST or HOST:PORT at which children dial this node's broker")
    ],
    name: Annotated[
        list[str] | None, typer.Option(help="a further name or address of it; may be repeated")
    ] = None,
    listen: Annotated[
        str, typer.Option(help="ADDRESS or ADDRESS:PORT to listen on, if not all addresses")
    ] = "",
    node: NodeOption = None,
) -> None:
    """Make the node reachable for children: authority, server certificate, broker's files."""
    with site_of(node) as site:
        host, port = place(address)
        there, at = place(listen, port) if listen else ("", port)
        told = Address(host=host, port=port, vhost=site.vhost, name=server_name(site.code))
        open_for_children(site, Opening(told, tuple(name or ()), there, at), utcnow())
        typer.echo(f"下级拨入 · children dial: {told.told}")
        load_or_tell(site)
        typer.echo(for_broker(site))


def invite(
    child: ChildArgument,
    out: Annotated[
        Path | None, typer.Option(help="where the file goes; default: invitation-CODE.json")
    ] = None,
    node: NodeOption = None,
) -> None:
    """Write the one file with which a node below joins, and print the code that opens it."""
    file = out or Path(f"invitation-{child}.json")
    with site_of(node) as site, at_home(site.settings.bus_url) as channel:
        invited = open_door(site, channel, child, utcnow())
        put(file.absolute(), invited.file)
        typer.echo(
            f"邀请文件 · invitation: {file}\n"
            f"口令 · code: {spoken(invited.code)}\n"
            f"有效至 · holds until: {invited.ends_at:%Y-%m-%d %H:%M} UTC\n"
            f"本节点指纹 · fingerprint of this node: {site.card.fingerprint}\n"
            "请把文件交给下级，口令用电话说，不要和文件一起发送。它只能用一次。\n"
            "Give the file to the node below and say the code on the telephone, never beside the "
            "file. It works once."
        )


def admit(
    child: ChildArgument,
    fingerprint: Annotated[
        str, typer.Option(help="of the child's card, as they read it out; else it is asked for")
    ] = "",
    wait: Annotated[int, typer.Option(min=0, help="seconds to wait until it is fetched")] = 60,
    node: NodeOption = None,
) -> None:
    """Let a node in that asked under its invitation, after comparing its fingerprint."""
    with site_of(node) as site, at_home(site.settings.bus_url) as channel:
        invitation = invitation_for(site, child, utcnow())
        if invitation.answered_at is None:
            asked = requests(site, channel, child, invitation)
            told = fingerprint or _asked_for(site, asked)
            let_in(site, channel, chosen(asked, told), invitation, utcnow())
            typer.echo(
                f"已接入 {child}。请重启本节点的进程，连接随之开始\n"
                f"{child} was let in. Restart the processes of this node: the link begins with it"
            )
        _end(site, channel, child, wait)


def revoke(
    child: ChildArgument,
    drain: Annotated[
        bool, typer.Option("--drain/--keep", help="throw away what waits for it, or keep it")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    node: NodeOption = None,
) -> None:
    """End the link to a node below: from this moment nothing of it is let in or believed."""
    if not yes:
        typer.confirm(f"撤销与 {child} 的连接？ · End the link to {child}?", abort=True)
    with site_of(node) as site, at_home(site.settings.bus_url) as channel:
        thrown = lock_out(site, channel, child, drain=drain)
        typer.echo(
            f"已撤销 {child}：账户已删除、连接已断开、名片已移除\n"
            f"The link to {child} has ended: account, connections and card are gone\n"
            f"发给它的消息 · messages for it: "
            f"{'保留 · kept' if thrown is None else f'丢弃 · thrown away: {thrown}'}"
        )


def place(told: str, port: int = PORT) -> tuple[str, int]:
    """Return host and port of `HOST`, `HOST:PORT`, `[v6]:PORT`; Trouble for what is neither."""
    host, colon, number = told.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, number = told, str(port)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not number.isascii() or not number.isdigit():
        raise Trouble(f"{told}：应为 主机 或 主机:端口 · HOST or HOST:PORT is meant")
    if not 1 <= int(number) <= HIGHEST_PORT:
        raise Trouble(f"{told}：没有这样的端口 · there is no such port")
    return host, int(number)


def spoken(code: str) -> str:
    """Return a code in two groups, as it is said."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def _asked_for(site: Site, asked: list[Request]) -> str:
    for request in asked:
        typer.echo(
            f"申请 · request {request.at:%Y-%m-%d %H:%M} UTC  {request.card.name}\n"
            f"  下级指纹 · fingerprint of the child: {request.card.fingerprint}"
        )
    typer.echo(f"本节点指纹 · fingerprint of this node: {site.card.fingerprint}")
    if not asked:
        chosen(asked, "")
    return str(
        typer.prompt(
            "请输入对方在电话里念的指纹 · type the fingerprint that they read out on the telephone"
        )
    )


def _end(site: Site, channel: Channel, child: str, wait: int) -> None:
    title = f"等 {child} 取走答复 · waiting for {child} to fetch the answer"
    if wait_for(title, lambda: is_fetched(channel, child), wait):
        close(site, channel, child)
        typer.echo("邀请已失效 · the invitation is used up")
        return
    typer.echo(
        f"{child} 还没有取走答复：让它再运行一次 backstop link join，之后请再运行 "
        f"backstop link admit {child}。邀请已不能再用来申请\n"
        f"{child} has not fetched the answer: it runs `backstop link join` again, and you then "
        f"`backstop link admit {child}`. Nobody can ask under this invitation any more"
    )
