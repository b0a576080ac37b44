"""The rows of reports that were taken apart."""

from sqlalchemy import Column, DateTime, ForeignKey, SmallInteger, Table, Uuid

from services.intake.tables.base import metadata

splits = Table(
    "splits",
    metadata,
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), primary_key=True),
    Column("first_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False, index=True),
    Column("serial", SmallInteger, nullable=False),
    Column("split_at", DateTime(timezone=True), nullable=False),
)
"""Which case was split off which report; `serial` counts its parts from 1, which have none."""
