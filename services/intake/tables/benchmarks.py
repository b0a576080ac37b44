"""What other regions can do."""

from sqlalchemy import Column, Date, DateTime, Index, Table, Text, Uuid

from services.intake.tables.base import metadata

benchmarks = Table(
    "benchmarks",
    metadata,
    Column("benchmark_id", Uuid, primary_key=True),
    Column("item_code", Text),
    Column("item_name", Text, nullable=False),
    Column("normal_title", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("evidence_masked", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("noted_by", Text, nullable=False),
    Column("noted_name", Text, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Column("withdrawn_because_masked", Text),
)
"""A region, by its GB/T 2260 code, can do an item: on which evidence, and within which days."""
Index(
    "ix_benchmarks_in_use",
    benchmarks.c.normal_title,
    postgresql_where=benchmarks.c.withdrawn_at.is_(None),
)
