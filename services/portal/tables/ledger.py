"""What people keep of the ledger: views under a name, and what became of many cases at once."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
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


def view_tables(metadata: MetaData) -> tuple[Table, Table]:
    """Declare the views, and with which of them the ledger begins for whom."""
    views = Table(
        "ledger_views",
        metadata,
        Column("view_id", Uuid, primary_key=True),
        Column("owner", Text, nullable=False),
        Column("owner_name", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("shared", Text, nullable=False, comment="own, unit or node"),
        Column("unit_code", Text, comment="of the owner when it was shared in the unit"),
        Column("asked", Text, nullable=False, comment="filters, order and columns as an address"),
        Column("words", Text, nullable=False, server_default=""),
        Column("changed_at", Instant, nullable=False),
    )
    Index(None, views.c.owner)
    shared = views.c.shared != "own"
    Index("ix_ledger_views_shared", views.c.shared, views.c.unit_code, postgresql_where=shared)
    firsts = Table(
        "ledger_firsts",
        metadata,
        Column("login", Text, primary_key=True),
        Column("view_id", ForeignKey(views.c.view_id, ondelete="CASCADE"), nullable=False),
    )
    Index(None, firsts.c.view_id)
    return views, firsts


def run_tables(metadata: MetaData) -> tuple[Table, Table]:
    """Declare the runs over many cases, and their lines, one a case."""
    runs = Table(
        "bulk_runs",
        metadata,
        Column("run_id", Uuid, primary_key=True),
        Column("login", Text, nullable=False),
        Column("act", Text, nullable=False),
        Column("told", JSONB, nullable=False, comment="what was chosen for all; words masked"),
        Column("began_at", Instant, nullable=False),
        Column("ended_at", Instant),
    )
    Index(None, runs.c.login, runs.c.began_at)
    Index(None, runs.c.began_at)
    lines = Table(
        "bulk_lines",
        metadata,
        Column("run_id", ForeignKey(runs.c.run_id, ondelete="CASCADE"), primary_key=True),
        Column("serial", Integer, primary_key=True),
        Column("number", Text, nullable=False),
        Column("state", Text, nullable=False, server_default="waiting"),
        Column("said", Text, comment="why it was refused, in a sentence of the house"),
        Column("tried_at", Instant),
    )
    return runs, lines


def pieces_table(metadata: MetaData, exports: Table) -> Table:
    """Declare the pieces of the files of exports, each sealed by itself."""
    return Table(
        "export_pieces",
        metadata,
        Column("export_id", ForeignKey(exports.c.export_id, ondelete="CASCADE"), primary_key=True),
        Column("serial", Integer, primary_key=True),
        Column("size", Integer, nullable=False, comment="bytes before it was sealed"),
        Column("piece", LargeBinary, nullable=False),
    )


def piece_label(export_id: object, serial: int) -> str:
    """Return what a piece of a file is bound to."""
    return f"export/{export_id}/{serial}"
