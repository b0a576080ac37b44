"""What came by which channel before, and who does not agree with a no."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables.base import metadata

appeals = Table(
    "appeals",
    metadata,
    Column("appeal_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.case_id"), nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("because", JSONB, nullable=False),
    Column("because_masked", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_by", Text),
    Column("decide_by", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Text),
    Column("decided_name", Text),
    Column("words_masked", Text),
)
"""Appeals against a no, one a case. `because` is sealed; `asked_by` is the account of staff that
took it down for the person, NULL where they did so themselves."""
Index(None, appeals.c.state, appeals.c.decide_by)

outside_ids = Table(
    "outside_ids",
    metadata,
    Column("id_hash", Text, primary_key=True),
    Column("case_id", Uuid, nullable=False),
)
"""Cases by the keyed hash of the id under which their channel knows them: sent twice, it is one.

They outlive an erasure: what is sent once more makes no new case of somebody who was forgotten.
"""
