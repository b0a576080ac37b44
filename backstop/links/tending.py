"""What a node does for its links by itself: renew what is due, and answer its children."""

import logging
from datetime import datetime, timedelta

from backstop.links.books import alone
from backstop.links.opening import renew_server, server_is_due
from backstop.links.renewing import (
    answer_renewals,
    ask_anew,
    asks_since,
    own_is_due,
    take_renewed,
)
from backstop.links.site import Site
from backstop.links.wire import Channel, at_home
from backstop.progress import Trouble
from shared.clock import utcnow

ASK_AGAIN_AFTER = timedelta(days=1)
"""A request without an answer goes once more; the link may have been down, or the parent."""


log = logging.getLogger(__name__)


class LinkTender:
    """Looks after the links of a running node."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._told = ""

    def tick(self) -> bool:
        """Do what is due; what stands in the way is logged once, until it is another thing."""
        try:
            tend(self._site, utcnow())
        except Trouble as trouble:
            reason = str(trouble).splitlines()[-1]
            if reason != self._told:
                log.warning("links untended", extra={"node": self._site.code, "reason": reason})
            self._told = reason
        else:
            self._told = ""
        return False


def tend(site: Site, now: datetime) -> None:
    """Do what is due; Trouble if the broker is away or a command works on the links."""
    books = site.books
    if not books.children and books.parent is None:
        return
    with alone(site.places.folder):
        if server_is_due(site, now):
            renew_server(site, now)
        with at_home(site.settings.bus_url) as channel:
            answer_renewals(site, channel, now)
            if books.parent is not None:
                follow(site, channel, now)


def follow(site: Site, channel: Channel, now: datetime) -> bool:
    """Keep the own certificate from ending; tell whether the next one is in place now."""
    if take_renewed(site, channel, now):
        return True
    asked = asks_since(site)
    is_time = own_is_due(site, now) if asked is None else now >= asked + ASK_AGAIN_AFTER
    if is_time:
        ask_anew(site, channel, now)
    return False
