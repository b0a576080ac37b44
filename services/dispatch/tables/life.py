"""What happens to an order between signature and result."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid

from services.dispatch.tables.base import metadata
from services.dispatch.tables.orders import orders
from services.dispatch.tables.parts import parts

work_log = Table(
    "work_log",
    metadata,
    Column("work_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("done_at", DateTime(timezone=True), nullable=False),
    Column("place_masked", Text, nullable=False),
    Column("people_masked", Text, nullable=False),
    Column("note_masked", Text, nullable=False),
    Column("part_id", Uuid, ForeignKey(parts.c.part_id), index=True),
)
"""What a unit wrote down of its work; `done_at` is when it was done, `at` when it was written.
With a part it is the work of that part's unit, else of the lead."""

material_requests = Table(
    "material_requests",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("answer_by", DateTime(timezone=True), nullable=False),
    Column("materials_masked", Text, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("how", Text),
    Column("note_masked", Text, nullable=False, server_default=""),
)
Index(
    "uq_material_requests_open",
    material_requests.c.order_id,
    unique=True,
    postgresql_where=material_requests.c.ended_at.is_(None),
)

extensions = Table(
    "extensions",
    metadata,
    Column("extension_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_by", Text),
    Column("days", Integer, nullable=False),
    Column("because", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("granted", Boolean),
    Column("decided_because", Text),
)
Index(
    "uq_extensions_open",
    extensions.c.order_id,
    unique=True,
    postgresql_where=extensions.c.decided_at.is_(None),
)
