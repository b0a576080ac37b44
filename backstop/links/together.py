"""A node joins the tier above whose files are on the same host: nobody has to ring anybody.

What `init`, `invite`, `join` and `admit` do at two places is done here at once, before the brokers
start, by whoever may write into the folders of both.
"""

from datetime import datetime

from backstop.links.admitting import vouch_for
from backstop.links.authority import Pair, new_key, request_for
from backstop.links.books import Address
from backstop.links.definitions import account_of
from backstop.links.joining import Admission, put_in_place
from backstop.links.opening import Opening, open_for_children
from backstop.links.places import FOLDER_OF_GROUP, FOLDER_TO_PASS
from backstop.links.site import Site


def join_together(child: Site, parent: Site, address: Address, now: datetime) -> bool:
    """Open the parent at an address and let the child in; False if there was a link before.

    That one stays as it is, whatever became of its keys since, and ended if it was revoked. What
    the brokers load and read is written in any case, for the group of each folder.
    """
    for site in (parent, child):
        _let_group_read(site)
    open_for_children(parent, Opening(address), now)
    is_new = not _have_met(child, parent)
    if is_new:
        put_in_place(child, parent.code, _admitted(child, parent, now))
    for site in (parent, child):
        site.write_for_broker()
    return is_new


def _have_met(child: Site, parent: Site) -> bool:
    above = parent.books
    if child.code in above.children:
        return child.books.parent is not None
    return child.code in above.generations


def _admitted(child: Site, parent: Site, now: datetime) -> Admission:
    key = new_key()
    request = request_for(key, account_of(child.code))
    certificate = vouch_for(parent, child.code, request, now)
    return Admission(Pair(certificate, key), parent.places.trust.read_bytes(), parent.address())


def _let_group_read(site: Site) -> None:
    site.places.folder.mkdir(mode=FOLDER_TO_PASS, parents=True, exist_ok=True)
    site.places.broker.mkdir(mode=FOLDER_OF_GROUP, exist_ok=True)
