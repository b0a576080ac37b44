"""Tokens of other systems: what each may do and until when, and only a hash of what it is."""

from sqlalchemy import Column, DateTime, Index, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

Instant = DateTime(timezone=True)


def tokens_table(metadata: MetaData) -> Table:
    """Declare the tokens; `earlier_hash` is the one that was rotated away and still opens."""
    table = Table(
        "tokens",
        metadata,
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("about", Text, nullable=False),
        Column("scopes", ARRAY(Text), nullable=False),
        Column("networks", ARRAY(Text), nullable=False),
        Column("secret_hash", Text, nullable=False),
        Column("earlier_hash", Text),
        Column("earlier_until", Instant),
        Column("created_at", Instant, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("expires_at", Instant, nullable=False),
        Column("rotated_at", Instant),
        Column("revoked_at", Instant),
        Column("used_at", Instant),
        Column("used_from", Text),
    )
    Index(
        "uq_tokens_name", table.c.name, unique=True, postgresql_where=table.c.revoked_at.is_(None)
    )
    return table
