"""Which cases their persons have withdrawn, whether they are here or may still come."""

from sqlalchemy import Column, DateTime, Integer, Table, Text, Uuid

from services.dispatch.tables.base import metadata

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("said_by", Text, primary_key=True),
    Column("round", Integer, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True), nullable=False),
)
"""The last round of a case that was withdrawn, and the node that says so: what another one says
than that which registered the case counts for nothing. No foreign key: the fact may come before
the case does, on the way between two nodes."""
