"""The rows of reports that were taken apart."""

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, SmallInteger, Table, Uuid


def splits_table(metadata: MetaData) -> Table:
    """Declare which case was split off which report.

    `serial` counts the parts of a report from 1. A part has no parts of its own.
    """
    return Table(
        "splits",
        metadata,
        Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), primary_key=True),
        Column("first_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False, index=True),
        Column("serial", SmallInteger, nullable=False),
        Column("split_at", DateTime(timezone=True), nullable=False),
    )
