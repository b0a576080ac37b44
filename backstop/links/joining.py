"""The child's side of a new link: ask with the invitation, wait, and put the answer in place.

What it waits with – the invitation, and its own new key, which never leaves it – lies in a file,
so that it may stop and go on where it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import amqp
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from backstop.links.authority import (
    NotAccepted,
    Pair,
    account_in,
    is_for,
    is_issued_by,
    key_pem,
    new_key,
    read_certificate,
    read_certificates,
    read_key,
    request_for,
    request_pem,
)
from backstop.links.books import Address, Parent
from backstop.links.definitions import account_of, answering, asking
from backstop.links.invitation import Cover, Inside, NoInvitation, Sealed
from backstop.links.papers import Kind, Received, paper, read_paper, write_paper
from backstop.links.places import put, put_for_broker
from backstop.links.site import Site, dial_of
from backstop.links.wire import Channel, Shut, dialled
from backstop.neighbours import keep_card
from backstop.progress import Trouble


class Joining(BaseModel):
    """A child that has opened its invitation and was not let in yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cover: Cover
    inside: Inside
    key: str = Field(repr=False)
    asked_at: AwareDatetime | None = None
    answer: str | None = None
    """What the parent answered, as it came."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What the parent answered, and what was found to be in order."""

    pair: Pair
    authorities: bytes
    address: Address


def open_invitation(site: Site, blob: bytes, now: datetime) -> Sealed:
    """Read the file of an invitation; Trouble if it is none for this node, or has ended."""
    try:
        sealed = Sealed.read(blob)
    except NoInvitation as error:
        raise Trouble(f"这不是邀请文件 · this is no invitation: {error}") from error
    cover = sealed.cover
    if cover.child != site.code:
        raise Trouble(
            f"这份邀请是给 {cover.child} 的，不是给本节点 {site.code} 的\n"
            f"This invitation is for {cover.child} and not for this node, {site.code}"
        )
    if cover.parent != site.settings.parent:
        raise Trouble(
            f"这份邀请来自 {cover.parent}，而本节点的上级是 {site.settings.parent or '—'}："
            "请核对节点文件的 parent\n"
            f"This invitation comes from {cover.parent}, and the node file names "
            f"{site.settings.parent or 'no parent'} as `parent`"
        )
    if now >= cover.ends_at:
        raise Trouble(
            f"邀请已于 {cover.ends_at:%Y-%m-%d %H:%M} UTC 过期：请向上级要一份新的\n"
            f"The invitation ended at {cover.ends_at:%Y-%m-%d %H:%M} UTC: ask for a new one"
        )
    return sealed


def begin(site: Site, sealed: Sealed, code: str) -> Joining:
    """Open an invitation with the spoken code and make the key that is asked for.

    The one that was begun already goes on under its key.
    """
    begun = under_way(site)
    if begun is not None and begun.cover.id == sealed.cover.id:
        return begun
    try:
        inside = sealed.open(code)
    except NoInvitation as error:
        raise Trouble(
            "口令打不开这份邀请：请再听一遍（字母不分大小写），或者文件在路上被改动过\n"
            "The code does not open this invitation: listen once more (capitals or not do not "
            "matter), or the file was changed on its way"
        ) from error
    key = key_pem(new_key()).decode("ascii")
    return _keep(site, Joining(cover=sealed.cover, inside=inside, key=key))


def under_way(site: Site) -> Joining | None:
    """Return what was begun and not ended yet."""
    try:
        return Joining.model_validate_json(site.places.joining.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise Trouble(f"{site.places.joining}: {type(error).__name__}") from error


def ask(site: Site, joining: Joining, now: datetime) -> Joining:
    """Ask to be let in unless that was done, and look for the answer."""
    with _dialled(site, joining) as channel:
        answered = _with_answer(site, joining, channel)
        if answered.answer is None and joining.asked_at is None:
            _ask(site, joining, channel, now)
            return _keep(site, joining.model_copy(update={"asked_at": now}))
        return answered


def admission(joining: Joining, now: datetime) -> Admission | None:
    """Return what the parent answered, None before it did.

    NotAccepted unless the parent gave it for this key and it can be used.
    """
    if joining.answer is None:
        return None
    answer = read_paper(joining.answer.encode(), Kind.ADMITTED, joining.cover.child)
    if not answer.is_by(joining.inside.parent_card):
        raise NotAccepted("the answer is not signed by the node that invited")
    return granted(answer, read_key(joining.key.encode()), now)


def granted(answer: Received, key: ec.EllipticCurvePrivateKey, now: datetime) -> Admission:
    """Return what an answer gives for this key; NotAccepted for what could not be used."""
    told = answer.paper.told
    authorities = told.get("authorities", "").encode()
    pair = Pair(read_certificate(told.get("certificate", "").encode()), key)
    _demand_usable(pair, authorities, answer.paper.addressee, now)
    try:
        return Admission(pair, authorities, Address.model_validate_json(told.get("address", "")))
    except ValidationError as error:
        raise NotAccepted("the answer names no address") from error


def _demand_usable(pair: Pair, authorities: bytes, node: str, now: datetime) -> None:
    certificate = pair.certificate
    if not is_for(certificate, pair.key):
        raise NotAccepted("the certificate is for another key")
    account = account_in(certificate)
    if account != account_of(node) and not account.startswith(f"{account_of(node)}-"):
        raise NotAccepted(f"the certificate is for {account}")
    if not any(is_issued_by(certificate, each) for each in read_certificates(authorities)):
        raise NotAccepted("the certificate is of another authority")
    if now >= certificate.not_valid_after_utc:
        raise NotAccepted("the certificate has ended")


def settle(site: Site, joining: Joining, admitted: Admission) -> None:
    """Put everything in its place, and forget the invitation."""
    keep_card(site.settings, joining.inside.parent_card, "the invitation")
    put_in_place(site, joining.cover.parent, admitted)
    for file in (site.places.joining, site.places.asking, site.places.asked):
        file.unlink(missing_ok=True)


def put_in_place(site: Site, parent: str, admitted: Admission) -> None:
    """Dial the tier above as it was granted: files first, then what is known, and the broker."""
    put_for_broker(site.places.parent_authority, admitted.authorities)
    put_for_broker(site.places.own, admitted.pair.pem)
    account = account_in(admitted.pair.certificate)
    site.know(parent=Parent(code=parent, account=account, address=admitted.address))
    site.write_for_broker()


@contextmanager
def _dialled(site: Site, joining: Joining) -> Iterator[Channel]:
    put(site.places.asking, joining.inside.pair.encode())
    put(site.places.asked, joining.inside.authorities.encode())
    address = joining.inside.address
    with dialled(dial_of(address, site.places.asked, site.places.asking)) as channel:
        yield channel


def _ask(site: Site, joining: Joining, channel: Channel, now: datetime) -> None:
    request = request_for(read_key(joining.key.encode()), account_of(site.code))
    told = {
        "invitation": joining.cover.id,
        "card": site.card.as_json(),
        "request": request_pem(request).decode("ascii"),
    }
    way = (site.code, joining.cover.parent)
    try:
        channel.give(asking(site.code), write_paper(site.keys, paper(Kind.JOIN, way, now, **told)))
    except amqp.exceptions.MessageNacked as error:
        raise Trouble(
            "这份邀请下已有太多申请：请上级查看，或重新邀请\n"
            "Too many requests wait under this invitation: the tier above looks at them, or "
            "invites anew"
        ) from error
    except amqp.NotFound as error:
        raise Shut(str(error)) from error


def _with_answer(site: Site, joining: Joining, channel: Channel) -> Joining:
    while taken := channel.take(answering(site.code)):
        found: Joining | None = None
        with suppress(NotAccepted, UnicodeDecodeError):
            read_paper(taken.body, Kind.ADMITTED, site.code)
            # It is here for good before the parent is told so.
            found = _keep(site, joining.model_copy(update={"answer": taken.body.decode()}))
        channel.settle(taken)
        if found is not None:
            return found
    return joining


def _keep(site: Site, joining: Joining) -> Joining:
    put(site.places.joining, joining.model_dump_json().encode())
    return joining
