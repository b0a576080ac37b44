"""What the audit is told of what a caller did to a supervision, a callback, a lead or so."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from services.review.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.logs import current_traceparent, trace_id
from shared.security.caller import Caller
from shared.security.policy import Action

OF_LEADS = frozenset({Action.LEAD_NOTE, Action.LEAD_ROUTE, Action.LEAD_ANSWER})
OF_CALLBACKS = frozenset({Action.CALLBACK_UNIT, Action.CALLBACK_CENTRE})
OF_PRECEDENTS = frozenset({Action.PRECEDENT_WRITE, Action.PRECEDENT_PUBLISH})


def leave_trace(
    db: Connection,
    caller: Caller,
    action: Action,
    object_id: UUID,
    after: Mapping[str, object],
) -> None:
    """Write into the audit what the caller did; the values are digested before."""
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action.value,
        object_kind=_kind(action),
        object_id=str(object_id),
        after=digest_of(after),
        trace_id=trace_id(current_traceparent()),
    )
    record(db, plumbing.audit, entry)


def _kind(action: Action) -> str:
    if action in OF_PRECEDENTS:
        return "precedent"
    if action in OF_CALLBACKS:
        return "callback"
    return "lead" if action in OF_LEADS else "supervision"
