"""Who may sign in, who is signed in, and who fails to."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY

Instant = DateTime(timezone=True)


def account_tables(metadata: MetaData) -> tuple[Table, Table, Table]:
    """Declare accounts, sessions and failed attempts."""
    return _accounts(metadata), _sessions(metadata), _attempts(metadata)


def _accounts(metadata: MetaData) -> Table:
    return Table(
        "accounts",
        metadata,
        Column("login", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("roles", ARRAY(Text), nullable=False),
        Column("unit_code", Text),
        Column("password_hash", Text, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("changed_at", Instant, nullable=False),
        Column("signed_in_at", Instant),
    )


def _sessions(metadata: MetaData) -> Table:
    table = Table(
        "sessions",
        metadata,
        Column("token_hash", LargeBinary, primary_key=True),
        Column("login", Text, nullable=False),
        Column("started_at", Instant, nullable=False),
        Column("seen_at", Instant, nullable=False),
    )
    Index(None, table.c.login)
    Index(None, table.c.started_at)
    return table


def _attempts(metadata: MetaData) -> Table:
    table = Table(
        "attempts",
        metadata,
        Column("key", Text, primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("failed_at", Instant, nullable=False),
    )
    Index(None, table.c.failed_at)
    return table
