"""What a unit reports of a matter that it cannot settle now, and which days are worked."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.orders import orders

tracking_reports = Table(
    "tracking_reports",
    metadata,
    Column("report_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reported_by", Text, nullable=False),
    Column("explanation", JSONB(none_as_null=True)),
    Column("explanation_masked", Text, nullable=False),
    Column("ground_masked", Text, nullable=False),
    Column("next_on", Date, nullable=False),
    UniqueConstraint("order_id", "serial"),
)
"""`explanation` is sealed under the key of the case; `reported_by` is the account."""

tracking_consents = Table(
    "tracking_consents",
    metadata,
    Column("consent_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reports", Integer, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("because", Text, nullable=False),
)
"""`reports` is how many there were when somebody agreed that it goes on, or did not."""

worked_years = Table(
    "worked_years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("worked", ARRAY(Date), nullable=False),
)
"""The working calendar, as sla tells it."""
