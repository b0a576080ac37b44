"""A batch was heard: facts of this node, its ledger, or parcels of its neighbours."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.link.handlers.custody import post_custody
from services.link.handlers.house import House
from services.link.handlers.note import note_facts
from services.link.handlers.receive import receive
from services.link.repository.links import take_turn
from shared.events.base import CaseEvent, Envelope, Event
from shared.events.dispatch import CustodyTold
from shared.events.link import ParcelArrived


def hear(db: Connection, heard: Sequence[tuple[Envelope, Event]], house: House) -> None:
    """Note the facts, take the parcels in."""
    take_turn(db, alone=False)
    facts = [(envelope, event) for envelope, event in heard if isinstance(event, CaseEvent)]
    if facts:
        note_facts(db, facts, house)
    for envelope, event in heard:
        if isinstance(event, CustodyTold):
            post_custody(db, event, house)
        if isinstance(event, ParcelArrived):
            receive(db, event, house, envelope.entry)
