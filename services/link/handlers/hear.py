"""A batch was heard: facts of this node, its ledger, or parcels of its neighbours."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.link.handlers.custody import post_custody
from services.link.handlers.disclose import under_rule
from services.link.handlers.house import House
from services.link.handlers.node_facts import note_node_fact
from services.link.handlers.note import note_facts
from services.link.handlers.receive import parcels_in, receive
from services.link.repository.links import take_turn
from shared.events.base import CaseEvent, Envelope, Event, NodeFact
from shared.events.dispatch import CustodyTold


def hear(db: Connection, heard: Sequence[tuple[Envelope, Event]], house: House) -> None:
    """Note the facts, then take the parcels in, under the rule that is in force now."""
    take_turn(db, alone=False)
    house = under_rule(db, house)
    facts = [(envelope, event) for envelope, event in heard if isinstance(event, CaseEvent)]
    if facts:
        note_facts(db, facts, house)
    for envelope, event in heard:
        if isinstance(event, CustodyTold):
            post_custody(db, event, house)
        if isinstance(event, NodeFact):
            note_node_fact(db, envelope, event, house)
    receive(db, parcels_in(heard), house)
