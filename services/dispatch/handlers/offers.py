"""Offer custody of a case to a neighbour; until it answers, this node stays responsible."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.dispatch.handlers.reference import code_there
from services.dispatch.policy import Direction, HandOverKind, OfferState
from services.dispatch.repository.cases import Case
from services.dispatch.repository.hand_overs import HandOver, add_hand_over, custody_of
from shared.clock import new_id
from shared.events.dispatch import HandOverOffered
from shared.events.words import By, Complexity, HandOverGround
from shared.events.words import HandOverKind as SaidKind
from shared.neighbours import Neighbours
from shared.outbox import say


@dataclass(frozen=True, slots=True)
class House:
    """The node at which things happen, and those next to it."""

    node: str
    neighbours: Neighbours


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is offered to whom and why; texts are masked before they come here."""

    kind: HandOverKind
    to_node: str
    because: str
    by: By
    at: datetime
    ground: HandOverGround | None = None
    legal_basis: str | None = None
    result: dict[str, Any] | None = None
    """Of a result: outcome and its detail, answer, answer_masked, unit_name."""


def make_offer(db: Connection, case: Case, terms: Terms, house: House) -> HandOver:
    """Offer the next epoch of a locked case that this node holds, and say so."""
    epoch = custody_of(db, case.case_id, case).epoch + 1
    event = _offered(case, epoch, terms, house, code_there(db, case, terms.to_node))

    offer = hand_over_of(event, Direction.OUT, terms.to_node)
    add_hand_over(db, offer)
    say(db, event)
    return offer


def hand_over_of(event: HandOverOffered, direction: Direction, peer: str) -> HandOver:
    """Return the open offer that an event tells of."""
    return HandOver(
        hand_over_id=event.hand_over_id,
        case_id=event.case_id,
        number=event.number,
        epoch=event.epoch,
        round=event.round,
        kind=HandOverKind(event.kind),
        direction=direction,
        peer=peer,
        state=OfferState.OPEN,
        because=event.because,
        ground=event.ground,
        legal_basis=event.legal_basis,
        offered_at=event.occurred_at,
        told=event.model_dump(mode="json"),
    )


def _offered(
    case: Case, epoch: int, terms: Terms, house: House, there: str | None
) -> HandOverOffered:
    return HandOverOffered(
        case_id=case.case_id,
        occurred_at=terms.at,
        hand_over_id=new_id(),
        epoch=epoch,
        round=case.round,
        kind=SaidKind(terms.kind),
        to_node=terms.to_node,
        origin=case.origin or house.node,
        because=terms.because,
        ground=terms.ground,
        legal_basis=terms.legal_basis,
        by=terms.by,
        **_matter(case),
        item_code_there=there,
        **(terms.result or {}),
    )


def _matter(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "region": case.region,
        "item_code": case.item_code,
        "item_name": case.item_name,
        "channel": case.channel,
        "demand": case.demand,
        "party": case.party,
        "complexity": Complexity(case.complexity),
        "reclassified_at": case.reclassified_at,
        "title_masked": case.title_masked,
        "text_masked": case.text_masked,
        "accepted_at": case.accepted_at,
    }
