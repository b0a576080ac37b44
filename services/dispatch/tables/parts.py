"""Parts of orders: what other units than the lead do for them."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    false,
)

from services.dispatch.tables.base import metadata
from services.dispatch.tables.cases import cases
from services.dispatch.tables.catalogue import units
from services.dispatch.tables.orders import orders

Instant = DateTime(timezone=True)

parts = Table(
    "parts",
    metadata,
    Column("part_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("task_masked", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("by_lead", Boolean, nullable=False, server_default=false()),
    Column("due_at", Instant),
    Column("sign_by", Instant),
    Column("urged_at", Instant),
    Column("urges", Integer, nullable=False, server_default="0"),
    Column("declined_at", Instant),
    Column("decline_ground", Text),
    Column("answered_at", Instant),
    Column("answered_by", Text),
    Column("answer_masked", Text),
    Column("dissent_reason", Text),
    Column("legal_basis", Text),
    Column("ended_at", Instant),
    Column("end_why", Text),
    Column("end_note_masked", Text),
)
"""`order_id` is the lead's order; `by_lead`: it asked for the part itself. `due_at` and `sign_by`
are as sla tells them; `opened_by` and `answered_by` are accounts. `answer_masked`, `legal_basis`
are what the unit said last: its answer, its dissent, or why the part is not its matter."""
Index(
    "uq_parts_unsettled",
    parts.c.order_id,
    parts.c.unit_code,
    parts.c.kind,
    unique=True,
    postgresql_where=parts.c.state.in_(("open", "dissenting")),
)
Index("ix_parts_unit", parts.c.unit_code, parts.c.part_id)
