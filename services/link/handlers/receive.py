"""A parcel arrived: believe it or not, put it in its order, and let its facts be heard here."""

import logging

from sqlalchemy import Connection

from services.link.handlers.again import tell_again
from services.link.handlers.anchors import take_anchors
from services.link.handlers.custody import take_custody
from services.link.handlers.facts import take_facts
from services.link.handlers.files import nudge_for_pieces, take_pieces
from services.link.handlers.house import House
from services.link.handlers.letters import Content, Head, NotBelieved, Opened, TooNew, read
from services.link.handlers.node_facts import (
    post_node_facts_again,
    post_node_facts_first,
    take_node_facts,
)
from services.link.policy import (
    NOWHERE,
    Place,
    Reach,
    Received,
    Taken,
    place_of,
    receipt_of,
    taken_of,
)
from services.link.repository.links import (
    Link,
    change_link,
    count_anew,
    drop_held,
    forget_bundles,
    forget_received,
    hold,
    is_parked,
    lock_link,
    note_refused,
    take_held,
    told_by_bundle,
)
from shared.errors import BadMessage
from shared.events.link import ParcelArrived
from shared.metrics import PARCELS_REFUSED
from shared.neighbours import Entry
from shared.outbox import nudge
from shared.security.sealing import sm3

log = logging.getLogger(__name__)

AGAIN = -1
"""As what was receipted: the neighbour asks again, so it is told again."""


def receive(
    db: Connection, event: ParcelArrived, house: House, entry: Entry | None = None
) -> Taken:
    """Take a parcel in: what is not believed is recorded and changes nothing.

    BadMessage for one of a release that is too new for this one: it is parked, once.
    """
    try:
        opened = read(event, house, entry)
    except NotBelieved as error:
        refuse(db, house, error.peer, error.reason, event.body)
        return Taken.REFUSED
    except TooNew as error:
        if not is_parked(db, event.parcel_id):
            raise BadMessage(str(error)) from error
        return Taken.KNOWN
    link = lock_link(db, opened.head.sender)
    change_link(db, link.peer, last_heard_at=house.now)
    _take_receipt(db, link, opened.head, house)
    return taken_of(_take_in(db, link, opened, house))


def refuse(db: Connection, house: House, peer: str, reason: str, body: str) -> None:
    """Record that something was not believed, for the operator to look into."""
    note_refused(db, peer, reason, sm3(body.encode()), house.now)
    PARCELS_REFUSED.labels(node=house.node, reason=reason).inc()
    log.error("refused", extra={"node": house.node, "peer": peer, "reason": reason})


def _take_receipt(db: Connection, link: Link, head: Head, house: House) -> None:
    told = NOWHERE if head.receipt_of is None else (head.receipt_of, head.receipt)
    known = link.their_incarnation
    begins = known is not None and known < head.incarnation
    match receipt_of(link.counting, told, begins=begins):
        case Received.UP_TO:
            received = link.begun_after + head.receipt
            _let_go(db, link, received)
            nudge_for_pieces(db, link.peer)
        case Received.RESTORED:
            _was_restored(db, link, head, house, "restored_at")
        case Received.LOST:
            _was_restored(db, link, head, house, "they_restored_at")
        case Received.NOTHING_NEW:
            _take_late_receipt(db, link, told, house)


def _let_go(db: Connection, link: Link, received: int) -> None:
    forget_received(db, link.peer, received)
    forget_bundles(db, link.peer, received)
    change_link(db, link.peer, received=received)


def _take_late_receipt(db: Connection, link: Link, told: Reach, house: House) -> None:
    # It is for a bundle that was carried by hand while the link counted anew, maybe often.
    received = told_by_bundle(db, link.peer, *told)
    if received > link.received:
        _let_go(db, link, received)
        count_anew(db, lock_link(db, link.peer), house.now)


def _was_restored(db: Connection, link: Link, head: Head, house: House, side: str) -> None:
    log.error("restored", extra={"node": house.node, "peer": link.peer, "side": side})
    change_link(db, link.peer, **{side: house.now})
    tell_again(db, link, head.last if side == "they_restored_at" else None, house)
    post_node_facts_again(db, link.peer, house)
    nudge(db)


def _take_in(db: Connection, link: Link, opened: Opened, house: House) -> Place:
    sequence = opened.head.sequence
    place = place_of(link.standing, opened.head.incarnation, sequence)
    match place:
        case Place.NEXT:
            _count(db, link, opened, house)
        case Place.EARLY:
            hold(db, link.peer, sequence, opened.content, house.now)
        case Place.AGAIN:
            change_link(db, link.peer, receipted=AGAIN)
            nudge(db)
        case Place.ANEW:
            return _begin_anew(db, link, opened, house)
        case Place.OLD | Place.RECEIPT:
            pass
    return place


def _begin_anew(db: Connection, link: Link, opened: Opened, house: House) -> Place:
    drop_held(db, link.peer)
    if link.their_incarnation is None:
        post_node_facts_first(db, link.peer, house)
    begun = {"their_incarnation": opened.head.incarnation, "heard": 0}
    change_link(db, link.peer, **begun, receipted=AGAIN)
    return _take_in(db, lock_link(db, link.peer), opened, house)


def _count(db: Connection, link: Link, opened: Opened, house: House) -> None:
    sequence, content = opened.head.sequence, opened.content
    following: str | None = content
    while following is not None:
        told = Content.model_validate_json(following)
        take_facts(db, link.peer, told, house)
        take_anchors(db, link.peer, told, house)
        take_custody(db, link.peer, told, house)
        take_node_facts(db, link.peer, told, house)
        take_pieces(db, link.peer, told, house)
        sequence += 1
        following = take_held(db, link.peer, sequence)
    change_link(db, link.peer, heard=sequence - 1)
    nudge(db)
