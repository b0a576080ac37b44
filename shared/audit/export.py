"""The audit as a file: JSON lines that verify without the node, or syslog (RFC 5424).

JSON lines begin with what they are, then come the chains one after the other, each behind a line
that says where it begins, and the last line counts them: a file that was cut off says so.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from shared.audit.anchors import Signed
from shared.audit.books import AuditBooks
from shared.audit.chain import canonical, first_head
from shared.audit.checking import Link
from shared.audit.tables import AUDITOR, Ledger, ledger_of
from shared.audit.verifying import links
from shared.db import transaction

VERSION = 1
FACILITY = 13
"""“log audit” of RFC 5424."""
SEVERITIES = {"done": 5, "denied": 4, "failed": 3}
ENTERPRISE = 32473
"""The private enterprise number that RFC 5612 keeps for examples: nobody has one for Backstop."""
LONGEST_MESSAGE_ID = 32
SAID = ("seq", "head", "id", "actor_kind", "actor_id", "object_kind", "object_id", "outcome")
MORE = ("purpose", "reason", "repeats", "before", "after", "trace_id")


@dataclass(frozen=True, slots=True)
class Span:
    """What is exported: rows from one moment to before another, whichever are given."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """An unbroken part of a chain: what stands before it, and up to which seal it goes."""

    schema: str
    after: int
    head: str
    last: int


def json_lines(
    books: AuditBooks, span: Span, now: datetime, anchors: Iterable[Signed] = ()
) -> Iterator[str]:
    """Yield the lines of an export that verifies by itself."""
    yield head_line(books.node, now, span, books.schemas)
    yield from map(anchor_line, anchors)
    rows = 0
    for schema in books.schemas:
        stretch = stretch_of(books.engine, books.node, ledger_of(schema), span)
        yield begin_line(stretch)
        for link in rows_of(books.engine, ledger_of(schema), stretch):
            yield row_line(schema, link)
            rows += 1
    yield end_line(rows)


def syslog_lines(books: AuditBooks, span: Span) -> Iterator[str]:
    """Yield the rows as messages of RFC 5424; one that is gone is left out."""
    for schema in books.schemas:
        stretch = stretch_of(books.engine, books.node, ledger_of(schema), span)
        for link in rows_of(books.engine, ledger_of(schema), stretch):
            line = syslog_line(books.node, schema, link)
            if line is not None:
                yield line


def stretch_of(engine: Engine, node: str, ledger: Ledger, span: Span) -> Stretch:
    """Return the shortest unbroken part of a chain that holds every sealed row of a span."""
    seals, at = ledger.seals.c, ledger.audit.c.at
    within = [at >= span.since] if span.since else []
    within += [at < span.until] if span.until else []
    numbers = select(func.min(seals.seq), func.max(seals.seq))
    if within:
        numbers = numbers.join(ledger.audit, ledger.audit.c.id == seals.audit_id).where(*within)
    with transaction(engine, AUDITOR) as db:
        first, last = db.execute(numbers).one()
        after = (first or 1) - 1
        head = db.scalar(select(seals.head).where(seals.seq == after))
    return Stretch(ledger.schema, after, head or first_head(node, ledger.schema), last or 0)


def rows_of(engine: Engine, ledger: Ledger, stretch: Stretch) -> Iterator[Link]:
    """Yield the links of a part of a chain."""
    yield from links(engine, ledger, stretch.after, stretch.last)


def head_line(node: str, made_at: datetime, span: Span, schemas: Sequence[str]) -> str:
    """Return the first line of an export."""
    told = {"backstop_audit": VERSION, "node": node, "made_at": made_at, "schemas": schemas}
    return canonical({**told, "since": span.since, "until": span.until})


def begin_line(stretch: Stretch) -> str:
    """Return the line before the rows of a chain."""
    return canonical({"schema": stretch.schema, "after": stretch.after, "head": stretch.head})


def row_line(schema: str, link: Link) -> str:
    """Return the line of a row and its seal; the row is null if it is gone."""
    told = json.dumps({"schema": schema, "seq": link.seq, "head": link.head})
    return f'{told[:-1]}, "audit_id": {link.audit_id}, "row": {link.row or "null"}}}'


def anchor_line(signed: Signed) -> str:
    """Return the line of an anchor."""
    return canonical({"anchor": signed.model_dump()})


def end_line(rows: int) -> str:
    """Return the last line."""
    return canonical({"end": True, "rows": rows})


def syslog_line(node: str, schema: str, link: Link) -> str | None:
    """Return a row as one RFC 5424 message; None if it is gone."""
    if link.row is None:
        return None
    row = {**json.loads(link.row), "seq": link.seq, "head": link.head}
    priority = FACILITY * 8 + SEVERITIES.get(row["outcome"], SEVERITIES["failed"])
    data = _structured(row)
    action = row["action"][:LONGEST_MESSAGE_ID]
    told = f"{row['actor_id'] or row['actor_kind']} {row['action']} {row['outcome']}"
    return f"<{priority}>1 {row['at']} {node} backstop {schema} {action} {data} \ufeff{told}"


def framed(message: str) -> bytes:
    """Return a message as it goes over TCP: its length before it (RFC 6587)."""
    body = message.encode()
    return f"{len(body)} ".encode() + body


def _structured(row: Mapping[str, Any]) -> str:
    told = [(name, row[name]) for name in SAID]
    told += [(name, row[name]) for name in MORE if name in row]
    pairs = " ".join(f'{name}="{_escaped(str(value))}"' for name, value in told)
    return f"[audit@{ENTERPRISE} {pairs}]"


def _escaped(value: str) -> str:
    for character in '\\"]':
        value = value.replace(character, f"\\{character}")
    return value
