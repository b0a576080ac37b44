"""Record who did what to what, in the transaction of the effect; rows are only ever added.

No personal data is in it: people stand as case numbers, texts and values as SM3 digests, so that
a row proves what was there without telling it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum, unique
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from shared.db.bulk import listed_lines
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
_COLUMNS = (*_TOLD, "node", "actor_kind", "actor_id", "actor_name")


def record(db: Connection, audit: Table, entry: Entry) -> None:
    """Write an entry beside its effect; a name from outside the staff is left out."""
    db.execute(audit.insert().values(_row(entry)))


class Change(NamedTuple):
    """What was changed of one thing: the digests before and after."""

    object_id: str
    before: str
    after: str


_CHANGED = Change._fields


def record_changes(db: Connection, audit: Table, entry: Entry, changes: Sequence[Change]) -> None:
    """Write the entry once for each change, by one statement and in their order."""
    if changes:
        alike = {f"alike_{name}": told for name, told in _row(entry).items()}
        columns = zip(_CHANGED, zip(*changes, strict=True), strict=True)
        each = {f"each_{name}": told for name, told in columns}
        db.execute(_recording(audit), alike | each)


@cache
def _recording(audit: Table) -> Insert:
    changes = (
        func.unnest(*(listed_lines(f"each_{name}") for name in _CHANGED))
        .table_valued(*_CHANGED, name="changes")
        .render_derived()
    )
    alike = [name for name in _COLUMNS if name not in _CHANGED]
    given = [bindparam(f"alike_{name}", type_=audit.c[name].type) for name in alike]
    return insert(audit).from_select([*alike, *_CHANGED], select(*given, *changes.c))


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
