"""What the audit is told of what was done to notices, and of due dates that moved with them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.sla.repository.notices import KeptNotice
from services.sla.tables import plumbing
from shared.audit import Change, Entry, record, record_changes
from shared.logs import current_traceparent, trace_id
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller

CALENDAR = "calendar"
"""Who moves due dates: the calendar, by itself, when somebody has signed a notice."""


def leave_trace(
    db: Connection, caller: Caller, action: str, kept: KeptNotice, before: str | None = None
) -> None:
    """Write into the audit what somebody did to a notice; `before` is what counted until then."""
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action,
        object_kind="notice",
        object_id=str(kept.notice_id),
        before=before,
        after=kept.digest,
        trace_id=trace_id(current_traceparent()),
    )
    record(db, plumbing.audit, entry)


def trace_moves(
    db: Connection, node: str, now: datetime, moved: Iterable[tuple[UUID, str, str]]
) -> None:
    """Write into the audit of which cases a due date moved: the explanations before and after."""
    entry = Entry(
        at=now,
        actor=Actor(kind=ActorKind.SYSTEM, node=node, id=CALENDAR),
        action="due_date.move",
        object_kind="case",
        object_id="",
    )
    changes = [Change(str(case_id), before, after) for case_id, before, after in moved]
    record_changes(db, plumbing.audit, entry, changes)
