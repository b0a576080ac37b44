"""A corrected person that came sealed for this node: keep it, and seal it for whoever has it next.

It goes the way that custody went, neighbour by neighbour; each seals it for the next one.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.person import (
    amendment_in,
    amendment_of,
    corrected_person,
    sealed_for_next,
    sealed_person,
)
from services.link.repository.cases import Case, boxes_of, change_box, facts_named
from shared.events.base import Envelope
from shared.events.dispatch import HandOverAnswered
from shared.events.intake import CaseAmended, CaseRegistered
from shared.events.sealed import Sealed
from shared.security.sealing import KeyDestroyed, SealBroken


def told_of(case: Case) -> dict[str, Any]:
    """Return all of a case's person that is sealed for who takes it."""
    return {**(case.person or {}), "complained_of": case.complained_of or []}


def holds_person(db: Connection, case: Case, peer: str) -> bool:
    """Tell whether a neighbour has the person of a case, or may be about to take it."""
    if peer in case.shares:
        return True
    bodies = facts_named(db, case.case_id, HandOverAnswered.name) if peer in case.former else []
    answers = [Envelope.model_validate_json(body) for body in bodies]
    return any(one.node == peer and one.data.get("accepted") for one in answers)


def person_for(db: Connection, house: House, case: Case, peer: str) -> str | None:
    """Seal the person of a case for a neighbour that has it; None for one that has not."""
    card = house.cards.get(peer)
    if card is None or case.person is None or not holds_person(db, case, peer):
        return None
    return sealed_person(db, house, card, case.case_id, told_of(case))


def may_correct(db: Connection, envelope: Envelope, event: CaseAmended) -> bool:
    """Tell whether a correction is said by the node that registered the case, as its order."""
    bodies = facts_named(db, event.case_id, CaseRegistered.name)
    origins = {Envelope.model_validate_json(body).node for body in bodies}
    return origins == {envelope.node} and event.ordered_by == envelope.node


def take_amended(
    db: Connection, house: House, case: Case, event: CaseAmended, box: str
) -> tuple[Case, dict[str, Sealed]]:
    """Keep a corrected person, and put it into offers that nobody has answered yet.

    Return the case, and by field what is sealed anew here: nothing where the person never came.
    """
    if amendment_in(house, case.case_id, box) != event.amendment:
        raise SealBroken("another correction is in it than the one that it came with")
    for hand_over_id, waiting in boxes_of(db, case.case_id).items():
        if _is_older(house, case.case_id, waiting, event.amendment):
            change_box(db, hand_over_id, box)
    try:
        person, fields = corrected_person(db, house, event, box)
    except KeyDestroyed:
        return case, {}
    if event.amendment > amendment_of(case.person):
        case = replace(case, person=person)
    return case, fields


def _is_older(house: House, case_id: UUID, waiting: str, amendment: int) -> bool:
    try:
        return amendment_in(house, case_id, waiting) < amendment
    except SealBroken:
        return True  # it would open nothing


def pass_amended(db: Connection, house: House, case: Case, peer: str, box: str) -> str | None:
    """Seal a corrected person for a neighbour that has the person from here; None for others."""
    card = house.cards.get(peer)
    if card is None or not holds_person(db, case, peer):
        return None
    try:
        return sealed_for_next(house, card, case.case_id, box)
    except SealBroken:
        return None
