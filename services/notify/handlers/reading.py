"""Show staff what was sent; the texts only where the node says that they may be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.notify.repository.messages import Entry, Wanted, latest_messages
from services.notify.tables import plumbing
from shared.audit import Entry as AuditEntry
from shared.audit import record
from shared.security.actor import Actor
from shared.security.sealing import NodeKeys, can_seal
from shared.security.vault import sealers_for


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads at which instant; with keys if the texts may be read."""

    actor: Actor
    now: datetime
    keys: NodeKeys | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message and, where it may be read and has arrived, its text."""

    entry: Entry
    text: str | None


def read_messages(db: Connection, wanted: Wanted, reader: Reader) -> Sequence[Shown]:
    """Return messages, latest first; reading texts leaves a trace in the audit."""
    entries = latest_messages(db, wanted, reader.actor)
    if reader.keys is None:
        return [Shown(entry, None) for entry in entries]
    texts = _texts(db, reader.keys, entries)
    if texts:
        _leave_trace(db, wanted, reader)
    return [Shown(entry, texts.get(entry.id)) for entry in entries]


def _texts(db: Connection, keys: NodeKeys, entries: Sequence[Entry]) -> Mapping[UUID, str]:
    if not can_seal(keys):  # the list is of use without its texts
        return {}
    arrived = {entry.id: entry.arrived for entry in entries if entry.arrived is not None}
    sealers = sealers_for(db, keys, {body.key_id for body in arrived.values()})
    return {
        message_id: sealers[body.key_id].open(body)
        for message_id, body in arrived.items()
        if body.key_id in sealers
    }


def _leave_trace(db: Connection, wanted: Wanted, reader: Reader) -> None:
    entry = AuditEntry(
        at=reader.now,
        actor=reader.actor,
        action="message.read",
        object_kind="case" if wanted.case_id else "messages",
        object_id=str(wanted.case_id or "latest"),
    )
    record(db, plumbing.audit, entry)
