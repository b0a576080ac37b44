"""Dispatch catalogues: versions, their rules and test cases, and which rule decided an order."""

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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.orders import orders

Instant = DateTime(timezone=True)

catalogues = Table(
    "catalogues",
    metadata,
    Column("catalogue_id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("based_on", Uuid),
    Column("opened_at", Instant, nullable=False),
    Column("edition", Integer, nullable=False, server_default="0"),
    Column("first_by", Text),
    Column("first_name", Text),
    Column("first_at", Instant),
    Column("second_by", Text),
    Column("second_name", Text),
    Column("second_at", Instant),
    Column("live_from", Instant),
)
"""A version: `draft` until two persons signed the same edition of it, then `signed` for ever.

The signed one with the latest `live_from` that has come is in force. `edition` counts changes.
"""
Index(
    "uq_catalogues_draft",
    catalogues.c.state,
    unique=True,
    postgresql_where=catalogues.c.state == "draft",
)
Index("ix_catalogues_live_from", catalogues.c.live_from)

catalogue_rules = Table(
    "catalogue_rules",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column(
        "catalogue_id", Uuid, ForeignKey(catalogues.c.catalogue_id), nullable=False, index=True
    ),
    Column("position", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("conditions", JSONB, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("co_units", ARRAY(Text), nullable=False, server_default="{}"),
    Column("urgency", Text),
    Column("complexity", Text),
    Column("legal_basis", Text, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    UniqueConstraint("catalogue_id", "code"),
)
"""`unit_code` refers to no row: a draft may name a unit that is still to be entered."""

catalogue_tests = Table(
    "catalogue_tests",
    metadata,
    Column("test_id", Uuid, primary_key=True),
    Column(
        "catalogue_id", Uuid, ForeignKey(catalogues.c.catalogue_id), nullable=False, index=True
    ),
    Column("title", Text, nullable=False),
    Column("matter", JSONB, nullable=False),
    Column("unit_code", Text),
)
"""A matter and the unit that it must come to; without a unit it must come to the pool."""

order_rules = Table(
    "order_rules",
    metadata,
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), primary_key=True),
    Column("catalogue", Integer, nullable=False),
    Column("rule_code", Text, nullable=False),
    Column("rule_title", Text, nullable=False),
    Column("met", JSONB, nullable=False),
    Column("co_units", ARRAY(Text), nullable=False),
    Column("urgency", Text),
    Column("complexity", Text),
    Column("legal_basis", Text, nullable=False),
)
"""The rule of which version decided an order, and what it said beside the unit."""
