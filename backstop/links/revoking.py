"""A link ends, by either side: from this moment nothing of the other one is let in or believed.

A child that leaves stops dialling. Of a child that is revoked the account goes, and with it every
certificate that names it, whoever holds a copy of the key; no list of revoked certificates has to
reach anybody. It comes back under another account.
"""

from backstop.links.admitting import close
from backstop.links.books import Child
from backstop.links.definitions import papers_from
from backstop.links.renewing import parent_of
from backstop.links.site import Site
from backstop.links.wire import Channel
from backstop.neighbours import drop_card
from backstop.progress import Trouble
from shared.bus.topology import down_queue


def revoke(site: Site, channel: Channel, child: str, *, drain: bool) -> int | None:
    """Lock a child out; return how many messages for it were thrown away, None if they are kept.

    The account goes first: what is done after it cannot fail in a way that lets the child in.
    What it asked of the link goes in any case, so that nobody answers it if it comes back.
    """
    known = _known(site, child)
    site.broker.lock_out(known.account)
    drop_card(site.settings, child)
    books = site.books
    left = {code: each for code, each in books.children.items() if code != child}
    generations = {**books.generations, child: books.generations.get(child, 1) + 1}
    site.know(children=left, generations=generations)
    site.write_definitions()
    close(site, channel, child)
    channel.remove(queue=papers_from(child))
    return channel.empty(down_queue(child)) if drain else None


def leave(site: Site) -> str:
    """Stop dialling the tier above and believing it; return its code.

    What waits for it stays in the uplink, and the account there is for its own operator to end.
    """
    parent = parent_of(site)
    site.broker.drop_shovels()
    drop_card(site.settings, parent.code)
    site.know(parent=None)
    for file in (site.places.own, site.places.parent_authority, site.places.renewing):
        file.unlink(missing_ok=True)
    site.write_for_broker()
    return parent.code


def _known(site: Site, child: str) -> Child:
    known = site.books.children.get(child)
    if known is None:
        raise Trouble(
            f"{child} 没有接入本节点：用 backstop link status 查看\n"
            f"{child} was not let in here: `backstop link status` shows who was"
        )
    return known
