"""What intake says of what a person does with a case that is registered already."""

from services.portal.handlers.sheet import Facts, Sheet
from shared.events.base import CaseEvent, Envelope
from shared.events.intake.afterwards import (
    CaseUrged,
    ContactChanged,
    ContactCodeMade,
    InformationAdded,
)
from shared.events.intake.care import HelperAssigned


def _urged(sheet: Sheet, _envelope: Envelope, event: CaseUrged) -> None:
    row = sheet.case(event.case_id)
    known = row["urged_round"] or 0
    if event.round < known:
        return
    # Each is heard once: the count is that of the facts, also of cases that go with this one.
    row["urges"] = 1 + ((row["urges"] or 0) if event.round == known else 0)
    row["urged_round"] = event.round
    row["urged_at"] = event.occurred_at
    row["urged_often_at"] = event.occurred_at if row["urges"] >= event.often_from else None


def _noted(sheet: Sheet, _envelope: Envelope, event: CaseEvent) -> None:
    sheet.case(event.case_id)


def _helped(sheet: Sheet, _envelope: Envelope, event: HelperAssigned) -> None:
    row = sheet.case(event.case_id)
    row["helper_login"], row["helper_name"] = event.login, event.helper


FACTS: Facts = {
    HelperAssigned: _helped,
    CaseUrged: _urged,
    InformationAdded: _noted,
    ContactCodeMade: _noted,
    ContactChanged: _noted,
}
