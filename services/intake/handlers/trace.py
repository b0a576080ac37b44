"""What the audit is told of what a caller did."""

from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Connection

from services.intake.tables import plumbing
from shared.audit import AuditOutcome, Entry, record
from shared.logs import current_traceparent, trace_id
from shared.security.actor import anonymous
from shared.security.caller import Caller
from shared.security.masking import mask_text


class Told(TypedDict, total=False):
    """What else the audit is told."""

    purpose: str
    before: str | None
    after: str
    object_kind: str
    outcome: AuditOutcome
    reason: str


def leave_trace(
    db: Connection, caller: Caller, action: str, number: str, **told: Unpack[Told]
) -> None:
    """Write into the audit what the caller did to a case, or to what is named instead."""
    about: Told = {"object_kind": "case", **told}
    if "purpose" in about:
        about["purpose"] = mask_text(about["purpose"])  # people write it, and it stays for good
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action,
        object_id=number,
        trace_id=trace_id(current_traceparent()),
        **about,
    )
    record(db, plumbing.audit, entry)


def trace_asking(
    db: Connection, node: str, ask_id: UUID, at: datetime, outcome: AuditOutcome
) -> None:
    """Write into the audit that somebody asked for a one-time code, or tried a wrong one."""
    entry = Entry(
        at=at,
        actor=anonymous(node),
        action="code.use" if outcome is AuditOutcome.DENIED else "code.ask",
        object_kind="one_time_code",
        object_id=str(ask_id),
        outcome=outcome,
        trace_id=trace_id(current_traceparent()),
    )
    record(db, plumbing.audit, entry)
