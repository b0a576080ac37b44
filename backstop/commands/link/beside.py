"""`backstop link together`: join two nodes whose files are both on this host."""

from contextlib import ExitStack
from typing import Annotated

import typer

from backstop.commands.link.below import place
from backstop.commands.link.hands import site_of
from backstop.commands.target import NodeOption
from backstop.links.books import Address
from backstop.links.site import Site, server_name
from backstop.links.together import join_together
from backstop.neighbours import show_card
from backstop.progress import Trouble
from shared.clock import utcnow


def together(
    address: Annotated[
        str,
        typer.Option(help="HOST or HOST:PORT at which the broker of the tier above is dialled"),
    ],
    node: NodeOption = None,
) -> None:
    """Join the tier above of the same host, before the brokers start; what is there stays."""
    with ExitStack() as both:
        child = both.enter_context(site_of(node))
        if child.settings.parent is None:
            raise Trouble(
                f"{child.code} 的节点文件没有写 parent，上面没有可加入的一级\n"
                f"The node file of {child.code} names no `parent`: there is no tier above to join"
            )
        parent = both.enter_context(site_of(child.settings.parent))
        host, port = place(address)
        told = Address(host=host, port=port, vhost=parent.vhost, name=server_name(parent.code))
        is_new = join_together(child, parent, told, utcnow())
        _show_cards(child, parent)
        typer.echo(
            f"{child.code} → {parent.code} {told.told}："
            + (
                "已加入 · joined"
                if is_new
                else "已有连接，保持不变 · had met before, and stays as it is"
            )
        )


def _show_cards(child: Site, parent: Site) -> None:
    # A link that was revoked stays ended: its card is gone.
    if child.code in parent.books.children:
        show_card(child.settings, parent.settings)
        show_card(parent.settings, child.settings)
