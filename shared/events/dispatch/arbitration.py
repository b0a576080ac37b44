"""Events of cases for which a unit is searched, and of disputes about whose they are (N7)."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent
from shared.events.words import By


class SearchTaken(CaseEvent):
    """Somebody answers for finding the unit of a pooled case; none of them waits unowned."""

    name: ClassVar[str] = "dispatch.search_taken.v1"
    stays_here: ClassVar[bool] = True

    owner: str
    """The account; never a name."""
    by: By


class SearchEscalated(CaseEvent):
    """No unit was found for a pooled case in time: its supervisor has to see to it (S1-19)."""

    name: ClassVar[str] = "dispatch.search_escalated.v1"

    due_at: AwareDatetime
    """Until when a unit should have been found."""


@unique
class Party(StrEnum):
    """Who says whose a disputed case is."""

    DISPATCH = "dispatch"
    LEGAL = "legal"
    STAFFING = "staffing"
    """The office that defines duties: 编办."""


class ArbitrationOpened(CaseEvent):
    """Units gave a case back more often than they may: others decide now whose it is."""

    name: ClassVar[str] = "dispatch.arbitration_opened.v1"

    arbitration_id: UUID
    order_id: UUID
    """The order that was given back last."""
    unit_code: str
    unit_name: str
    round: int
    returns: int


class OpinionGiven(CaseEvent):
    """A party of an arbitration said whose the case is, and by which rule."""

    name: ClassVar[str] = "dispatch.opinion_given.v1"

    arbitration_id: UUID
    party: Party
    unit_code: str | None = None
    unit_name: str | None = None
    because: str
    legal_basis: str
    by: By


class ArbitrationDecided(CaseEvent):
    """It is decided whose a case is; the unit cannot give it back again.

    Without a unit it is of none of this node, and goes to another tier.
    """

    name: ClassVar[str] = "dispatch.arbitration_decided.v1"

    arbitration_id: UUID
    unit_code: str | None = None
    unit_name: str | None = None
    because: str
    legal_basis: str
    missing: tuple[Party, ...] = ()
    """Parties whose opinion was not waited for."""
    waiver_masked: str = ""
    """Why it was not."""
    rule_id: UUID | None = None
    """The rule that was drafted from it."""
    withdrawn: bool = False
    """Nobody decided: the person has withdrawn the case."""
    by: By
