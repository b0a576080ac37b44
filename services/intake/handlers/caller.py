"""Who asks for a change, and when: what every use case of the door needs to know of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import Connection

from services.intake.tables import plumbing
from shared.audit import Entry, record
from shared.events.words import By
from shared.logs import current_traceparent, trace_id
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """An actor at one instant; whether they may was asked before."""

    actor: Actor
    now: datetime

    @property
    def by(self) -> By:
        """As much of the actor as everybody may know."""
        role = min(self.actor.roles, default=None)
        return By(kind=self.actor.kind.value, role=role, unit=self.actor.unit)


class Told(TypedDict, total=False):
    """What else the audit is told."""

    purpose: str
    after: str


def leave_trace(
    db: Connection, caller: Caller, action: str, number: str, **told: Unpack[Told]
) -> None:
    """Write into the audit what the caller did to a case."""
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action,
        object_kind="case",
        object_id=number,
        trace_id=trace_id(current_traceparent()),
        **told,
    )
    record(db, plumbing.audit, entry)
