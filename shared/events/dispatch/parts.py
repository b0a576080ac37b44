"""Events of parts: what others than its unit do for an order – co-handling (N9), duties."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.dispatch.life import OrderEvent
from shared.events.dispatch.orders import ReturnGround


@unique
class PartKind(StrEnum):
    """What a part is."""

    CO_HANDLING = "co_handling"
    """A unit helps the lead (协办)."""
    DUTY = "duty"
    """What a coordination meeting gave to a unit."""


class PartEvent(OrderEvent):
    """A fact about one part; `unit_code` is whose the part is, `order_id` the lead's order."""

    part_id: UUID
    kind: PartKind


class PartOpened(PartEvent):
    """A unit was asked to do a part of an order."""

    name: ClassVar[str] = "dispatch.part_opened.v1"

    round: int
    lead_code: str
    lead_name: str
    task_masked: str
    days: int | None = None
    """Working days that it may take; None is what the limits say."""
    due_at: AwareDatetime | None = None
    """The moment that was agreed upon, in place of a number of days."""


class PartAnswered(PartEvent):
    """A unit answered its part."""

    name: ClassVar[str] = "dispatch.part_answered.v1"

    answer_masked: str
    legal_basis: str = ""
    """The law or policy on which it stands."""


@unique
class DissentReason(StrEnum):
    """Why a unit does not agree with what the lead wants of the case."""

    LAW = "law"
    """The law or policy stands against it."""
    FACTS = "facts"
    """The facts are others."""
    MEASURE = "measure"
    """It would do something else."""
    MEANS = "means"
    """It lacks what the part takes: people, money, time."""
    OTHER = "other"


class PartDissented(PartEvent):
    """A unit does not agree; its lead settles that before the order is finished."""

    name: ClassVar[str] = "dispatch.part_dissented.v1"

    reason: DissentReason
    note_masked: str
    legal_basis: str = ""


class PartDeclined(PartEvent):
    """A unit says that a part is not its matter; lead or dispatcher take it back, once asked."""

    name: ClassVar[str] = "dispatch.part_declined.v1"

    ground: ReturnGround
    legal_basis: str
    note_masked: str = ""


class PartUrged(PartEvent):
    """The lead, or a supervisor, asks where a part stays."""

    name: ClassVar[str] = "dispatch.part_urged.v1"

    urges: int
    """How often by now."""
    note_masked: str = ""


@unique
class PartEnd(StrEnum):
    """Why a part was taken back."""

    WITHDRAWN = "withdrawn"
    """By the lead or a dispatcher."""
    REASSIGNED = "reassigned"
    """The same, and another unit has it."""
    FINISHED = "finished"
    """The order was finished over it, with a reason."""
    RETURNED = "returned"
    """The order was given back."""
    HANDED_OVER = "handed_over"
    """Another node took the case."""
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    """The case complains of the unit, or the order was taken back for that."""
    UNIT_ENDED = "unit_ended"
    """The lead, or the unit itself, is out of use."""


class PartWithdrawn(PartEvent):
    """A part was taken back: its unit has nothing to do for it any more."""

    name: ClassVar[str] = "dispatch.part_withdrawn.v1"

    why: PartEnd
    note_masked: str = ""
