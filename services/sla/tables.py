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
    Column("accepted_at", DateTime(timezone=True)),
    Column("region", Text),
    Column("channel", Text),
    Column("item_code", Text),
    Column("demand", Text),
    Column("urgency", Text),
    Column("answered_round", Integer, nullable=False, server_default="0"),
    Column("complexity", Text),
    Column("complexity_before", Text),
    Column("complexity_at", DateTime(timezone=True)),
)
"""How far the rounds of a case have come, the last epoch of custody that came here or left, and on
what its limits depend; `urgency` is that of its last order that has one, `complexity` what
somebody has put right since, `complexity_before` what it was thought to be, and `complexity_at`
when. `answered_round` is the last one that its person rated."""

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
    Column("limit_set", Integer),
    Column("limit_row", Text),
    Column("level", SmallInteger, nullable=False, server_default="0"),
    Column("sign_by", DateTime(timezone=True)),
    Column("signed_at", DateTime(timezone=True)),
)
"""`limit_rule` is the limit as it was promised, `limit_row` the row of the version `limit_set`
that says so, 0 being the settings of the node, -1 a word of whoever asked for help; NULL for a
clock of an earlier release. While a clock rests, `next_step_at` is when it runs on by itself.
`level` is how high it has climbed on its ladder. Of an order `sign_by` is until when its unit
signs, `signed_at` when it did; NULL for what nobody signs for, and for a clock of an earlier
release."""
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

steps_taken = Table(
    "steps_taken",
    metadata,
    Column("clock_id", Uuid, primary_key=True),
    Column("level", SmallInteger, primary_key=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("row", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("whom", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
    Column("late", Boolean, nullable=False),
)
"""What followed from limits: of one clock each level once. `late` is longer after its moment than
the sweep needs; a reminder has its moment at the end of the quiet hours."""

notices = Table(
    "notices",
    metadata,
    Column("notice_id", Uuid, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("issued_on", Date),
    Column("days", JSONB, nullable=False),
    Column("region", Text, nullable=False, server_default=""),
    Column("unit_code", Text, nullable=False, server_default=""),
    Column("weeks", JSONB, nullable=False, server_default="[]"),
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
`told_at` when the tiers below were told of it last. `region` and `unit_code` say whose a local one
is, both empty for the country; of each year and scope one counts."""
Index(
    "uq_notices_signed",
    notices.c.year,
    notices.c.region,
    notices.c.unit_code,
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
    Column("limit_sets", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("moved_to", Integer, nullable=False, server_default="0"),
)
"""One row: by which signed notices and versions of the limits is counted, and to which version
open cases were moved. Who starts a clock holds it until the commit, so that whoever signs knows
every clock that was started before."""

years_told = Table(
    "years_told",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("calendar_version", Text, nullable=False),
)
"""By which calendar the other services of the node were told which days of a year are worked."""

local_days_told = Table(
    "local_days_told",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("unit_code", Text, primary_key=True),
    Column("calendar_version", Text, nullable=False),
)
"""Likewise what is local, of a unit with its own notice or, without a code, of all others."""

limit_sets = Table(
    "limit_sets",
    metadata,
    Column("set_id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("based_on", Uuid),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("edition", Integer, nullable=False, server_default="0"),
    Column("moves", Boolean, nullable=False, server_default="false"),
    Column("rows", JSONB, nullable=False),
    Column("ladders", JSONB(none_as_null=True)),
    Column("tier", Text, nullable=False),
    Column("first_by", Text),
    Column("first_name", Text),
    Column("first_at", DateTime(timezone=True)),
    Column("second_by", Text),
    Column("second_name", Text),
    Column("second_at", DateTime(timezone=True)),
    Column("live_from", DateTime(timezone=True)),
    Column("moved_at", DateTime(timezone=True)),
)
"""A version of the limits: `draft` until two persons signed the same edition of it, then `signed`
for ever. `moves` tells that open cases move to it, `moved_at` since when they do. `ladders`
is NULL in a version of an earlier release: then those that come with the program count."""
Index(
    "uq_limit_sets_draft",
    limit_sets.c.state,
    unique=True,
    postgresql_where=limit_sets.c.state == "draft",
)

limit_replays = Table(
    "limit_replays",
    metadata,
    Column("replay_id", Uuid, primary_key=True),
    Column("set_id", Uuid, nullable=False, index=True),
    Column("edition", Integer, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_name", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("total", Integer, nullable=False),
    Column("after_id", Uuid),
    Column("tally", JSONB, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)
"""A replay of past clocks under a draft: what was counted so far, and the last clock of it."""
Index(
    "ix_limit_replays_running",
    limit_replays.c.asked_at,
    postgresql_where=limit_replays.c.state == "running",
)

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
    Column("region", Text, nullable=False, server_default=""),
    Column("unit_code", Text, nullable=False, server_default=""),
)
"""How far the running clocks have been gone through since a notice was signed, or a version of the
limits that moves open cases: then `notice_id` is its id. `after_…` is the last one that was looked
at, so that the next batch goes on there. After a local notice only clocks of its scope are looked
at."""
Index(
    "ix_recomputes_open", recomputes.c.started_at, postgresql_where=recomputes.c.ended_at.is_(None)
)

terms = Table(
    "terms",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("complexity", Text),
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
