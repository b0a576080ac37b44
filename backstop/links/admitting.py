"""The parent's side of a new link: invite a child, look at what it asks, let it in, or not.

1. `invite` opens a door: an account for this one invitation, which may ask and fetch the answer.
2. The child asks, as often as it likes; whoever else holds file and code may do so, too.
3. People compare the fingerprint of the child's card on the telephone.
4. `admit` signs the key of the request with that card, and the door takes no more requests.
5. `close` takes the door away, once the answer was fetched or the parent thinks otherwise.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from backstop.links.authority import NotAccepted, certificate_pem, read_request
from backstop.links.books import Child, Invitation
from backstop.links.definitions import account_of, answering, asking, door, merged
from backstop.links.invitation import Inside, Sealed, cover_of
from backstop.links.papers import Kind, paper, read_paper, write_paper
from backstop.links.site import Site, mark_of
from backstop.links.wire import Channel
from backstop.neighbours import keep_card
from backstop.progress import Trouble
from shared.security.identifiers import plain
from shared.security.letters import Card
from shared.security.numbers import new_query_code

ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Invited:
    """What is given to the child: a file, and in another way, spoken, the code that opens it."""

    file: bytes
    code: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody with an invitation asked, under the card that they showed."""

    card: Card
    request: x509.CertificateSigningRequest
    at: datetime


def invite(site: Site, channel: Channel, child: str, now: datetime) -> Invited:
    """Open a door for a child of this node; an earlier invitation holds no more."""
    if child not in site.settings.children:
        raise Trouble(
            f"{child} 不是节点 {site.code} 的下级：请先把它写进节点文件的 children\n"
            f"{child} is no child of node {site.code}: first name it in `children` of its file"
        )
    authority, address = site.authority(), site.address()
    close(site, channel, child)
    lasts = timedelta(days=site.settings.link.invitation_days)
    id_ = secrets.token_hex(ID_BYTES)
    invitation = Invitation(id=id_, account=f"join-{child}-{id_}", ends_at=now + lasts)
    site.broker.load(door(site.vhost, child, invitation.account))
    site.know(invitations={**site.books.invitations, child: invitation})
    code = new_query_code()
    inside = Inside(
        card=site.card.as_json(),
        address=address,
        authorities=site.places.trust.read_text(encoding="ascii"),
        pair=authority.client(invitation.account, now, lasts).pem.decode("ascii"),
    )
    cover = cover_of(id_, site.card, child, invitation.ends_at)
    return Invited(Sealed.under(code, cover, inside).as_file(), code, invitation.ends_at)


def invitation_for(site: Site, child: str, now: datetime) -> Invitation:
    """Return the invitation of a child that still holds; Trouble without one."""
    found = site.books.invitations.get(child)
    if found is None:
        raise Trouble(
            f"没有给 {child} 的邀请：请用 backstop link invite {child}\n"
            f"There is no invitation for {child}: make one with `backstop link invite {child}`"
        )
    if now >= found.ends_at:
        raise Trouble(
            f"给 {child} 的邀请已于 {found.ends_at:%Y-%m-%d %H:%M} UTC 过期：请重新邀请\n"
            f"The invitation for {child} ended at {found.ends_at:%Y-%m-%d %H:%M} UTC: invite anew"
        )
    return found


def requests(site: Site, channel: Channel, child: str, invitation: Invitation) -> list[Request]:
    """Look at what was asked under an invitation, the last first; it stays where it is."""
    found = []
    while taken := channel.take(asking(child)):
        try:
            found.append(_request(site, child, invitation, taken.body))
        except NotAccepted:
            continue  # somebody wrote what is no request; at most a few fit into the queue
    return sorted(found, key=lambda each: each.at, reverse=True)


def chosen(asked: Sequence[Request], fingerprint: str) -> Request:
    """Return the request under the card of this fingerprint; Trouble if there is none."""
    if not asked:
        raise Trouble(
            "还没有收到申请：请下级运行 backstop link join 文件\n"
            "Nobody asked yet: the child runs `backstop link join FILE`"
        )
    wanted = plain(fingerprint)
    for request in asked:
        if plain(request.card.fingerprint) == wanted:
            return request
    raise Trouble(
        "指纹不符，没有接入任何人。请再次电话核对；如果对方念的确实是这个指纹，"
        "说明有人拿到了邀请，请重新邀请\n"
        "The fingerprint fits no request, and nobody was let in. Compare once more on the "
        "telephone; if it is what they read, somebody else has the invitation: invite anew"
    )


def admit(
    site: Site, channel: Channel, request: Request, invitation: Invitation, now: datetime
) -> None:
    """Let the node of this request in, and leave the answer where it fetches it."""
    code = request.card.code
    certificate = believe(site, request, now)
    closed = door(site.vhost, code, invitation.account, is_answered=True)
    site.broker.load(merged([site.write_definitions(), closed]))
    channel.give("", _answer(site, code, invitation, certificate, now), answering(code))
    # Last: what broke off before it is done again, and twice does no harm.
    answered = invitation.model_copy(update={"answered_at": now})
    site.know(invitations={**site.books.invitations, code: answered})


def believe(site: Site, request: Request, now: datetime) -> x509.Certificate:
    """Put a child's card in place, and vouch for the key of its request."""
    certificate = vouch_for(site, request.card.code, request.request, now)
    keep_card(site.settings, request.card, "the request")
    return certificate


def vouch_for(
    site: Site, code: str, request: x509.CertificateSigningRequest, now: datetime
) -> x509.Certificate:
    """Make the certificate of a child for the key of its request, and know it from now on."""
    authority = site.authority()
    account = account_of(code, site.books.generations.get(code, 1))
    certificate = authority.vouch(request, account, now, site.certificate_lasts)
    child = Child(
        account=account,
        vouched_at=now,
        ends_at=certificate.not_valid_after_utc,
        authority=mark_of(authority),
    )
    site.know(children={**site.books.children, code: child})
    return certificate


def is_fetched(channel: Channel, child: str) -> bool:
    """Tell whether the child has taken its answer."""
    return not channel.waiting(answering(child))


def close(site: Site, channel: Channel, child: str) -> None:
    """Take the door of an invitation away; who has its file may come no more."""
    invitation = site.books.invitations.get(child)
    if invitation is None:
        return
    site.broker.lock_out(invitation.account)
    channel.remove(queue=asking(child), exchange=asking(child))
    channel.remove(queue=answering(child))
    others = {code: each for code, each in site.books.invitations.items() if code != child}
    site.know(invitations=others)


def _request(site: Site, child: str, invitation: Invitation, body: bytes) -> Request:
    received = read_paper(body, Kind.JOIN, site.code)
    told = received.paper.told
    if received.paper.sender != child or told.get("invitation") != invitation.id:
        raise NotAccepted("not asked under this invitation")
    request = read_request(told.get("request", "").encode())
    return Request(received.card, request, received.paper.at)


def _answer(
    site: Site,
    code: str,
    invitation: Invitation,
    certificate: x509.Certificate,
    now: datetime,
) -> bytes:
    told = {
        "invitation": invitation.id,
        "certificate": certificate_pem(certificate).decode("ascii"),
        "authorities": site.places.trust.read_text(encoding="ascii"),
        "address": site.address().model_dump_json(),
    }
    return write_paper(site.keys, paper(Kind.ADMITTED, (site.code, code), now, **told))
