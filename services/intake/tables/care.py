"""Who needs care and who speaks for whom, beside a case; how many there were leads to no case."""

from sqlalchemy import Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake.tables.base import metadata

care_counts = Table(
    "care_counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("ground", Text, primary_key=True),
    Column("cases", Integer, nullable=False),
)


def party_columns() -> list[Column[object]]:
    """Return what a case keeps of its parties beside persons: grounds are sealed, measures not."""
    return [
        Column("care", JSONB(none_as_null=True)),
        Column("measures", ARRAY(Text)),
        Column("authority", JSONB(none_as_null=True)),
        Column("others", JSONB(none_as_null=True)),
    ]
