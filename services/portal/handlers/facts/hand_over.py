"""What dispatch says of custody between nodes: offers, answers, what moved, what was reported."""

from services.portal.handlers.facts.told import earliest, told
from services.portal.handlers.sheet import Facts, Sheet
from services.portal.policy import Status
from services.portal.repository import Row
from shared.events.base import Envelope
from shared.events.dispatch import (
    CaseHandedOver,
    CaseReportedUp,
    HandOverAnswered,
    HandOverOffered,
    HandOverWithdrawn,
)

Answer = HandOverAnswered | CaseHandedOver


def _offered(sheet: Sheet, envelope: Envelope, event: HandOverOffered) -> None:
    offer = _between(sheet, event, envelope.node, event.to_node)
    offer["round"] = event.round
    offer["kind"] = event.kind
    offer["because"] = event.because
    offer["ground"] = event.ground
    offer["legal_basis"] = event.legal_basis
    offer["outcome"] = event.outcome_told
    offer["answer_masked"] = event.answer_masked
    offer["offered_at"] = event.occurred_at
    row = sheet.case(event.case_id)
    row["origin"] = row["origin"] or event.origin
    told(sheet, event, event.epoch)
    earliest(row, accepted_at=event.accepted_at)


def _answered(sheet: Sheet, envelope: Envelope, event: HandOverAnswered) -> None:
    offer = _between(sheet, event, event.to_node, envelope.node)
    _known_by_answer(offer, event)
    offer["accepted"] = event.accepted
    offer["answered_at"] = event.occurred_at
    offer["refusal_ground"] = event.ground
    offer["refusal_basis"] = event.legal_basis
    offer["note_masked"] = event.note_masked


def _withdrawn(sheet: Sheet, envelope: Envelope, event: HandOverWithdrawn) -> None:
    offer = _between(sheet, event, envelope.node, event.to_node)
    offer["withdrawn_at"] = event.occurred_at
    offer["withdrawn_because"] = event.because


def _handed_over(sheet: Sheet, envelope: Envelope, event: CaseHandedOver) -> None:
    offer = _between(sheet, event, envelope.node, event.to_node)
    _known_by_answer(offer, event)
    offer["accepted"] = True
    offer["handed_at"] = event.occurred_at
    if event.order_id is None:
        return
    order = sheet.order(event.order_id, event.case_id)
    order["node"] = envelope.node
    order["handed_over_at"] = event.occurred_at
    if order["round"] is None:
        order["round"] = event.round
    if envelope.version > order["version"]:
        order["version"] = envelope.version
        order["state"] = Status.HANDED_OVER


def _between(
    sheet: Sheet, event: HandOverOffered | HandOverWithdrawn | Answer, giver: str, taker: str
) -> Row:
    offer = sheet.hand_over(event.hand_over_id, event.case_id)
    offer["epoch"] = event.epoch
    offer["from_node"] = giver
    offer["to_node"] = taker
    return offer


def _known_by_answer(offer: Row, event: Answer) -> None:
    offer["round"] = event.round
    offer["kind"] = event.kind


def _reported(sheet: Sheet, envelope: Envelope, event: CaseReportedUp) -> None:
    row = sheet.case(event.case_id)
    known = row["reported_at"]
    if event.to_node == sheet.node and (known is None or event.occurred_at > known):
        row["reported_from"] = envelope.node
        row["reported_at"] = event.occurred_at
        row["reported_because"] = event.because


FACTS: Facts = {
    HandOverOffered: _offered,
    HandOverAnswered: _answered,
    HandOverWithdrawn: _withdrawn,
    CaseHandedOver: _handed_over,
    CaseReportedUp: _reported,
}
