"""Exports of the ledger: who asked for what, who approved, and the sealed file while it waits."""

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

Instant = DateTime(timezone=True)


def exports_table(metadata: MetaData) -> Table:
    """Declare the exports; `scope` is what was asked for and by whom, `file` is sealed."""
    table = Table(
        "exports",
        metadata,
        Column("export_id", Uuid, primary_key=True),
        Column("state", Text, nullable=False),
        Column("format", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("scope", JSONB, nullable=False),
        Column("rows", Integer, nullable=False),
        Column("done", Integer, nullable=False, server_default="0"),
        Column("asked_by", Text, nullable=False),
        Column("asked_name", Text, nullable=False),
        Column("unit", Text),
        Column("asked_at", Instant, nullable=False),
        Column("decided_by", Text),
        Column("decided_name", Text),
        Column("decided_at", Instant),
        Column("refusal", Text),
        Column("began_at", Instant),
        Column("moved_at", Instant, comment="when its making last went on"),
        Column("ready_at", Instant),
        Column("fetched_at", Instant),
        Column("file", LargeBinary, comment="of the release before: now it lies in pieces"),
    )
    Index(None, table.c.asked_by, table.c.asked_at)
    Index("ix_exports_asked", table.c.asked_at, postgresql_where=table.c.state == "asked")
    Index("ix_exports_ready", table.c.ready_at, postgresql_where=table.c.file.is_not(None))
    ended = table.c.state.in_(("refused", "failed", "fetched", "expired"))
    Index("ix_exports_ended", table.c.asked_at, postgresql_where=ended)
    return table


def file_label(export_id: object) -> str:
    """Return what the file of an export is bound to."""
    return f"export/{export_id}"
