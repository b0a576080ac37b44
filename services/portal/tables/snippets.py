"""Texts that staff use again and again: their own, and those that their units share."""

from sqlalchemy import Column, DateTime, Index, MetaData, Table, Text, Uuid


def snippets_table(metadata: MetaData) -> Table:
    """Declare them; `unit` shares one, and it is everybody's there once another one approved."""
    table = Table(
        "snippets",
        metadata,
        Column("snippet_id", Uuid, primary_key=True),
        Column("owner", Text, nullable=False),
        Column("unit", Text),
        Column("abbreviation", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        Column("approved_by", Text),
        Column("approved_at", DateTime(timezone=True)),
    )
    Index("uq_snippets_abbreviation", table.c.owner, table.c.abbreviation, unique=True)
    Index("ix_snippets_unit", table.c.unit, postgresql_where=table.c.unit.is_not(None))
    return table
