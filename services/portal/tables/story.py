"""What the projection tells of a case: its timeline, and what its person said of each round."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

Instant = DateTime(timezone=True)


def timeline_table(metadata: MetaData) -> Table:
    """Declare the timeline: an entry for each event of a case."""
    table = Table(
        "timeline",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("at", Instant, nullable=False),
        Column("node", Text),
        Column("name", Text, nullable=False),
        Column("params", JSONB, nullable=False),
    )
    Index("ix_timeline_of_case", table.c.case_id, table.c.at, table.c.id)
    return table


def evaluations_table(metadata: MetaData) -> Table:
    """Declare what the person said of each round."""
    table = Table(
        "evaluations",
        metadata,
        Column("evaluation_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("round", Integer, nullable=False),
        Column("level", SmallInteger, nullable=False),
        Column("solved", Boolean, nullable=False),
        Column("reasons", ARRAY(Text), nullable=False),
        Column("text_masked", Text, nullable=False),
        Column("at", Instant, nullable=False),
    )
    Index(None, table.c.case_id)
    return table
