"""What intake says of a case that was answered while it was registered."""

from typing import ClassVar

from shared.events.base import CaseEvent
from shared.events.sealed import Sealed
from shared.events.words import By, Outcome


class CaseAnswered(CaseEvent):
    """Whoever took a report down answered it at once, while its person was there (S0-26, S3-21).

    Its unit gets the order, signs, is in touch with the person and finishes, as of this instant.
    """

    name: ClassVar[str] = "intake.case_answered.v1"
    stays_here: ClassVar[bool] = True

    unit_code: str
    outcome: Outcome
    answer: Sealed
    answer_masked: str
    legal_basis: str = ""
    account: str
    """Who answered; never a name."""
    by: By
