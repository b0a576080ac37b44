"""New telephones that wait for the code which was sent there."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables.base import metadata

Instant = DateTime(timezone=True)

contact_changes = Table(
    "contact_changes",
    metadata,
    Column("change_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False, index=True),
    Column("party", Text, nullable=False),
    Column("complainant", SmallInteger),
    Column("phone", JSONB, nullable=False),
    Column("masked_phone", Text, nullable=False),
    Column("code_hash", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("used_at", Instant),
)
"""The telephone sealed under the key of its case, or of `complainant`; the code as keyed hash."""
