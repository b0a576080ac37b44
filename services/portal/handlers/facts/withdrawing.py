"""What intake says when a person withdraws a case, takes that back, or is asked to withdraw."""

from services.portal.handlers.sheet import Facts, Sheet
from shared.events.base import Envelope
from shared.events.intake import CaseWithdrawn, PressureTold, WithdrawalTakenBack


def _withdrawn(sheet: Sheet, _envelope: Envelope, event: CaseWithdrawn) -> None:
    row = sheet.case(event.case_id)
    if row["withdrawn_at"] is None or row["withdrawn_at"] < event.occurred_at:
        row["withdrawn_at"] = event.occurred_at
        row["withdrawn_round"] = event.round
        row["withdrawn_why"] = event.reason.value
        row["withdrawn_by"] = event.by.role or event.by.kind
        row["take_back_by"] = event.take_back_by


def _taken_back(sheet: Sheet, _envelope: Envelope, event: WithdrawalTakenBack) -> None:
    row = sheet.case(event.case_id)
    row["taken_back_at"] = event.occurred_at  # once in all
    row["taken_back_round"] = event.round if event.accepted else None


def _pressed(sheet: Sheet, _envelope: Envelope, event: PressureTold) -> None:
    row = sheet.case(event.case_id)
    if row["pressed_at"] is None or row["pressed_at"] <= event.occurred_at:
        row["pressed_at"] = event.occurred_at
        row["pressed_masked"] = event.text_masked or row["pressed_masked"]


FACTS: Facts = {
    CaseWithdrawn: _withdrawn,
    WithdrawalTakenBack: _taken_back,
    PressureTold: _pressed,
}
