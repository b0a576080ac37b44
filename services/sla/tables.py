"""The rows sla owns."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("limit_rule", Text),
)
"""`limit_rule` is the limit as it was promised; NULL for a clock of an earlier release. While a
clock rests, `next_step_at` is when it runs on by itself."""
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
Index(
    "ix_clocks_running_due_at",
    clocks.c.due_at,
    clocks.c.id,
    postgresql_where=clocks.c.stopped_at.is_(None),
)

notices = Table(
    "notices",
    metadata,
    Column("notice_id", Uuid, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("issued_on", Date),
    Column("days", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("from_node", Text),
    Column("state", Text, nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_name", Text, nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("reviewed_by", Text),
    Column("reviewed_name", Text),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("signed_by", Text),
    Column("signed_name", Text),
    Column("signed_at", DateTime(timezone=True)),
    Column("ended_by", Text),
    Column("ended_name", Text),
    Column("ended_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("told_at", DateTime(timezone=True)),
)
"""Notices of the working calendar, each a version: only those that are signed count. `digest` is
the SM3 of what is in it, the same at every node; `from_node` the tier above that signed it;
`told_at` when the tiers below were told of it last."""
Index(
    "uq_notices_signed",
    notices.c.year,
    unique=True,
    postgresql_where=notices.c.state == "signed",
)
Index(
    "uq_notices_open",
    notices.c.year,
    notices.c.digest,
    unique=True,
    postgresql_where=notices.c.state.in_(("drafted", "reviewed", "arrived")),
)

calendar = Table(
    "calendar",
    metadata,
    Column("only", SmallInteger, primary_key=True),
    Column("digests", ARRAY(Text), nullable=False),
    Column("changed_at", DateTime(timezone=True)),
)
"""One row: by which signed notices is counted. Who starts a clock holds it until the commit, so
that whoever signs a notice knows every clock that was started before."""

recomputes = Table(
    "recomputes",
    metadata,
    Column("recompute_id", Uuid, primary_key=True),
    Column("notice_id", Uuid, nullable=False),
    Column("due_from", DateTime(timezone=True), nullable=False),
    Column("after_due", DateTime(timezone=True)),
    Column("after_id", Uuid),
    Column("to_examine", Integer, nullable=False),
    Column("examined", Integer, nullable=False, server_default="0"),
    Column("moved", Integer, nullable=False, server_default="0"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)
"""How far the running clocks have been gone through since a notice was signed; `after_…` is the
last one that was looked at, so that the next batch goes on there."""
Index(
    "ix_recomputes_open", recomputes.c.started_at, postgresql_where=recomputes.c.ended_at.is_(None)
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
