"""Events of matters that a unit cannot settle now: it explains, and goes on (S3-23)."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.base import CaseEvent
from shared.events.dispatch.life import OrderEvent
from shared.events.sealed import Sealed


class TrackingReported(OrderEvent):
    """A unit explained why it cannot settle a matter now, and until when it tells more."""

    name: ClassVar[str] = "dispatch.tracking_reported.v1"

    report_id: UUID
    round: int
    serial: int
    """Counts the reports of an order from 1."""
    explanation: Sealed
    explanation_masked: str
    ground_masked: str
    """The policy on which it stands that the matter cannot be settled now."""
    next_on: date
    """The day in China on which the next word is due."""
    needs_consent: bool = False
    """Somebody above has to agree before the unit may go on in this way once more."""


class TrackingDecided(OrderEvent):
    """Somebody above agreed to further tracking, or not."""

    name: ClassVar[str] = "dispatch.tracking_decided.v1"

    granted: bool
    reports: int
    """How many there were."""
    because: str


class CaseTracked(CaseEvent):
    """The person of a case is owed an explanation, which is here, and the next word."""

    name: ClassVar[str] = "dispatch.case_tracked.v1"

    report_id: UUID
    round: int
    serial: int
    unit_name: str
    explanation_masked: str
    ground_masked: str
    next_on: date
    promise_kept: bool = False
    """Said by the node that registered it: with this the promise of an answer in time is kept."""
