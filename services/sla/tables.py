"""The rows sla owns."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from shared.complaints import complaints_table
from shared.db import new_metadata
from shared.unit import plumbing_tables

metadata = new_metadata("sla")
complaints = complaints_table(metadata)
plumbing = plumbing_tables(metadata)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("finished_round", Integer, nullable=False, server_default="0"),
    Column("reopened_round", Integer, nullable=False, server_default="1"),
    Column("epoch", Integer, nullable=False, server_default="0"),
)
"""How far the rounds of a case have come, and the last epoch of custody that came here or left."""

clocks = Table(
    "clocks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("order_id", Uuid),
    Column("unit_code", Text),
    Column("complexity", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("lamp", Text, nullable=False),
    Column("next_step_at", DateTime(timezone=True)),
    Column("missed_at", DateTime(timezone=True)),
    Column("stopped_at", DateTime(timezone=True)),
    Column("stop_reason", Text),
    Column("paused_at", DateTime(timezone=True)),
    Column("pauses", Integer, nullable=False, server_default="0"),
    Column("calendar_version", Text, nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
)
# While a clock rests, `next_step_at` is when it runs on by itself.
# Also the index by case. A fact said twice under two ids must not start a promise twice.
Index(
    "uq_clocks_promise",
    clocks.c.case_id,
    clocks.c.kind,
    clocks.c.round,
    clocks.c.order_id,
    unique=True,
    postgresql_nulls_not_distinct=True,
)
Index("ix_clocks_order_id", clocks.c.order_id, postgresql_where=clocks.c.order_id.is_not(None))
Index(
    "ix_clocks_next_step_at",
    clocks.c.next_step_at,
    postgresql_where=clocks.c.stopped_at.is_(None) & clocks.c.next_step_at.is_not(None),
)

terms = Table(
    "terms",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("order_id", Uuid),
    Column("unit_code", Text),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("next_step_at", DateTime(timezone=True)),
    Column("near_at", DateTime(timezone=True)),
    Column("over_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
)
"""What has to be done in time without being promised: only what is late is ever said.

running → near → over, and ended from any of them by what was waited for.
"""
Index(
    "ix_terms_next_step_at",
    terms.c.next_step_at,
    postgresql_where=terms.c.ended_at.is_(None) & terms.c.next_step_at.is_not(None),
)
