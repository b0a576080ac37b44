"""Say an event in the same transaction as the change it reports.

A handler calls `say`; the facts are written together when the transaction is about to commit
(`flush`), and a relay publishes them afterwards. A crash between the two loses nothing; a crash
between publishing and marking publishes twice, which the hearer's inbox makes harmless.

The version of a fact counts what this service said about its subject. It is taken under the row
lock of `spoken`, so two transactions about one case get versions and positions in commit order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Executable,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.selectable import TableValuedAlias

from shared.clock import by_number, new_id, utcnow
from shared.db.bulk import among, listed, listed_lines
from shared.errors import BadMessage
from shared.events.base import Event, enveloped
from shared.logs import current_traceparent, new_traceparent

SAID = "backstop_said"
NUDGED = "backstop_nudged"
TRACES = "backstop_traces"
MOST_BODY_BYTES = 4_194_304
"""More than any fact needs, less than any broker takes: a larger one would block the relay."""
_SENT = ("id", "subject_id", "name", "head", "tail", "after")
"""What PostgreSQL gets of a fact; `after` is how many about its subject are said after it."""


Fact = tuple[Event, str]
"""An event and the traceparent under which it was said."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The two tables behind `say`."""

    rows: Table
    spoken: Table


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact that has been written and not yet been confirmed by the bus."""

    position: int
    id: str
    name: str
    subject_id: UUID
    body: str


def outbox_tables(metadata: MetaData) -> Outbox:
    """Declare the outbox of one service."""
    rows = Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("id", Uuid, nullable=False, unique=True),
        Column("subject_id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("written_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("sent_at", DateTime(timezone=True)),
    )
    Index(None, rows.c.subject_id)
    Index("ix_outbox_unsent", rows.c.position, postgresql_where=rows.c.sent_at.is_(None))
    Index("ix_outbox_sent_at", rows.c.sent_at, postgresql_where=rows.c.sent_at.is_not(None))
    spoken = Table(
        "spoken",
        metadata,
        Column("subject_id", Uuid, primary_key=True),
        Column("version", BigInteger, nullable=False),
    )
    return Outbox(rows, spoken)


def follow(db: Connection, traces: Mapping[UUID, str | None]) -> None:
    """Say what follows about each of these subjects under its trace: they are heard together."""
    db.info[TRACES] = traces


def say(db: Connection, event: Event) -> None:
    """Say an event when, and only when, this transaction commits."""
    # With the trace of now: a batch writes what it said only after its last event.
    trace = db.info.get(TRACES, {}).get(event.subject_id) or current_traceparent()
    db.info.setdefault(SAID, []).append((event, trace or new_traceparent()))


def said(db: Connection) -> Sequence[Event]:
    """Return what this transaction has said so far, in order."""
    return tuple(event for event, _trace in db.info.get(SAID, ()))


def nudge(db: Connection) -> None:
    """Wake whatever sends for this service in this process when the transaction commits."""
    db.info[NUDGED] = True


def is_nudged(db: Connection) -> bool:
    """Tell whether this transaction wakes somebody, though it may have said nothing."""
    return bool(db.info.get(NUDGED))


def forget(db: Connection) -> None:
    """Drop what was said and not flushed: the connection starts a new transaction."""
    db.info.pop(SAID, None)
    db.info.pop(NUDGED, None)
    db.info.pop(TRACES, None)


def flush(
    db: Connection, outbox: Outbox, source: str, channel: str | None = None
) -> dict[UUID, int]:
    """Write all that was said, in order; return the last version of each subject.

    With a channel, whoever listens there is told the outbox's schema with the commit.
    """
    facts: list[Fact] = db.info.pop(SAID, [])
    if not facts:
        return {}
    counts = Counter(event.subject_id for event, _trace in facts)
    # In the order of the ids: two transactions that share subjects then never deadlock.
    subjects = sorted(counts, key=by_number)
    given = {"counted": subjects, "counts": [counts[subject] for subject in subjects]}
    rows = [_row(event, trace, source, counts) for event, trace in facts]
    told = dict(zip(_SENT, zip(*rows, strict=True), strict=True))
    written = db.execute(_writing(outbox, channel), given | told | {"now": utcnow()})
    return {subject: version for subject, version, *_notified in written}


def _row(
    event: Event, trace: str, source: str, left: Counter[UUID]
) -> tuple[UUID, UUID, str, str, str, int]:
    subject, fact = event.subject_id, new_id()
    head, tail = enveloped(event, id=fact, source=source, traceparent=trace)
    size = len(head) + len(tail)
    if size > MOST_BODY_BYTES // 4 and len(head) + len(tail.encode()) > MOST_BODY_BYTES:
        raise BadMessage(f"{event.name} is larger than {MOST_BODY_BYTES} bytes")
    left[subject] -= 1
    return fact, subject, event.name, head, tail, left[subject]


@cache
def _writing(outbox: Outbox, channel: str | None) -> Executable:
    rows, spoken = outbox.rows, outbox.spoken
    counted = _counting(spoken).cte("counted")
    told = _told()
    body = told.c.head + cast(counted.c.version - told.c.after, Text) + told.c.tail
    facts = select(
        *(told.c.id, told.c.subject_id, told.c.name, body),
        bindparam("now", type_=rows.c.written_at.type),
    )
    in_order = facts.join(counted, counted.c.subject_id == told.c.subject_id).order_by(
        told.c.place
    )
    writing = insert(rows).from_select(
        ["id", "subject_id", "name", "body", "written_at"], in_order
    )
    notified = [] if channel is None else [func.pg_notify(channel, rows.schema)]
    return select(counted, *notified).add_cte(writing.cte("written"))


def _counting(spoken: Table) -> ReturningInsert[Any]:
    source = (
        func.unnest(listed("counted"), listed("counts", "BIGINT"))
        .table_valued("subject_id", "version", name="said")
        .render_derived()
    )
    counting = insert(spoken).from_select(["subject_id", "version"], select(*source.c))
    return counting.on_conflict_do_update(
        index_elements=[spoken.c.subject_id],
        set_={"version": spoken.c.version + counting.excluded.version},
    ).returning(spoken.c.subject_id, spoken.c.version)


def _told() -> TableValuedAlias:
    texts = (listed_lines(name) for name in ("name", "head", "tail"))
    facts = listed("id"), listed("subject_id"), *texts, listed("after", "BIGINT")
    columns = func.unnest(*facts).table_valued(*_SENT, with_ordinality="place", name="told")
    return columns.render_derived()


def unsent(db: Connection, outbox: Outbox, limit: int) -> Sequence[Waiting]:
    """Return the oldest facts not yet confirmed, in order, without locking them."""
    rows = outbox.rows
    query = (
        select(rows.c.position, rows.c.id, rows.c.name, rows.c.subject_id, rows.c.body)
        .where(rows.c.sent_at.is_(None))
        .order_by(rows.c.position)
        .limit(limit)
    )
    return [
        Waiting(row.position, str(row.id), row.name, row.subject_id, row.body)
        for row in db.execute(query)
    ]


def mark_sent(db: Connection, outbox: Outbox, positions: Iterable[int]) -> None:
    """Record that the bus has confirmed these facts."""
    rows = outbox.rows
    confirmed = among(rows.c.position, positions, "BIGINT")
    db.execute(update(rows).where(confirmed).values(sent_at=utcnow()))


def forget_sent_before(db: Connection, outbox: Outbox, moment: datetime, limit: int) -> int:
    """Delete facts that were confirmed before `moment`; return how many."""
    rows = outbox.rows
    old = select(rows.c.position).where(rows.c.sent_at < moment).limit(limit)
    return db.execute(delete(rows).where(rows.c.position.in_(old))).rowcount
