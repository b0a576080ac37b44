"""What a neighbour's receipt asks for: to let go of what it has, or to tell again what it lost."""

import logging
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from services.link.handlers.again import tell_again
from services.link.handlers.cards import tell_cards_again
from services.link.handlers.files import nudge_for_pieces
from services.link.handlers.house import House
from services.link.handlers.letters import Head
from services.link.handlers.node_facts import post_node_facts_again
from services.link.policy import NOWHERE, Received, receipt_of
from services.link.repository.links import (
    Link,
    change_link,
    count_anew,
    forget_bundles,
    forget_received,
    lock_link,
    told_by_bundle,
)
from shared.outbox import nudge

log = logging.getLogger(__name__)


Act = Callable[[Link], None]


def asked_by(db: Connection, link: Link, head: Head, house: House, *, begins: bool) -> Act | None:
    """Return what the receipt in a parcel asks to be done with the link, None if it is no news.

    `begins` if the parcel is the first of the neighbour's incarnation.
    """
    match receipt_of(link.counting, head.reach, begins=begins):
        case Received.UP_TO:
            return partial(_go_on, db, link.begun_after + head.receipt)
        case Received.RESTORED:
            return partial(_was_restored, db, head, house, "restored_at")
        case Received.LOST:
            return partial(_was_restored, db, head, house, "they_restored_at")
        case Received.NOTHING_NEW:
            received = _told_late(db, link, head)
            is_news = received > link.received
            return partial(_take_late_receipt, db, received, house) if is_news else None


def _go_on(db: Connection, received: int, link: Link) -> None:
    _let_go(db, link, received)
    nudge_for_pieces(db, link.peer)


def _let_go(db: Connection, link: Link, received: int) -> None:
    forget_received(db, link.peer, received)
    forget_bundles(db, link.peer, received)
    change_link(db, link.peer, received=received)


def _told_late(db: Connection, link: Link, head: Head) -> int:
    # Of the incarnation of now it was compared already, whether or not a bundle was made of it.
    incarnation, number = head.reach
    is_former = incarnation not in {link.incarnation, NOWHERE[0]}
    return told_by_bundle(db, link.peer, incarnation, number) if is_former else 0


def _take_late_receipt(db: Connection, received: int, house: House, link: Link) -> None:
    # It is for a bundle that was carried by hand while the link counted anew, maybe often.
    _let_go(db, link, received)
    count_anew(db, lock_link(db, link.peer), house.now)


def _was_restored(db: Connection, head: Head, house: House, side: str, link: Link) -> None:
    log.error("restored", extra={"node": house.node, "peer": link.peer, "side": side})
    change_link(db, link.peer, **{side: house.now})
    tell_again(db, link, head.last if side == "they_restored_at" else None, house)
    post_node_facts_again(db, link.peer, house)
    tell_cards_again(db, link.peer, house)
    nudge(db)
