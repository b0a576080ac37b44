"""Catalogues of the tiers above, as they told them, and which own item each of theirs is."""

from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.dispatch.tables.base import metadata

reference_items = Table(
    "reference_items",
    metadata,
    Column("node", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("authority", JSONB, nullable=False),
    Column("said_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("own_code", Text, index=True),
)
"""`own_code` is what this node decided; nothing of theirs is copied into its own items."""
