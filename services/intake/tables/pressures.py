"""What people say of being asked to withdraw."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables.base import metadata

Instant = DateTime(timezone=True)

pressures = Table(
    "pressures",
    metadata,
    Column("pressure_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("text", JSONB(none_as_null=True)),
    Column("text_masked", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("take_back_by", Instant, nullable=False),
)
"""`text` is sealed under the key of the case. It is no part of the case's story, which whoever
works on it reads, and perhaps whoever stands behind the person."""
