"""Tell a neighbour that was restored from a backup once more what it has lost since."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.amend import told_of
from services.link.handlers.audience import heard_by
from services.link.handlers.erase import orders_for
from services.link.handlers.house import House
from services.link.handlers.kinds import RELAYED
from services.link.handlers.note import GIVEN
from services.link.handlers.person import sealed_person
from services.link.handlers.posting import Item, contents_of
from services.link.policy import Fact
from services.link.repository.cases import Case, cases_of, cases_told_after, facts_of_cases
from services.link.repository.links import Link, facts_on_their_way, post_before
from shared.events.base import Envelope
from shared.events.dispatch import HandOverOffered


def tell_again(db: Connection, link: Link, last: UUID | None, house: House) -> None:
    """Put what a neighbour lost before everything that waits for it; the link counts anew.

    `last` is the last fact that it has of this node, NOTHING for none; None where its release
    does not tell, and then it is told the orders of `orders_again_days` alone. Of each case of
    which it lost something it is told all: it may have come to hear of it only since its backup.
    """
    items = {item.fact_id: item for item in orders_for(db, link.peer, house)}
    waiting = facts_on_their_way(db, link.peer)
    for item in _lost(db, link.peer, last, house):
        if item.fact_id not in waiting:
            items.setdefault(item.fact_id, item)
    post_before(db, link, contents_of(list(items.values())), house.now)


def _lost(db: Connection, peer: str, last: UUID | None, house: House) -> Iterator[Item]:
    touched = set() if last is None else cases_told_after(db, last, not_via=peer)
    cases = cases_of(db, touched)
    for one in facts_of_cases(db, touched, not_via=peer):
        case, envelope = cases[one.case_id], Envelope.model_validate_json(one.body)
        if peer in heard_by(house, _fact(envelope, one.via, house), case):
            yield Item(str(one.fact_id), one.body, _person(db, house, peer, case, envelope))


def _fact(envelope: Envelope, via: str | None, house: House) -> Fact:
    kind, to_node = RELAYED.get(envelope.type), envelope.data.get("to_node")
    is_for_one = kind is not None and kind.for_one
    return Fact(via, None if to_node == house.node else to_node, for_one=is_for_one)


def _person(db: Connection, house: House, peer: str, case: Case, envelope: Envelope) -> str | None:
    card = house.cards.get(peer)
    if card is None or case.person is None or not _is_given(peer, envelope):
        return None
    return sealed_person(db, house, card, case.case_id, told_of(case))


def _is_given(peer: str, envelope: Envelope) -> bool:
    if envelope.type != HandOverOffered.name:
        return False
    offer = envelope.open(HandOverOffered)
    return offer.to_node == peer and offer.kind in GIVEN
