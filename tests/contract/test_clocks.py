"""No rule asks the database what time it is: its host may have another clock than the node's."""

import re
from collections.abc import Iterator

import pytest

from backstop.suite import MEMBERS
from tests.contract.tree import ROOT

PLACES = ("backstop", "services", "shared")
ASKS = re.compile(
    r"func\.(?:now|current_\w+|local\w+|\w*_timestamp|timeofday)\b"
    r"|\b(?:CURRENT_(?:DATE|TIME\w*)|LOCALTIME\w*|\w+_timestamp\(\)|current_date|'now')"
)
"""What PostgreSQL's clock is read with; `now()` in raw SQL is told apart from a method below."""
RAW_NOW = re.compile(r"(?<![\w.])now\(\)")
AS_DEFAULT = re.compile(r"server_default=(?:sa\.)?func\.now\(\)")
FIRST_MONTHS = "ensure_journal_partitions(current_date, 3)"
"""The partitions of a new database; later the node asks for those of its own time."""
BY_DATABASE = {
    "audit_seal.sealed_at": "shown beside the seal",
    "handset.arrived_at": "shown in the embedded handset",
    "journal.recorded_at": "the partition in which a row lies",
    "messages.queued_at": "the order of a list",
}
"""Columns that the database fills; nothing is decided by them."""
BY_NODE = {
    "outbox.written_at",
    "inbox.heard_at",
    "waiting.kept_at",
    "parked.parked_at",
    "outgoing.posted_at",
    "outgoing.next_at",
    "held.arrived_at",
}
"""Columns with such a default that the node fills all the same."""


def lines_that_ask() -> Iterator[str]:
    """Yield each line of the product, but for migrations, that reads the database's clock."""
    for file in sorted(file for place in PLACES for file in (ROOT / place).rglob("*.py")):
        if "migrations" in file.parts:
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            code = AS_DEFAULT.sub("", line).replace(FIRST_MONTHS, "")
            if ASKS.search(code) or (RAW_NOW.search(code) and is_sql(code)):
                yield f"{file.relative_to(ROOT)}: {line.strip()}"


def is_sql(line: str) -> bool:
    """Tell whether a line holds a statement."""
    return bool(re.search(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|VALUES|SET|text\()", line))


def test_no_statement_reads_the_clock_of_the_database() -> None:
    assert list(lines_that_ask()) == []


@pytest.mark.parametrize(
    "line",
    [
        "values(sent_at=func.now())",
        "select(func.clock_timestamp())",
        'text("DELETE FROM x WHERE at < now()")',
        'text("SELECT CURRENT_TIMESTAMP")',
    ],
)
def test_such_a_line_would_be_found(line: str) -> None:
    assert ASKS.search(line) or (RAW_NOW.search(line) and is_sql(line))


def test_what_the_database_dates_is_known() -> None:
    dated = {
        f"{table.name}.{column.name}"
        for member in MEMBERS.values()
        for table in member.metadata.tables.values()
        for column in table.c
        if "now()" in str(getattr(column.server_default, "arg", ""))
    }

    assert dated == BY_DATABASE.keys() | BY_NODE
