"""What the audit is told of what a caller did."""

from typing import TypedDict, Unpack

from sqlalchemy import Connection

from services.intake.tables import plumbing
from shared.audit import Entry, record
from shared.logs import current_traceparent, trace_id
from shared.security.caller import Caller


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
