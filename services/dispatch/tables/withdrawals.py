"""Which cases their persons have withdrawn, whether they are here or may still come."""

from sqlalchemy import Column, DateTime, Integer, Table, Uuid

from services.dispatch.tables.base import metadata

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("round", Integer, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True), nullable=False),
)
"""One row a case, of its last round that was withdrawn. No foreign key: the fact may come before
the case does, on the way between two nodes."""
