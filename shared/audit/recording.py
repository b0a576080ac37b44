"""Record who did what to what, in the transaction of the effect; rows are only ever added.

No personal data is in it: people stand as case numbers, texts and values as SM3 digests, so that
a row proves what was there without telling it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum, unique

from sqlalchemy import Connection, Table

from shared.db.bulk import insert_rows
from shared.security.actor import Actor, ActorKind
from shared.security.sealing import sm3

OTHER_PURPOSE = "其他"
"""A purpose of a look at a person that says nothing: whoever has it must tell the ground."""


@unique
class AuditOutcome(StrEnum):
    """How an attempt ended."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One attempt of one actor; `digest_of` makes the values of `before` and `after`."""

    at: datetime
    actor: Actor
    action: str
    object_kind: str
    object_id: str
    outcome: AuditOutcome = AuditOutcome.DONE
    purpose: str | None = None
    """Why personal data was looked at, in the words of who looked."""
    before: str | None = None
    after: str | None = None
    trace_id: str | None = None
    reason: str | None = None
    """Why it was refused, in the words of the policy."""
    repeats: int | None = None
    """How often this minute so far, where not each time has a row of its own."""


_TOLD = tuple(each.name for each in fields(Entry) if each.name != "actor")


def record(db: Connection, audit: Table, entry: Entry) -> None:
    """Write an entry beside its effect; a name from outside the staff is left out."""
    db.execute(audit.insert().values(_row(entry)))


def record_all(db: Connection, audit: Table, entries: Sequence[Entry]) -> None:
    """Write many entries by one statement, in their order, beside their effects."""
    insert_rows(db, audit, [_row(entry) for entry in entries])


def _row(entry: Entry) -> dict[str, object]:
    actor = entry.actor
    is_outside = actor.kind not in (ActorKind.STAFF, ActorKind.SYSTEM)
    return {
        **{name: getattr(entry, name) for name in _TOLD},
        "node": actor.node,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": "" if is_outside else actor.name,
    }


def digest_of(values: Mapping[str, object]) -> str:
    """Return the SM3 of values in canonical JSON.

    Personal data goes in sealed or as its keyed hash: the digest of a bare phone number can be
    guessed.
    """
    canonical = json.dumps(
        values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    )
    return sm3(canonical.encode())
