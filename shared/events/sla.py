"""Events said by sla."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent
from shared.events.words import ClockKind, Lamp


class ClockEvent(CaseEvent):
    """A fact about one clock of a case."""

    clock_id: UUID
    kind: ClockKind
    order_id: UUID | None = None
    """The order; of a leg's clock the hand-over that began it."""
    unit_code: str | None = None
    due_at: AwareDatetime
    lamp: Lamp


class ClockStarted(ClockEvent):
    """A clock began to run towards its limit."""

    name: ClassVar[str] = "sla.clock_started.v1"

    started_at: AwareDatetime
    provisional: bool = False
    """The limit reaches into a year whose holiday notice is not published."""
    explanation: str = ""
    """Digest of the explained due date, which another node can recompute."""


class LampChanged(ClockEvent):
    """A running clock changed its lamp."""

    name: ClassVar[str] = "sla.lamp_changed.v1"


class DeadlineMissed(ClockEvent):
    """A running clock passed its limit."""

    name: ClassVar[str] = "sla.deadline_missed.v1"


@unique
class StopReason(StrEnum):
    """Why a clock stopped."""

    MET = "met"
    RETURNED = "returned"
    HANDED_OVER = "handed_over"


class ClockStopped(ClockEvent):
    """A clock stopped; `on_time` tells whether its promise was kept."""

    name: ClassVar[str] = "sla.clock_stopped.v1"

    reason: StopReason
    on_time: bool


class ClockResumed(ClockEvent):
    """A stopped clock runs on towards its old limit, because the case was opened again."""

    name: ClassVar[str] = "sla.clock_resumed.v1"
