"""What the projection knows of parts: what other units than the holder of a case do for it."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
)

Instant = DateTime(timezone=True)


def parts_table(metadata: MetaData) -> Table:
    """Declare the parts; `is_live` while its unit, or the lead, has still something to do."""
    table = Table(
        "parts",
        metadata,
        Column("part_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("node", Text),
        Column("order_id", Uuid),
        Column("round", Integer),
        Column("kind", Text),
        Column("unit_code", Text),
        Column("unit_name", Text),
        Column("task_masked", Text),
        Column("state", Text, nullable=False),
        Column("is_live", Boolean, nullable=False, server_default=false()),
        Column("opened_at", Instant),
        Column("due_at", Instant),
        Column("lamp", Text),
        Column("urged_at", Instant),
        Column("urges", Integer),
        Column("declined_at", Instant),
        Column("decline_ground", Text),
        Column("answered_at", Instant),
        Column("answer_masked", Text),
        Column("dissent_reason", Text),
        Column("legal_basis", Text),
        Column("ended_at", Instant),
        Column("end_why", Text),
        Column("end_note_masked", Text),
    )
    Index(None, table.c.case_id)
    Index(
        "ix_parts_live_of_unit",
        table.c.unit_code,
        table.c.case_id,
        postgresql_where=table.c.is_live,
    )
    return table
