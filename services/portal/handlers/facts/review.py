"""What review says: the person's word on a round, how it ended, what another tier asked."""

from services.portal.handlers.sheet import Facts, Sheet
from services.portal.policy import Dimension, day_of
from shared.events.base import Envelope
from shared.events.review import (
    CallbackMade,
    CaseClosed,
    CaseReopened,
    EvaluationInvited,
    EvaluationReceived,
    GuidanceGiven,
    ReportAvoided,
    SupervisionAnswered,
    SupervisionOrdered,
    SupervisionReached,
    SupervisionRead,
)


def _invited(sheet: Sheet, _envelope: Envelope, event: EvaluationInvited) -> None:
    row = sheet.case(event.case_id)
    if event.round > (row["invited_round"] or 0):
        row["invited_round"] = event.round
        row["answer_by"] = event.answer_by


def _rated(sheet: Sheet, envelope: Envelope, event: EvaluationReceived) -> None:
    row = sheet.case(event.case_id)
    if event.round > (row["rated_round"] or 0):
        row.update(rated_round=event.round, level=event.level, solved=event.solved)
    if sheet.is_own(envelope):
        sheet.counts[Dimension.LEVEL.value, str(event.level.value)] += 1
    sheet.evaluations[event.evaluation_id] = {
        "evaluation_id": event.evaluation_id,
        "case_id": event.case_id,
        "round": event.round,
        "level": event.level,
        "solved": event.solved,
        "reasons": event.reasons,
        "text_masked": event.text_masked,
        "at": event.occurred_at,
    }


def _called(sheet: Sheet, envelope: Envelope, event: CallbackMade) -> None:
    row = sheet.case(event.case_id)
    if event.truthful is False and sheet.is_own(envelope):
        row["bulletin_at"] = min(row["bulletin_at"] or event.occurred_at, event.occurred_at)


def _reopened(sheet: Sheet, _envelope: Envelope, event: CaseReopened) -> None:
    row = sheet.case(event.case_id)
    if event.round > (row["reopened_round"] or 0):
        row["reopened_round"] = event.round
        row["reopened_at"] = event.occurred_at
        row["reopened_because"] = event.because


def _closed(sheet: Sheet, _envelope: Envelope, event: CaseClosed) -> None:
    row = sheet.case(event.case_id)
    if event.round > (row["closed_round"] or 0):
        row["closed_round"] = event.round
        row["closed_at"] = event.occurred_at
        row["closed_how"] = event.how_told


def _supervised(sheet: Sheet, envelope: Envelope, event: SupervisionOrdered) -> None:
    order = sheet.supervision(event.supervision_id, event.case_id)
    order["from_node"] = envelope.node
    order["to_node"] = event.to_node
    order["text_masked"] = event.text_masked
    order["ordered_at"] = event.occurred_at
    order["answer_by"] = event.answer_by
    order["unit_code"] = event.unit_code


def _supervision_answered(sheet: Sheet, envelope: Envelope, event: SupervisionAnswered) -> None:
    order = sheet.supervision(event.supervision_id, event.case_id)
    order["answered_from"] = envelope.node
    order["answered_at"] = event.occurred_at
    order["answer_masked"] = event.text_masked


def _supervision_reached(sheet: Sheet, envelope: Envelope, event: SupervisionReached) -> None:
    order = sheet.supervision(event.supervision_id, event.case_id)
    reached = order["reached"] or {}
    order["reached"] = reached | {envelope.node: event.occurred_at.isoformat()}


def _supervision_read(sheet: Sheet, envelope: Envelope, event: SupervisionRead) -> None:
    order = sheet.supervision(event.supervision_id, event.case_id)
    order["read_from"] = envelope.node
    order["read_at"] = event.occurred_at


def _guided(sheet: Sheet, _envelope: Envelope, event: GuidanceGiven) -> None:
    sheet.case(event.case_id)  # it stands in the timeline and changes nothing else


def _avoided(sheet: Sheet, _envelope: Envelope, event: ReportAvoided) -> None:
    day = day_of(event.occurred_at).isoformat()
    sheet.counts[Dimension.AVOIDED_ON.value, day] += 1


FACTS: Facts = {
    EvaluationInvited: _invited,
    EvaluationReceived: _rated,
    CallbackMade: _called,
    CaseReopened: _reopened,
    CaseClosed: _closed,
    SupervisionOrdered: _supervised,
    SupervisionAnswered: _supervision_answered,
    SupervisionReached: _supervision_reached,
    SupervisionRead: _supervision_read,
    GuidanceGiven: _guided,
    ReportAvoided: _avoided,
}
