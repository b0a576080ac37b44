"""The rows review owns: where each case stands with its person, and what people said."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.db import new_metadata
from shared.idempotency import idempotency_table
from shared.unit import plumbing_tables

metadata = new_metadata("review")

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="none"),
    Column("unit_code", Text),
    Column("finished_at", DateTime(timezone=True)),
    Column("answer_by", DateTime(timezone=True)),
)
"""`round` is the last one with a result here, 0 before any; `unit_code` gave that result."""
Index("ix_cases_answer_by", cases.c.answer_by, postgresql_where=cases.c.state == "invited")

evaluations = Table(
    "evaluations",
    metadata,
    Column("evaluation_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False),
    Column("round", Integer, nullable=False),
    Column("unit_code", Text),
    Column("level", SmallInteger, nullable=False),
    Column("solved", Boolean, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("text", JSONB(none_as_null=True)),
    Column("text_masked", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("via", Text, nullable=False),
    UniqueConstraint("case_id", "round"),
)

plumbing = plumbing_tables(metadata)
idempotency = idempotency_table(metadata)
