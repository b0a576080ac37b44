"""What staff do for a person who needs care, and who helps them through (S2-16, 适老助残)."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from shared.events.base import CaseEvent
from shared.events.words import By


@unique
class CareMeasure(StrEnum):
    """What is done for a person; for which reason stays sealed at the node that was told."""

    CALL = "call"
    """They are called: a message would not be read."""
    WRITE = "write"
    """They are written to, never called."""
    LARGE_PRINT = "large_print"
    HOME_VISIT = "home_visit"
    INTERPRETER = "interpreter"
    SIGN_LANGUAGE = "sign_language"
    GUARDIAN = "guardian"
    """Whoever has custody of them is spoken to as well."""
    PRIORITY = "priority"
    HELPER = "helper"
    """One named person goes through it with them."""


class HelperAssigned(CaseEvent):
    """A member of staff helps a person through their case, or nobody does any more."""

    name: ClassVar[str] = "intake.helper_assigned.v1"
    stays_here: ClassVar[bool] = True

    assignment_id: UUID
    login: str | None = None
    helper: str | None = None
    """The name under which staff know each other, and the person is told."""
    phone: str | None = None
    """Of the office, where they are reached."""
    by: By
