"""The authority table: which tier may handle which item."""

from sqlalchemy import Column, Date, Table, Text

from services.dispatch.tables.base import metadata

authority = Table(
    "authority",
    metadata,
    Column("item_code", Text, primary_key=True),
    Column("tier", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("legal_basis", Text, nullable=False),
)
"""`region` is the significant part of a code, empty for everywhere; `valid_until` the last day."""
