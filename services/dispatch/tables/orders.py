"""Orders of units, and how each tried to reach the person."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.cases import cases
from services.dispatch.tables.catalogue import units

orders = Table(
    "orders",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("complexity", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("dispatched_at", DateTime(timezone=True), nullable=False),
    Column("signed_at", DateTime(timezone=True)),
    Column("reminded_at", DateTime(timezone=True)),
    Column("sign_by", DateTime(timezone=True)),
    Column("forced_at", DateTime(timezone=True)),
    Column("attempted_at", DateTime(timezone=True)),
    Column("contacted_at", DateTime(timezone=True)),
    Column("returned_at", DateTime(timezone=True)),
    Column("return_ground", Text),
    Column("legal_basis", Text),
    Column("return_note_masked", Text),
    Column("handed_over_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("answer", JSONB(none_as_null=True)),
    Column("answer_masked", Text),
    Column("finish_basis", Text),
    Column("evidence_masked", Text),
    Column("override_reason", Text),
    Column("override_masked", Text),
    Column("extensions_most", Integer),
    Column("extension_days", Integer),
)
"""`unit_name` as it was at dispatch; `attempted_at` is the last try to reach the person,
`contacted_at` the first that reached them. `sign_by` is the limit to sign, as sla tells it,
and `forced_at` when the system signed for the unit. A returned order without `return_ground` was
not given back: it was moved, because its unit ended. `override_…` is why it was finished over a
part that was open or dissenting. `extension…` is how far the row of its limit lets it be extended,
NULL where the settings of the node say that."""
Index("ix_orders_state", orders.c.state, orders.c.order_id)
Index("ix_orders_unit", orders.c.unit_code, orders.c.order_id)
Index("ix_orders_unit_state", orders.c.unit_code, orders.c.state, orders.c.order_id)

contacts = Table(
    "contacts",
    metadata,
    Column("contact_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("way", Text, nullable=False),
    Column("reached", Boolean, nullable=False),
    Column("note_masked", Text, nullable=False),
)
