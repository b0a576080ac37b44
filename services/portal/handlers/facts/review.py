"""What review says: the person's word on a round, and how the round ended."""

from services.portal.handlers.sheet import Facts, Sheet
from services.portal.policy import Dimension
from shared.events.base import Envelope
from shared.events.review import (
    CaseClosed,
    CaseReopened,
    EvaluationInvited,
    EvaluationReceived,
)


def _invited(sheet: Sheet, _envelope: Envelope, event: EvaluationInvited) -> None:
    row = sheet.case(event.case_id)
    if event.round > (row["invited_round"] or 0):
        row["invited_round"] = event.round
        row["answer_by"] = event.answer_by


def _rated(sheet: Sheet, _envelope: Envelope, event: EvaluationReceived) -> None:
    row = sheet.case(event.case_id)
    if event.round > (row["rated_round"] or 0):
        row.update(rated_round=event.round, level=event.level, solved=event.solved)
    sheet.counts[Dimension.LEVEL.value, str(event.level.value)] += 1
    sheet.evaluations.append(
        {
            "evaluation_id": event.evaluation_id,
            "case_id": event.case_id,
            "round": event.round,
            "level": event.level,
            "solved": event.solved,
            "reasons": event.reasons,
            "text_masked": event.text_masked,
            "at": event.occurred_at,
        }
    )


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
        row["closed_how"] = event.how


FACTS: Facts = {
    EvaluationInvited: _invited,
    EvaluationReceived: _rated,
    CaseReopened: _reopened,
    CaseClosed: _closed,
}
