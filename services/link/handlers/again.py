"""Tell a neighbour that was restored from a backup once more what it has lost since."""

from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.amend import told_of
from services.link.handlers.erase import orders_for
from services.link.handlers.house import House
from services.link.handlers.note import GIVEN
from services.link.handlers.person import sealed_person
from services.link.handlers.posting import Item, contents_of
from services.link.policy import Fact, hearers
from services.link.repository.cases import Case, Kept, cases_of, facts_after, facts_of
from services.link.repository.links import Link, facts_on_their_way, post_before
from shared.events.base import Envelope
from shared.events.dispatch import HandOverOffered


def tell_again(db: Connection, link: Link, last: UUID | None, house: House) -> None:
    """Put what a neighbour lost before everything that waits for it; the link counts anew.

    `last` is the last fact that it has of this node, NOTHING for none; None where its release
    does not tell, and then it is told the orders of `orders_again_days` alone.
    """
    items = {item.fact_id: item for item in orders_for(db, link.peer, house)}
    lost = [] if last is None else facts_after(db, last, not_via=link.peer)
    cases = cases_of(db, {one.case_id for one in lost})
    waiting = facts_on_their_way(db, link.peer)
    for one in lost:
        for item in _items(db, house, link.peer, one, cases[one.case_id]):
            if item.fact_id not in waiting:
                items.setdefault(item.fact_id, item)
    post_before(db, link, contents_of(list(items.values())), house.now)


def _items(db: Connection, house: House, peer: str, one: Kept, case: Case) -> list[Item]:
    envelope = Envelope.model_validate_json(one.body)
    fact = Fact(one.via, envelope.data.get("to_node"))
    if peer not in hearers(fact, case.known, frozenset(house.neighbours), house.parent):
        return []
    offer = _offer_to(peer, envelope)
    if offer is None:
        return [Item(str(one.fact_id), one.body)]
    history = facts_of(db, one.case_id, not_via=peer)
    before = [Item(str(fact_id), body) for fact_id, body in history if fact_id != one.fact_id]
    return [*before, Item(str(one.fact_id), one.body, _person(db, house, peer, case))]


def _offer_to(peer: str, envelope: Envelope) -> HandOverOffered | None:
    if envelope.type != HandOverOffered.name:
        return None
    offer = envelope.open(HandOverOffered)
    return offer if offer.to_node == peer and offer.kind in GIVEN else None


def _person(db: Connection, house: House, peer: str, case: Case) -> str | None:
    card = house.cards.get(peer)
    if card is None or case.person is None:
        return None
    return sealed_person(db, house, card, case.case_id, told_of(case))
