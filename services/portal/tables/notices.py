"""What staff are told, and who is on duty to be told; no replay makes it anew."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

Instant = DateTime(timezone=True)


def notice_tables(metadata: MetaData) -> tuple[Table, Table]:
    """Declare notices, one for each fact and account, and who is on duty at each unit."""
    return _notices(metadata), _unit_duty(metadata)


def _notices(metadata: MetaData) -> Table:
    table = Table(
        "notices",
        metadata,
        Column("notice_id", Uuid, primary_key=True),
        Column("login", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("case_id", Uuid),
        Column("unit_name", Text),
        Column("about_at", Instant),
        Column("ref", Uuid),
        Column("told_at", Instant, nullable=False),
        Column("read_at", Instant),
        comment="notice_id is the fact; unit_name who acted; about_at the moment that matters",
    )
    c = table.c
    Index("ix_notices_of_account", c.login, c.told_at, c.notice_id)
    Index("ix_notices_unread", c.login, postgresql_where=c.read_at.is_(None))
    Index("ix_notices_case_id", c.case_id, postgresql_where=c.case_id.is_not(None))
    Index("ix_notices_told_at", c.told_at)
    return table


def _unit_duty(metadata: MetaData) -> Table:
    return Table(
        "unit_duty",
        metadata,
        Column("unit_code", Text, primary_key=True),
        Column("crews", JSONB, nullable=False, server_default="[]"),
        Column("has_phone", Boolean, nullable=False, server_default=false()),
        comment="who is on duty now, by account; whether notify has a telephone of the unit",
    )
