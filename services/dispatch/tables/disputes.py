"""Disputes about whose a case is, and who looks for the unit of a pooled one."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from services.dispatch.tables.base import metadata
from services.dispatch.tables.cases import cases
from services.dispatch.tables.catalogue import units
from services.dispatch.tables.orders import orders

arbitrations = Table(
    "arbitrations",
    metadata,
    Column("arbitration_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False),
    Column("round", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("unit_code", Text, ForeignKey(units.c.code)),
    Column("because", Text),
    Column("legal_basis", Text),
    Column("waiver_masked", Text),
    Column("rule_id", Uuid),
)
"""`rule_id` is the rule of the catalogue that was drafted from the decision."""
Index(
    "uq_arbitrations_open",
    arbitrations.c.case_id,
    unique=True,
    postgresql_where=arbitrations.c.decided_at.is_(None),
)

opinions = Table(
    "opinions",
    metadata,
    Column("opinion_id", Uuid, primary_key=True),
    Column("arbitration_id", Uuid, ForeignKey(arbitrations.c.arbitration_id), nullable=False),
    Column("party", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code)),
    Column("because", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    UniqueConstraint("arbitration_id", "party"),
)

searchers = Table(
    "searchers",
    metadata,
    Column("account", Text, primary_key=True),
    Column("acted_at", DateTime(timezone=True), nullable=False),
)
"""Accounts of dispatchers and when they last dispatched or took a search: who may be given one."""
