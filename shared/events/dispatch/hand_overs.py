"""Events of custody that goes from one node to another."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent
from shared.events.dispatch.orders import Matter
from shared.events.sealed import Sealed
from shared.events.words import (
    By,
    Complexity,
    HandOverGround,
    HandOverKind,
    Outcome,
    newest_outcome,
)


class CaseReportedUp(CaseEvent):
    """The tier above was made aware of a case that stays where it is."""

    name: ClassVar[str] = "dispatch.case_reported_up.v1"

    to_node: str
    because: str
    by: By


class HandOverOffered(CaseEvent):
    """The holder of a case offers its custody to a neighbour; until it is taken it answers for it.

    Epoch n + 1 is offered by the holder of epoch n and by nobody else.
    """

    name: ClassVar[str] = "dispatch.hand_over_offered.v1"

    hand_over_id: UUID
    epoch: int
    round: int
    kind: HandOverKind
    to_node: str
    origin: str
    """The node that registered the case: it keeps the promise, the messages and the rating."""
    number: str
    region: str
    item_code: str | None = None
    item_name: str | None = None
    """Item codes are a node's own: a neighbour looks the name up in its catalogue."""
    item_code_there: str | None = None
    """What the neighbour itself calls the item, as far as that was mapped here."""
    channel: str | None = None
    demand: str | None = None
    party: str | None = None
    complexity: Complexity
    reclassified_at: AwareDatetime | None = None
    """When the complexity was put right, which is done once a case."""
    title_masked: str
    text_masked: str
    accepted_at: AwareDatetime
    because: str
    ground: HandOverGround | None = None
    legal_basis: str | None = None
    outcome: Outcome | None = None
    answer: Sealed | None = None
    answer_masked: str | None = None
    unit_name: str | None = None
    """Who gave the result."""
    outcome_detail: str = ""
    """The outcome in a word that came later than those of `outcome`; empty where there is none."""
    withdrawn: bool = False
    """Of a result: there is none, for the person has withdrawn the case."""
    by: By

    @property
    def outcome_told(self) -> str | None:
        """The outcome, in the newest word for it."""
        if self.outcome is None:
            return None
        return newest_outcome(self.outcome, self.outcome_detail)


class HandOverAnswered(CaseEvent):
    """A node took the custody that it was offered, or did not, with its ground."""

    name: ClassVar[str] = "dispatch.hand_over_answered.v1"

    hand_over_id: UUID
    epoch: int
    round: int
    kind: HandOverKind
    to_node: str
    """Who made the offer."""
    accepted: bool
    complexity: Complexity
    ground: HandOverGround | None = None
    legal_basis: str | None = None
    note_masked: str = ""
    matter: Matter | None = None
    by: By


class HandOverWithdrawn(CaseEvent):
    """The offerer wants its offer back; it holds until the neighbour answers."""

    name: ClassVar[str] = "dispatch.hand_over_withdrawn.v1"

    hand_over_id: UUID
    epoch: int
    to_node: str
    because: str
    by: By


class CaseHandedOver(CaseEvent):
    """A neighbour took the custody that this node had offered: here it has ended."""

    name: ClassVar[str] = "dispatch.case_handed_over.v1"

    hand_over_id: UUID
    epoch: int
    round: int
    kind: HandOverKind
    to_node: str
    to_name: str
    order_id: UUID | None = None
    """The order that was in work here and ended with it."""
