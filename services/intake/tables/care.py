"""How many persons needed care: numbers alone, which lead to no case."""

from sqlalchemy import Column, Date, Integer, Table, Text

from services.intake.tables.base import metadata

care_counts = Table(
    "care_counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("ground", Text, primary_key=True),
    Column("cases", Integer, nullable=False),
)
