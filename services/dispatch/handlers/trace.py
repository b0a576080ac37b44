"""What the audit is told of what a caller did; a rule of the catalogue is a caller too."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from services.dispatch.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.events.words import By
from shared.logs import current_traceparent, trace_id
from shared.security.caller import Caller
from shared.security.policy import Action

THE_RULES = By(kind="system")
"""Nobody: a rule of the catalogue decided."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was done to what; the values are digested before they are written."""

    action: Action
    kind: str
    id: str
    after: Mapping[str, object]
    before: Mapping[str, object] | None = None


def leave_trace(db: Connection, caller: Caller, trace: Trace) -> None:
    """Write into the audit what the caller did."""
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=trace.action.value,
        object_kind=trace.kind,
        object_id=trace.id,
        before=None if trace.before is None else digest_of(trace.before),
        after=digest_of(trace.after),
        trace_id=trace_id(current_traceparent()),
    )
    record(db, plumbing.audit, entry)
