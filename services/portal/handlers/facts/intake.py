"""What intake says: what was told, and whether it is in scope."""

from services.portal.handlers.sheet import Facts, Sheet
from shared.events.base import Envelope
from shared.events.intake import CaseAccepted, CaseDeclined, CaseRegistered


def _registered(sheet: Sheet, _envelope: Envelope, event: CaseRegistered) -> None:
    row, person = sheet.case(event.case_id), event.complainant
    _told(sheet, event)
    row["registered_at"] = event.occurred_at
    row["attempts"] = event.attempts
    row["party_kind"] = person.kind
    row["person_masked"] = person.masked_name
    row["phone_masked"] = person.masked_phone
    row["agent_masked"] = event.agent.masked_name if event.agent else None
    sheet.texts[event.case_id] = (event.number, event.title_masked, event.text_masked)


def _accepted(sheet: Sheet, _envelope: Envelope, event: CaseAccepted) -> None:
    row = sheet.case(event.case_id)
    row["accepted_at"] = None
    _told(sheet, event)
    row["accepted_at"] = event.occurred_at
    row["complexity"] = event.complexity


def _told(sheet: Sheet, event: CaseRegistered | CaseAccepted) -> None:
    row = sheet.case(event.case_id)
    row["number"] = event.number
    if row["accepted_at"] is not None:
        return  # an acceptance that came first knows better: its item was looked up
    row["title_masked"] = event.title_masked
    row["text_masked"] = event.text_masked
    row["channel"] = event.channel
    row["region"] = event.region
    row["item_code"] = event.item_code
    row["item_name"] = event.item_name


def _declined(sheet: Sheet, _envelope: Envelope, event: CaseDeclined) -> None:
    row = sheet.case(event.case_id)
    row["number"] = event.number
    row["declined_at"] = event.occurred_at
    row["decline_reason"] = event.reason
    row["decline_basis"] = event.legal_basis
    row["decline_explanation"] = event.explanation
    row["decline_guide"] = event.guide_to


FACTS: Facts = {CaseRegistered: _registered, CaseAccepted: _accepted, CaseDeclined: _declined}
