"""`backstop link status`: keys and their ends, shovels, what waits, and when each was heard."""

from collections.abc import Iterator
from datetime import datetime

import typer
from rich.console import Console
from rich.table import Table

from backstop.commands.custody import custody_of, show_custody
from backstop.commands.link.card_renewal import cards_told
from backstop.commands.target import NodeOption, target
from backstop.links.authority import renews_at
from backstop.links.books import Books
from backstop.links.cards import NodeCards
from backstop.links.opening import server_of, waiting_for
from backstop.links.renewing import asks_since, own_pair
from backstop.links.site import Site
from backstop.links.wire import at_home
from backstop.node import Node, assemble
from backstop.progress import Trouble
from services.intake.repository.coming import awaited
from services.link.handlers import look_at_links
from shared.bus.topology import UNROUTED, UPLINK, down_queue
from shared.clock import utcnow


def status(node: NodeOption = None) -> None:
    """Show the link to each neighbour: certificates, shovels, what waits, files, when heard."""
    settings = target(node)
    site = Site.of(settings)
    books = site.books
    if books.own is not None or books.parent is not None:
        for line in told_of(site, books):
            typer.echo(line)
    here = assemble(settings, "link")
    try:
        _show_links(here)
        _show_files(here, utcnow())
    finally:
        here.engine.dispose()


def told_of(site: Site, books: Books) -> Iterator[str]:
    """Yield a line for each certificate, queue and shovel of a node's links."""
    yield from _certificates(site, books, utcnow())
    yield from _broker(site, books)


def _certificates(site: Site, books: Books, now: datetime) -> Iterator[str]:
    if books.own is not None:
        ends = server_of(site).certificate
        yield f"下级拨入 · children dial  {books.own.told}"
        yield f"服务器证书 · server certificate  {_until(ends.not_valid_after_utc, now)}"
        left = waiting_for(site)
        if left:
            yield f"还没有新机构的证书 · not yet of the new authority  {', '.join(left)}"
    for code, child in sorted(books.children.items()):
        yield f"下级 · child {code}  {child.account}  {_until(child.ends_at, now)}"
    for code, invitation in sorted(books.invitations.items()):
        state = "已答复 · answered, to be fetched" if invitation.answered_at else "未答复 · open"
        yield f"邀请 · invitation {code}  {state}  {_until(invitation.ends_at, now)}"
    if books.parent is not None:
        pair = own_pair(site).certificate
        due = "，该更换了 · due for renewal" if now >= renews_at(pair) else ""
        asked = asks_since(site)
        waits = f"，已申请 · asked {asked:%Y-%m-%d %H:%M} UTC" if asked else ""
        yield f"上级 · above {books.parent.code}  {books.parent.address.told}"
        yield f"本节点证书 · own certificate  {_until(pair.not_valid_after_utc, now)}{due}{waits}"


def _until(end: datetime, now: datetime) -> str:
    days = (end - now).days
    if end <= now:
        return f"已过期 · ended {end:%Y-%m-%d}"
    return f"至 · until {end:%Y-%m-%d}（{days} 天 · days）"


def _broker(site: Site, books: Books) -> Iterator[str]:
    queues = [down_queue(code) for code in sorted(books.children)]
    queues += [UPLINK] if books.parent is not None else []
    try:
        with at_home(site.settings.bus_url) as channel:
            for queue in (*queues, UNROUTED):
                waiting = channel.waiting(queue)
                told = "没有 · missing: backstop link load" if waiting is None else waiting
                yield f"队列 · queue {queue}  {told}"
        for shovel in site.broker.shovels():
            yield f"shovel {shovel.name}  {shovel.state}"
    except Trouble as error:
        yield str(error)


def _show_links(here: Node) -> None:
    for line in cards_told(NodeCards(here).state(utcnow())):
        typer.echo(line)
    with here.unit("link").transaction() as db:
        looks = look_at_links(db, here.neighbours, utcnow(), here.settings.link.pace)
    table = Table("node", "", "state", "heard", "unsent", "unreceipted", "held", "refused")
    for look in looks:
        heard = look.link.last_heard_at if look.link else None
        backlog = look.backlog
        counts = (backlog.unsent, backlog.unreceipted, backlog.held, backlog.refused)
        table.add_row(
            look.neighbour.code,
            look.neighbour.name,
            look.state.value,
            f"{heard:%Y-%m-%d %H:%M:%S}" if heard else "—",
            *map(str, counts),
        )
    if looks:
        Console().print(table)
        show_custody(custody_of(here))
    else:
        typer.echo("没有上下级连接 · no links: no card of a neighbour is in place")


def _show_files(here: Node, now: datetime) -> None:
    with here.unit("intake").transaction() as db:
        owed = awaited(db)
    if not owed:
        return
    table = Table("node", "files awaited", "oldest", "not kept", title="附件 · files of cases")
    for peer, files in sorted(owed.items()):
        age = "—" if files.oldest_at is None else str(now - files.oldest_at).partition(".")[0]
        table.add_row(peer, str(files.files), age, str(files.faulty))
    Console().print(table)
