"""What the audit is told of the audit itself being taken out."""

from datetime import datetime

from sqlalchemy import Connection

from services.portal.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.audit.export import Span
from shared.security.actor import Actor
from shared.security.policy import Action


def note_export(db: Connection, actor: Actor, span: Span, form: str, now: datetime) -> None:
    """Write down who takes which part of the audit out, and how it is written."""
    told = {"form": form, "since": span.since, "until": span.until}
    entry = Entry(
        at=now,
        actor=actor,
        action=Action.AUDIT_EXPORT,
        object_kind="audit",
        object_id=actor.node,
        purpose=f"{form} {span.since or ''}/{span.until or ''}",
        after=digest_of(told),
    )
    record(db, plumbing.audit, entry)
