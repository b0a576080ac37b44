"""Who is on duty: people, posts, shifts, absences, and when nobody was."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.catalogue import units
from shared.security.resealing import SealedColumn

duty_people = Table(
    "duty_people",
    metadata,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False, index=True),
    Column("duties", ARRAY(Text), nullable=False),
    Column("phone", LargeBinary),
    Column("active", Boolean, nullable=False),
)
"""Accounts of staff with the kinds of duty they do; `phone` is sealed by the node's key."""

duty_posts = Table(
    "duty_posts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("unit_code", Text, ForeignKey(units.c.code), primary_key=True),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
    Column("weekdays", ARRAY(SmallInteger), nullable=False),
    Column("open_on", ARRAY(Date), nullable=False),
    Column("closed_on", ARRAY(Date), nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Where somebody must be on duty: `weekdays` from 1 for Monday, but for the days named."""

shifts = Table(
    "shifts",
    metadata,
    Column("shift_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("begins", DateTime(timezone=True), nullable=False),
    Column("ends", DateTime(timezone=True), nullable=False),
    Column("login", Text, ForeignKey(duty_people.c.login), nullable=False),
    Column("substitutes", ARRAY(Text), nullable=False),
    ForeignKeyConstraint(["kind", "unit_code"], [duty_posts.c.kind, duty_posts.c.unit_code]),
)
"""A crew at a post; `substitutes` are logins, the first to be called first."""
Index("ix_shifts_post", shifts.c.kind, shifts.c.unit_code, shifts.c.begins)
Index("ix_shifts_ends", shifts.c.ends)

absences = Table(
    "absences",
    metadata,
    Column("absence_id", Uuid, primary_key=True),
    Column("login", Text, ForeignKey(duty_people.c.login), nullable=False, index=True),
    Column("begins", DateTime(timezone=True), nullable=False),
    Column("ends", DateTime(timezone=True), nullable=False, index=True),
    Column("ground", Text, nullable=False),
)

duty_gaps = Table(
    "duty_gaps",
    metadata,
    Column("gap_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("begins", DateTime(timezone=True), nullable=False),
    Column("ends", DateTime(timezone=True), nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("filled", Boolean),
)
"""When nobody is on duty at an open post; ended when somebody is, or when the time is over."""
Index(
    "uq_duty_gaps_open",
    duty_gaps.c.kind,
    duty_gaps.c.unit_code,
    duty_gaps.c.begins,
    duty_gaps.c.ends,
    unique=True,
    postgresql_where=duty_gaps.c.ended_at.is_(None),
)

duty_told = Table(
    "duty_told",
    metadata,
    Column("unit_code", Text, ForeignKey(units.c.code), primary_key=True),
    Column("crews", JSONB, nullable=False),
)
"""Who was said to be on duty last: for each open post the accounts of who is there."""


local_years = Table(
    "local_years",
    metadata,
    Column("unit_code", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("days", JSONB, nullable=False),
)
"""On which days a unit works otherwise than the country, as sla tells it; without a code what
holds for units that have no notice of their own."""


def phone_label(login: str) -> str:
    """Return what the telephone of a person on duty is bound to."""
    return f"duty_phone/{login}"


sealed_phones = SealedColumn(duty_people.c.phone, lambda row: phone_label(row.login))
