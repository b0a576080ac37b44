"""Parcels arrived: believe them or not, put them in their order, and let their facts be heard.

Those of one neighbour are taken in together, in their order, by statements for all of them
(`inflow`); a carrier keeps no order between neighbours, so none is kept here.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.inflow import take_in
from services.link.handlers.letters import NotBelieved, Opened, TooNew, read
from services.link.policy import Taken, taken_of
from services.link.repository.links import is_parked, note_refused
from shared.errors import BadMessage
from shared.events.base import Envelope, Event
from shared.events.link import ParcelArrived
from shared.metrics import PARCELS_REFUSED
from shared.neighbours import Entry
from shared.security.sealing import sm3

log = logging.getLogger(__name__)

Arrived = Sequence[tuple[Envelope, ParcelArrived]]


def parcels_in(heard: Sequence[tuple[Envelope, Event]]) -> Arrived:
    """Return the parcels among what was heard."""
    return [(envelope, event) for envelope, event in heard if isinstance(event, ParcelArrived)]


def receive(db: Connection, arrived: Arrived, house: House) -> Mapping[UUID, Taken]:
    """Take parcels in; return what came of each, by the id of its message.

    What is not believed is recorded and changes nothing. BadMessage for one of a release that is
    too new for this one: it is parked, once.
    """
    taken: dict[UUID, Taken] = {}
    believed: defaultdict[str, dict[UUID, Opened]] = defaultdict(dict)
    for envelope, event in arrived:
        opened = _opened(db, event, house, envelope.entry)
        if isinstance(opened, Taken):
            taken[envelope.id] = opened
        else:
            believed[opened.head.sender][envelope.id] = opened
    for peer, parcels in believed.items():
        places = take_in(db, peer, list(parcels.values()), house)
        taken |= zip(parcels, map(taken_of, places), strict=True)
    return taken


def _opened(
    db: Connection, event: ParcelArrived, house: House, entry: Entry | None
) -> Opened | Taken:
    try:
        return read(event, house, entry)
    except NotBelieved as error:
        refuse(db, house, error.peer, error.reason, event.body)
        return Taken.REFUSED
    except TooNew as error:
        if not is_parked(db, event.parcel_id):
            raise BadMessage(str(error)) from error
        return Taken.KNOWN


def refuse(db: Connection, house: House, peer: str, reason: str, body: str) -> None:
    """Record that something was not believed, for the operator to look into."""
    note_refused(db, peer, reason, sm3(body.encode()), house.now)
    PARCELS_REFUSED.labels(node=house.node, reason=reason).inc()
    log.error("refused", extra={"node": house.node, "peer": peer, "reason": reason})
