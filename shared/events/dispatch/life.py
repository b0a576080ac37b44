"""Events of an order's life between signature and result: work, materials, extensions."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent
from shared.events.words import By


class OrderEvent(CaseEvent):
    """A fact about one order of a case."""

    order_id: UUID
    unit_code: str
    unit_name: str
    by: By


@unique
class WorkKind(StrEnum):
    """What was done for an order (S4-07)."""

    NOTE = "note"
    VISIT = "visit"
    """On the spot: a look, a survey, help with documents."""


class WorkLogged(OrderEvent):
    """A unit wrote down what it did for its order, or a visit on the spot."""

    name: ClassVar[str] = "dispatch.work_logged.v1"

    kind: WorkKind
    done_at: AwareDatetime
    place_masked: str = ""
    people_masked: str = ""
    """Who was there."""
    note_masked: str
    part_id: UUID | None = None
    """For which part of the order, where another unit than the lead did it."""


class MaterialsAsked(OrderEvent):
    """A unit needs materials from the person before it can go on."""

    name: ClassVar[str] = "dispatch.materials_asked.v1"

    request_id: UUID
    round: int
    materials_masked: str
    """What is needed, one thing a line."""
    answer_by: AwareDatetime


@unique
class MaterialsEnd(StrEnum):
    """How a wait for materials ended."""

    ANSWERED = "answered"
    """The person answered on the follow page."""
    BROUGHT = "brought"
    """The unit has them: by hand, by post, from another office."""
    DROPPED = "dropped"
    """The unit goes on without them."""
    ENDED = "ended"
    """The unit has the order no more."""


class MaterialsReceived(OrderEvent):
    """The wait for materials is over."""

    name: ClassVar[str] = "dispatch.materials_received.v1"

    request_id: UUID
    how: MaterialsEnd
    note_masked: str = ""


class ExtensionAsked(OrderEvent):
    """A unit asks for more time for its order."""

    name: ClassVar[str] = "dispatch.extension_asked.v1"

    extension_id: UUID
    days: int
    """Working days beyond the present limit."""
    because: str


class ExtensionDecided(OrderEvent):
    """More time was given, or not; also refused where the order ended first."""

    name: ClassVar[str] = "dispatch.extension_decided.v1"

    extension_id: UUID
    granted: bool
    days: int
    because: str
