"""What the door takes and answers of cases that go on without a result."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, StrictBool

from services.dispatch.api.bodies import Body
from shared.http import Day, LongText, ShortText


class TrackingBody(Body):
    """What a unit explains to the person, on which ground, and on which day it tells more."""

    explanation: LongText
    ground: ShortText
    next_on: Day


class ConsentBody(Body):
    """Whether the unit may go on, and why."""

    granted: StrictBool
    because: ShortText


class ReportView(BaseModel):
    """One report; the explanation as everybody at a desk may read it."""

    report_id: UUID
    serial: int
    at: datetime
    explanation_masked: str
    ground_masked: str
    next_on: date


class ConsentView(BaseModel):
    """One word from above."""

    at: datetime
    reports: int
    granted: bool
    because: str


class TrackingView(BaseModel):
    """How an order goes on."""

    order_id: UUID
    reports: list[ReportView]
    consents: list[ConsentView]
    needs_consent: bool
    """No further report before somebody above agrees."""
