"""`backstop link join`, `rotate`, `load`: what a node does about itself."""

from pathlib import Path
from typing import Annotated

import typer

from backstop.commands.link.card_renewal import renew_card
from backstop.commands.link.hands import for_broker, load_or_tell, site_of, wait_for
from backstop.commands.target import NodeOption, target
from backstop.links.authority import NotAccepted
from backstop.links.joining import (
    Joining,
    admission,
    ask,
    begin,
    open_invitation,
    settle,
    under_way,
)
from backstop.links.opening import begin_authority, end_authority, renew_server, server_of
from backstop.links.renewing import (
    answer_renewals,
    ask_anew,
    call_children,
    own_pair,
    take_renewed,
)
from backstop.links.revoking import leave as stop_dialling
from backstop.links.site import Site
from backstop.links.wire import Channel, at_home
from backstop.progress import Trouble
from shared.clock import utcnow


def join(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="the invitation; not again to go on"),
    ] = None,
    wait: Annotated[int, typer.Option(min=0, help="seconds to wait for the answer")] = 600,
    node: NodeOption = None,
) -> None:
    """Join the tier above by its invitation: ask, wait until they let this node in, settle."""
    with site_of(node) as site:
        joining = _begun(site, file)
        parent = joining.inside.parent_card
        typer.echo(
            f"上级 · tier above: {parent.code} {parent.name}，{joining.inside.address.told}\n"
            f"上级指纹 · its fingerprint: {parent.fingerprint}\n"
            f"本节点指纹 · fingerprint of this node: {site.card.fingerprint}\n"
            "请在电话里互相念一遍 · read them out to each other on the telephone"
        )
        _join(site, joining, wait)


def rotate(
    authority: Annotated[
        bool, typer.Option("--authority", help="begin to renew the node's own authority")
    ] = False,
    card: Annotated[
        bool,
        typer.Option("--card", help="begin to renew the signing secret and card of this node"),
    ] = False,
    finish: Annotated[
        bool,
        typer.Option("--finish", help="trust the new authority alone; with --card: the new card"),
    ] = False,
    wait: Annotated[int, typer.Option(min=0, help="seconds to wait for the tier above")] = 120,
    node: NodeOption = None,
) -> None:
    """Renew the certificates of this node now; what is in use works until the next one does."""
    if card:
        renew_card(Site.of(target(node)), finish=finish, other=authority)
        return
    with site_of(node) as site:
        if site.books.own is None and site.books.parent is None:
            raise Trouble(
                "这个节点没有用证书的连接：请先 backstop link init 或 join\n"
                "This node has no link by certificate: first `backstop link init` or `join`"
            )
        if authority or finish:
            _rotate_authority(site, finish=finish)
        elif site.books.own is not None:
            renew_server(site, utcnow())
        if site.books.own is not None:
            _tell_server(site)
        if not authority and not finish:
            with at_home(site.settings.bus_url) as channel:
                _rotate_own(site, channel, wait)


def leave(
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    node: NodeOption = None,
) -> None:
    """End the link to the tier above: this node dials it no more and believes nothing of it."""
    if not yes:
        typer.confirm("断开与上级的连接？ · End the link to the tier above?", abort=True)
    with site_of(node) as site:
        parent = stop_dialling(site)
        typer.echo(
            f"已断开 {parent}，请重启本节点的进程；"
            f"上级用 backstop link revoke {site.code} 收回账户\n"
            f"The link to {parent} has ended, restart the processes of this node; the tier above "
            f"ends the account with `backstop link revoke {site.code}`"
        )


def load(node: NodeOption = None) -> None:
    """Give the broker all that it needs for the links: after a change, or where it was lost."""
    with site_of(node) as site:
        site.load_definitions()
        site.broker.read_certificates_again()
        typer.echo(f"已装入 · loaded: {site.places.definitions}")


def _begun(site: Site, file: Path | None) -> Joining:
    if file is None:
        begun = under_way(site)
        if begun is None:
            raise Trouble(
                "没有进行中的加入：请给出邀请文件 backstop link join 文件\n"
                "Nothing was begun: name the invitation, `backstop link join FILE`"
            )
        return begun
    sealed = open_invitation(site, file.read_bytes(), utcnow())
    begun = under_way(site)
    if begun is not None and begun.cover.id == sealed.cover.id:
        return begun
    return begin(site, sealed, str(typer.prompt("口令 · the spoken code")))


def _join(site: Site, joining: Joining, wait: int) -> None:
    state = joining

    def is_answered() -> bool:
        nonlocal state
        state = ask(site, state, utcnow())
        return state.answer is not None

    title = "已申请，等上级接入 · asked, waiting to be let in"
    if not wait_for(title, is_answered, wait):
        typer.echo(
            "上级还没有答复；申请已在那里。稍后再运行 backstop link join\n"
            "No answer yet; the request is there. Run `backstop link join` again later"
        )
        raise typer.Exit(3)
    try:
        admitted = admission(state, utcnow())
    except NotAccepted as error:
        raise Trouble(
            f"上级的答复不可用：{error}。请要一份新的邀请\n"
            f"The answer cannot be used: {error}. Ask for a new invitation"
        ) from error
    assert admitted is not None, "it is answered"  # noqa: S101
    settle(site, state, admitted)
    typer.echo(
        f"已加入 {state.cover.parent}。连接在重启本节点的进程后开始\n"
        f"Joined {state.cover.parent}. The link begins with a restart of this node's processes"
    )
    load_or_tell(site)
    typer.echo(for_broker(site))


def _rotate_authority(site: Site, *, finish: bool) -> None:
    if finish:
        end_authority(site, utcnow())
        _let_broker_notice(site)
    else:
        begin_authority(site, utcnow())
        _let_broker_notice(site)  # before children come with what the new one vouched for
        with at_home(site.settings.bus_url) as channel:
            call_children(site, channel, utcnow())
        typer.echo(
            "新机构已启用，旧的同时有效。已通知下级，它们会自己换证书；"
            "都换完后运行 rotate --finish\n"
            "The new authority is in use, the one before holds beside it. Children were called "
            "and renew by themselves; when all have, run `backstop link rotate --finish`"
        )


def _let_broker_notice(site: Site) -> None:
    try:
        site.broker.read_certificates_again()
    except Trouble as error:
        typer.echo(
            f"{error}\nRabbitMQ 会在两分钟内自己发现 · notices by itself within two minutes"
        )


def _rotate_own(site: Site, channel: Channel, wait: int) -> None:
    for child in answer_renewals(site, channel, utcnow()):
        typer.echo(f"已给 {child} 签发新证书 · {child} was given its next certificate")
    if site.books.parent is None:
        return
    ask_anew(site, channel, utcnow())
    title = "已向上级申请新证书 · asked the tier above for the next certificate"
    if wait_for(title, lambda: take_renewed(site, channel, utcnow()), wait):
        until = own_pair(site).certificate.not_valid_after_utc
        typer.echo(f"新证书有效至 · the new certificate holds until {until:%Y-%m-%d %H:%M} UTC")
        return
    typer.echo(
        "上级还没有答复；总线进程会接着等，旧证书照常使用\n"
        "No answer yet; the bus process goes on waiting, and the certificate in use works"
    )


def _tell_server(site: Site) -> None:
    until = server_of(site).certificate.not_valid_after_utc
    typer.echo(f"服务器证书有效至 · server certificate holds until {until:%Y-%m-%d %H:%M} UTC")
