"""Events of the rota: who is on duty, and when nobody is."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event


class DutyGapFound(Event):
    """At a post nobody will be on duty although it is open; told before it opens."""

    name: ClassVar[str] = "dispatch.duty_gap_found.v1"
    stays_here: ClassVar[bool] = True

    gap_id: UUID
    kind: str
    """`coordinator`, `chief_representative` or `disposal_officer`."""
    unit_code: str
    unit_name: str
    begins: AwareDatetime
    ends: AwareDatetime

    @property
    def subject_id(self) -> UUID:
        """The gap."""
        return self.gap_id


class DutyGapEnded(Event):
    """Somebody is on duty after all, or the time is over in which nobody was."""

    name: ClassVar[str] = "dispatch.duty_gap_ended.v1"
    stays_here: ClassVar[bool] = True

    gap_id: UUID
    filled: bool

    @property
    def subject_id(self) -> UUID:
        """The gap."""
        return self.gap_id


class DutyChanged(Event):
    """Others than before are on duty at a unit, so that they are told what it has to do."""

    name: ClassVar[str] = "dispatch.duty_changed.v1"
    stays_here: ClassVar[bool] = True

    unit_id: UUID
    unit_code: str
    crews: tuple[tuple[str, ...], ...] = ()
    """For each open post the accounts of who is there, the first to be called first."""

    @property
    def subject_id(self) -> UUID:
        """The unit."""
        return self.unit_id
