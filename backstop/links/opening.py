"""A node makes itself reachable for children, and renews what its broker shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstop.links.authority import (
    Authority,
    Pair,
    certificate_pem,
    fingerprint,
    is_issued_by,
    read_certificates,
    renews_at,
)
from backstop.links.books import Address
from backstop.links.places import put, put_for_broker
from backstop.links.site import Site, mark_of, pair_in
from backstop.progress import Trouble


@dataclass(frozen=True, slots=True)
class Opening:
    """Where children dial, and where the broker listens for that."""

    address: Address
    names: Sequence[str] = ()
    """Further names and addresses under which the broker is reached."""
    listens_on: str = ""
    listens_at: int = 0
    """The port the broker listens at, where that is not the one that children dial."""


def open_for_children(site: Site, opening: Opening, now: datetime) -> None:
    """Make authority and server certificate where they are missing or made out otherwise.

    What is there stays: a second call with the same address changes nothing but the files that the
    broker reads.
    """
    _have_authority(site, now)
    address = opening.address
    names = tuple(dict.fromkeys((address.name, address.host, *opening.names)))
    serves = _serves(site, names, now)
    where = {"listens_on": opening.listens_on, "listens_at": opening.listens_at}
    site.know(own=address, names=names, **where)
    if not serves:
        renew_server(site, now)
    site.write_for_broker()


def renew_server(site: Site, now: datetime) -> Pair:
    """Make the next certificate of the broker; children notice nothing."""
    pair = _known_to_children(site).server(site.books.names, now, site.certificate_lasts)
    put_for_broker(site.places.server, pair.pem)
    return pair


def server_is_due(site: Site, now: datetime) -> bool:
    """Tell whether it is time for the next certificate of the broker."""
    if site.books.own is None or not site.places.server.is_file():
        return False
    return now >= renews_at(server_of(site).certificate)


def server_of(site: Site) -> Pair:
    """Return what the broker shows now."""
    return pair_in(site.places.server)


def begin_authority(site: Site, now: datetime) -> Authority:
    """Make the next authority: who was vouched for by the one before is let in as well.

    The broker goes on showing the certificate of the one before, until every child knows the new
    one; Trouble if an earlier renewal has not come to its end.
    """
    before = site.authority()
    if len(trusted(site)) > 1:
        raise Trouble(_under_way(site))
    after = Authority.create(site.code, now, timedelta(days=site.settings.link.authority_days))
    both = certificate_pem(after.certificate) + certificate_pem(before.certificate)
    put(site.places.authority_before, before.pem)
    put_for_broker(site.places.trust, both)
    put(site.places.authority, after.pem)
    return after


def end_authority(site: Site, now: datetime) -> None:
    """Trust the new authority alone; Trouble while a child was vouched for by the one before."""
    left = waiting_for(site)
    if left:
        raise Trouble(
            f"这些下级还没有换到新机构签发的证书：{'、'.join(left)}。它们会自己更换；"
            "不再使用的请用 backstop link revoke\n"
            f"These children have no certificate of the new authority yet: {', '.join(left)}. "
            "They renew by themselves; take one that is gone away with `backstop link revoke`"
        )
    put_for_broker(site.places.trust, certificate_pem(site.authority().certificate))
    site.places.authority_before.unlink(missing_ok=True)
    renew_server(site, now)


def waiting_for(site: Site) -> list[str]:
    """Return the children that the present authority has not vouched for yet."""
    mark = mark_of(site.authority())
    return sorted(code for code, child in site.books.children.items() if child.authority != mark)


def trusted(site: Site) -> list[str]:
    """Return the fingerprints of the authorities whose clients are let in, the newest first."""
    certificates = read_certificates(site.places.trust.read_bytes())
    return [fingerprint(certificate_pem(each)) for each in certificates]


def _have_authority(site: Site, now: datetime) -> None:
    if not site.places.authority.is_file():
        lasts = timedelta(days=site.settings.link.authority_days)
        authority = Authority.create(site.code, now, lasts)
        put(site.places.authority, authority.pem)
        put_for_broker(site.places.trust, certificate_pem(authority.certificate))


def _known_to_children(site: Site) -> Authority:
    before = site.places.authority_before
    file = before if before.is_file() else site.places.authority
    return Authority(pair_in(file))


def _serves(site: Site, names: Sequence[str], now: datetime) -> bool:
    if not site.places.server.is_file() or site.books.names != names:
        return False
    certificate = server_of(site).certificate
    known = is_issued_by(certificate, _known_to_children(site).certificate)
    return known and now < renews_at(certificate)


def _under_way(site: Site) -> str:
    left = "、".join(waiting_for(site)) or "—"
    return (
        f"上一次更换签发机构还没有结束，等待的下级：{left}；用 --finish 结束它\n"
        f"The authority is being renewed already, children still to come: {left}; end it with "
        "--finish"
    )
