"""What persons did with their cases after registering, and when staff last looked at it."""

from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid

Instant = DateTime(timezone=True)


def said_by_person() -> tuple[Column[Any], ...]:
    """Return the columns of a case for what its person did after registering it."""
    return (
        Column("urges", Integer, comment="in this round; null where it was not urged"),
        Column("urged_round", Integer),
        Column("urged_at", Instant),
        Column("urged_often_at", Instant, comment="when it was urged so often that leaders look"),
        Column("said_at", Instant, comment="when this node last heard something of the person"),
        Column("withdrawn_at", Instant, comment="when its person withdrew it last"),
        Column("withdrawn_round", Integer),
        Column("withdrawn_why", Text),
        Column("withdrawn_by", Text, comment="citizen, or the role of who did it for them"),
        Column("take_back_by", Instant),
        Column("taken_back_at", Instant, comment="when they took that back, which they may once"),
        Column("pressed_at", Instant, comment="when they last said that they were asked to"),
        Column("pressed_masked", Text, comment="for supervisors alone"),
        Column("taken_back_round", Integer, comment="null where nobody had accepted it yet"),
    )


def case_looks_table(metadata: MetaData) -> Table:
    """Declare the looks: one row for an account and a case, and no word of either."""
    return Table(
        "case_looks",
        metadata,
        Column("account", Text, primary_key=True),
        Column("case_id", Uuid, primary_key=True, index=True),
        Column("looked_at", Instant, nullable=False),
    )
