"""A parcel arrived: believe it or not, put it in its order, and let its facts be heard here."""

import logging

from sqlalchemy import Connection

from services.link.handlers.facts import take_facts
from services.link.handlers.house import House
from services.link.handlers.letters import Content, Head, NotBelieved, Opened, read
from services.link.policy import Place, Received, place_of, receipt_of
from services.link.repository.links import (
    Link,
    change_link,
    count_anew,
    drop_held,
    forget_received,
    hold,
    lock_link,
    note_refused,
    take_held,
)
from shared.events.link import ParcelArrived
from shared.metrics import PARCELS_REFUSED
from shared.outbox import nudge
from shared.security.sealing import sm3

log = logging.getLogger(__name__)

AGAIN = -1
"""As what was receipted: the neighbour asks again, so it is told again."""


def receive(db: Connection, event: ParcelArrived, house: House) -> None:
    """Take a parcel in: what is not believed is recorded and changes nothing."""
    try:
        opened = read(event, house)
    except NotBelieved as error:
        refuse(db, house, error.peer, error.reason, event.body)
        return
    link = lock_link(db, opened.head.sender)
    change_link(db, link.peer, last_heard_at=house.now)
    _take_receipt(db, link, opened.head, house)
    _take_in(db, link, opened, house)


def refuse(db: Connection, house: House, peer: str, reason: str, body: str) -> None:
    """Record that something was not believed, for the operator to look into."""
    note_refused(db, peer, reason, sm3(body.encode()), house.now)
    PARCELS_REFUSED.labels(node=house.node, reason=reason).inc()
    log.error("refused", extra={"node": house.node, "peer": peer, "reason": reason})


def _take_receipt(db: Connection, link: Link, head: Head, house: House) -> None:
    told = (head.receipt_of, head.receipt)
    match receipt_of(link.incarnation, link.said, link.received, told):
        case Received.UP_TO:
            forget_received(db, link.peer, head.receipt)
            change_link(db, link.peer, received=head.receipt)
        case Received.RESTORED:
            log.error("restored", extra={"node": house.node, "peer": link.peer})
            count_anew(db, link, house.now)
            nudge(db)
        case Received.NOTHING_NEW:
            pass


def _take_in(db: Connection, link: Link, opened: Opened, house: House) -> None:
    sequence = opened.head.sequence
    match place_of(link.standing, opened.head.incarnation, sequence):
        case Place.NEXT:
            _count(db, link, opened, house)
        case Place.EARLY:
            hold(db, link.peer, sequence, opened.content)
        case Place.AGAIN:
            change_link(db, link.peer, receipted=AGAIN)
            nudge(db)
        case Place.ANEW:
            _begin_anew(db, link, opened, house)
        case Place.OLD | Place.RECEIPT:
            pass


def _begin_anew(db: Connection, link: Link, opened: Opened, house: House) -> None:
    drop_held(db, link.peer)
    begun: dict[str, object] = {"their_incarnation": opened.head.incarnation, "heard": 0}
    if link.their_incarnation is not None:
        begun["they_restored_at"] = house.now
    change_link(db, link.peer, **begun, receipted=AGAIN)
    _take_in(db, lock_link(db, link.peer), opened, house)


def _count(db: Connection, link: Link, opened: Opened, house: House) -> None:
    sequence, content = opened.head.sequence, opened.content
    following: str | None = content
    while following is not None:
        told = Content.model_validate_json(following)
        take_facts(db, link.peer, told, house)
        sequence += 1
        following = take_held(db, link.peer, sequence)
    change_link(db, link.peer, heard=sequence - 1)
    nudge(db)
