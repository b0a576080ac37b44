"""Certificates that follow one another over a running link: nobody telephones for that.

A child asks for its next certificate through its own uplink, under the card that its parent knows;
the parent answers through the child's own way down. The pair in use works until the next one has
been seen to work.
"""

import logging
from datetime import datetime

from cryptography import x509
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from backstop.links.authority import (
    NotAccepted,
    Pair,
    certificate_pem,
    key_pem,
    new_key,
    read_key,
    read_request,
    renews_at,
    request_for,
    request_pem,
)
from backstop.links.books import Parent
from backstop.links.definitions import PARENT, papers_from
from backstop.links.joining import Admission, granted
from backstop.links.papers import Kind, Paper, Received, paper, read_paper, write_paper
from backstop.links.places import put, put_for_broker
from backstop.links.site import Site, dial_of, mark_of, pair_in
from backstop.links.wire import Channel, dialled
from backstop.neighbours import cards_of
from backstop.progress import Trouble
from shared.bus.topology import NAMES_HEADER, OUT, PAPERS, UP, down_queue

log = logging.getLogger(__name__)

TRIAL = "trial"


class Renewing(BaseModel):
    """A child that has asked for its next certificate."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str = Field(repr=False)
    asked_at: AwareDatetime


def own_pair(site: Site) -> Pair:
    """Return the pair under which this node dials."""
    return pair_in(site.places.own)


def own_is_due(site: Site, now: datetime) -> bool:
    """Tell whether it is time for the next certificate of this node."""
    if site.books.parent is None or not site.places.own.is_file():
        return False
    return now >= renews_at(own_pair(site).certificate)


def asks_since(site: Site) -> datetime | None:
    """Return since when the node waits for its next certificate, None if it does not."""
    begun = _under_way(site)
    return None if begun is None else begun.asked_at


def ask_anew(site: Site, channel: Channel, now: datetime) -> None:
    """Ask the tier above for the next certificate, for a new key; again: for the same one."""
    parent = parent_of(site)
    begun = _under_way(site)
    key = new_key() if begun is None else read_key(begun.key.encode())
    put(
        site.places.renewing,
        Renewing(key=key_pem(key).decode("ascii"), asked_at=now).model_dump_json().encode(),
    )
    request = request_pem(request_for(key, parent.account)).decode("ascii")
    asked = paper(Kind.RENEW, (site.code, parent.code), now, request=request)
    _send(site, channel, f"{UP}.{site.code}.{PAPERS}", asked)


def take_renewed(site: Site, channel: Channel, now: datetime) -> bool:
    """Look for the next certificate, try it, and put it in place; tell whether it was there.

    Where the tier above calls for a renewal, ask for one.
    """
    while taken := channel.take(papers_from(PARENT)):
        admitted = _renewed(site, taken.body, now)
        if admitted is not None:
            _use(site, admitted)
        elif _is_called(site, taken.body):
            ask_anew(site, channel, now)
        channel.settle(taken)
        if admitted is not None:
            return True
    return False


def call_children(site: Site, channel: Channel, now: datetime) -> None:
    """Ask every child to renew its certificate now."""
    for child in sorted(site.books.children):
        called = paper(Kind.CALLED, (site.code, child), now)
        _send(site, channel, f"{down_queue(child)}.{PAPERS}", called)


def answer_renewals(site: Site, channel: Channel, now: datetime) -> list[str]:
    """Give every child that asks under its known card its next certificate; return which."""
    answered = []
    for child in sorted(site.books.children):
        while taken := channel.take(papers_from(child)):
            if _answer(site, channel, child, taken.body, now):
                answered.append(child)
            channel.settle(taken)
    return answered


def _answer(site: Site, channel: Channel, child: str, body: bytes, now: datetime) -> bool:
    certificate = _vouched(site, child, body, now)
    if certificate is None:
        return False
    told = {
        "certificate": certificate_pem(certificate).decode("ascii"),
        "authorities": site.places.trust.read_text(encoding="ascii"),
        "address": site.address().model_dump_json(),
    }
    answer = paper(Kind.RENEWED, (site.code, child), now, **told)
    _send(site, channel, f"{down_queue(child)}.{PAPERS}", answer)
    renewed = {
        "vouched_at": now,
        "ends_at": certificate.not_valid_after_utc,
        "authority": mark_of(site.authority()),
    }
    known = site.books.children[child]
    site.know(children={**site.books.children, child: known.model_copy(update=renewed)})
    return True


def _vouched(site: Site, child: str, body: bytes, now: datetime) -> x509.Certificate | None:
    account, authority = site.books.children[child].account, site.authority()
    try:
        received = _known(site, body, Kind.RENEW, child)
        request = read_request(received.paper.told.get("request", "").encode())
        return authority.vouch(request, account, now, site.certificate_lasts)
    except NotAccepted:
        return None
    except Exception:  # what a child writes must not keep the others from their certificates
        log.exception("paper failed", extra={"node": site.code, "peer": child})
        return None


def _renewed(site: Site, body: bytes, now: datetime) -> Admission | None:
    begun = _under_way(site)
    if begun is None:
        return None
    try:
        answer = _known(site, body, Kind.RENEWED, parent_of(site).code)
        return granted(answer, read_key(begun.key.encode()), now)
    except NotAccepted:
        return None


def _is_called(site: Site, body: bytes) -> bool:
    try:
        _known(site, body, Kind.CALLED, parent_of(site).code)
    except NotAccepted:
        return False
    return True


def _known(site: Site, body: bytes, kind: Kind, sender: str) -> Received:
    received = read_paper(body, kind, site.code)
    card = cards_of(site.settings).get(sender)
    if card is None or not received.is_by(card):
        raise NotAccepted("not signed with the known card of a neighbour")
    return received


def _use(site: Site, admitted: Admission) -> None:
    # Both are tried before either takes the place of what works.
    trial = site.places.broker / f"{TRIAL}.pem"
    authorities = site.places.broker / f"{TRIAL}-parent.pem"
    put_for_broker(trial, admitted.pair.pem)
    put_for_broker(authorities, admitted.authorities)
    try:
        with dialled(dial_of(admitted.address, authorities, trial)):
            pass
        authorities.replace(site.places.parent_authority)
        trial.replace(site.places.own)
    finally:
        trial.unlink(missing_ok=True)
        authorities.unlink(missing_ok=True)
    site.places.renewing.unlink(missing_ok=True)
    parent = parent_of(site)
    if parent.address != admitted.address:
        site.know(parent=parent.model_copy(update={"address": admitted.address}))
        site.load_definitions()


def _send(site: Site, channel: Channel, key: str, said: Paper) -> None:
    channel.give(OUT, write_paper(site.keys, said), key, {NAMES_HEADER: PAPERS})


def parent_of(site: Site) -> Parent:
    """Return the tier above that the node has joined; Trouble if it has none."""
    parent = site.books.parent
    if parent is None:
        raise Trouble(
            f"节点 {site.code} 还没有接入上级：请先运行 backstop link join 文件\n"
            f"Node {site.code} has not joined a tier above: first run `backstop link join FILE`"
        )
    return parent


def _under_way(site: Site) -> Renewing | None:
    try:
        return Renewing.model_validate_json(site.places.renewing.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
