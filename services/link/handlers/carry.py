"""Bring what waits to a neighbour; no transaction is open while the carrier is on its way."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy import Connection

from services.link.carriers import Carrier
from services.link.carriers.base import Letter
from services.link.handlers.files import post_pieces
from services.link.handlers.house import House
from services.link.handlers.letters import write
from services.link.policy import is_beat_due, resend_after
from services.link.repository.cases import last_fact_of
from services.link.repository.links import (
    Link,
    Parcel,
    change_link,
    count_anew,
    due_parcels,
    find_link,
    lock_link,
    mark_carried,
)

AT_ONCE = 50

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


def carry(
    open_transaction: OpenTransaction, carrier: Carrier, house: House, peer: str, term: UUID
) -> bool:
    """Carry what is due to a neighbour; tell whether there may be more at once.

    `term` is an id of when this process began to send for the node.
    """
    if carrier.rests(peer):
        return False
    with open_transaction() as db:
        link = _own_link(db, house, peer, term)
        post_pieces(db, link, house)
        parcels = due_parcels(db, link, house.now, AT_ONCE)
        # The first that the neighbour hears after a restore says what was left by it.
        begins = link.number_of(link.received) == 0
        last = last_fact_of(db, peer) if begins else None
    letters = _letters(link, parcels, house, last)
    if not letters:
        return False
    carried = carrier.carry(peer, letters)
    if not carried:
        return False
    with open_transaction() as db:
        _record(db, link, parcels[:carried], house)
    return carried == AT_ONCE


def _own_link(db: Connection, house: House, peer: str, term: UUID) -> Link:
    link = find_link(db, peer) or lock_link(db, peer)
    if link.incarnation > term:
        return link
    # The database may have been restored before this term: under an incarnation of then the
    # neighbour may have heard numbers that nobody here remembers.
    count_anew(db, lock_link(db, peer), house.now)
    return lock_link(db, peer)


def _letters(
    link: Link, parcels: Sequence[Parcel], house: House, last: UUID | None
) -> list[Letter]:
    if parcels:
        return [write(link, parcel, house, last) for parcel in parcels]
    is_owed = link.heard != link.receipted or is_beat_due(link.last_sent_at, house.now, house.pace)
    return [write(link, None, house, last)] if is_owed else []


def _record(db: Connection, link: Link, parcels: Sequence[Parcel], house: House) -> None:
    # Another parcel may have come meanwhile: only what this letter said counts as receipted.
    if lock_link(db, link.peer).incarnation != link.incarnation:
        return  # what went has other numbers now
    waits = [(one.sequence, resend_after(one.tries + 1, house.pace)) for one in parcels]
    mark_carried(db, link.peer, waits, house.now)
    change_link(db, link.peer, receipted=link.heard, last_sent_at=house.now)
