"""Events said by intake."""

from enum import StrEnum, unique
from typing import ClassVar

from shared.events.base import CaseEvent
from shared.events.sealed import Sealed, SealedParty
from shared.events.words import By, Channel, Complexity


class CaseRegistered(CaseEvent):
    """A report was taken down under a number of its own; nobody has yet judged its scope."""

    name: ClassVar[str] = "intake.case_registered.v1"

    number: str
    region: str
    """GB/T 2260 code of the place of the matter."""
    channel: Channel
    title: Sealed
    title_masked: str
    text: Sealed
    text_masked: str
    item_code: str | None = None
    item_name: str | None = None
    """As told; not necessarily in the catalogue."""
    attempts: int = 1
    """How often the person had tried elsewhere."""
    complainant: SealedParty
    agent: SealedParty | None = None
    query_code: Sealed
    query_code_hash: str
    by: By


class CaseAccepted(CaseEvent):
    """A case is in scope: the promise to the person begins."""

    name: ClassVar[str] = "intake.case_accepted.v1"

    number: str
    region: str
    channel: Channel
    complexity: Complexity
    item_code: str | None = None
    item_name: str | None = None
    title_masked: str
    text_masked: str
    by: By


@unique
class DeclineReason(StrEnum):
    """Why a report is out of scope (S3-08; 国办函〔2025〕66号; domain facts 5.2)."""

    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    RECONSIDERATION = "reconsideration"
    DISCIPLINE = "discipline"
    DISCLOSURE = "disclosure"
    PETITION = "petition"
    REPEATED = "repeated"
    UNLAWFUL = "unlawful"
    NO_SUBSTANCE = "no_substance"
    EMERGENCY = "emergency"
    LAW_BARS = "law_bars"
    NON_GOVERNMENT = "non_government"


class CaseDeclined(CaseEvent):
    """A report is out of scope; the person is told why, on which basis and where to go."""

    name: ClassVar[str] = "intake.case_declined.v1"

    number: str
    reason: DeclineReason
    legal_basis: str
    explanation: str
    guide_to: str | None = None
    """The lawful route."""
    by: By
