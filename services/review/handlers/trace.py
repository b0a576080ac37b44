"""What the audit is told of what a caller did to a supervision or a precedent."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from services.review.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.logs import current_traceparent, trace_id
from shared.security.caller import Caller
from shared.security.policy import Action


def leave_trace(
    db: Connection,
    caller: Caller,
    action: Action,
    supervision_id: UUID,
    after: Mapping[str, object],
) -> None:
    """Write into the audit what the caller did; the values are digested before."""
    _leave(db, caller, action, ("supervision", supervision_id), after)


def leave_trace_of_precedent(
    db: Connection, caller: Caller, action: Action, precedent_id: UUID, after: Mapping[str, object]
) -> None:
    """Write the same of what the caller did to a precedent."""
    _leave(db, caller, action, ("precedent", precedent_id), after)


def _leave(
    db: Connection,
    caller: Caller,
    action: Action,
    about: tuple[str, UUID],
    after: Mapping[str, object],
) -> None:
    kind, thing = about
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action.value,
        object_kind=kind,
        object_id=str(thing),
        after=digest_of(after),
        trace_id=trace_id(current_traceparent()),
    )
    record(db, plumbing.audit, entry)
