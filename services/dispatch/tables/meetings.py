"""Coordination meetings of cases: parties, rounds, minutes and the division of duties (N8)."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.cases import cases
from services.dispatch.tables.catalogue import units

meetings = Table(
    "meetings",
    metadata,
    Column("meeting_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("convenor_unit", Text, ForeignKey(units.c.code)),
    Column("convened_by", Text, nullable=False),
    Column("convened_at", DateTime(timezone=True), nullable=False),
    Column("topic_masked", Text, nullable=False),
    Column("bring_masked", Text, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_because", Text),
)
"""`round` is that of the case. Without `convenor_unit` the dispatch desk of the node convenes;
`convened_by` is the account that answers for it. `ended_because` is why it was cancelled."""
Index(
    "uq_meetings_open",
    meetings.c.case_id,
    unique=True,
    postgresql_where=meetings.c.ended_at.is_(None),
)

meeting_parties = Table(
    "meeting_parties",
    metadata,
    Column("party_id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey(meetings.c.meeting_id), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code)),
    Column("name_masked", Text, nullable=False),
    Column("heard_because", Text),
    Column("dismissed_at", DateTime(timezone=True)),
)
"""`name_masked` is a unit's title when it was invited, a company's name, an office or a function.
`heard_because` is why a supervisor lets one be heard of whom the case complains; `dismissed_at`
when a case turned out to complain of a party."""
Index("ix_meeting_parties_unit", meeting_parties.c.unit_code, meeting_parties.c.meeting_id)

meeting_rounds = Table(
    "meeting_rounds",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey(meetings.c.meeting_id), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("place_masked", Text, nullable=False),
    Column("agenda_masked", Text, nullable=False),
    Column("moves", Integer, nullable=False, server_default="0"),
    Column("held_at", DateTime(timezone=True)),
    Column("said_masked", Text),
    Column("result", Text),
    UniqueConstraint("meeting_id", "serial"),
)
"""`moves` counts how often its time or place changed; `held_at` is when it was written down."""
Index(
    "ix_meeting_rounds_planned_at",
    meeting_rounds.c.planned_at,
    postgresql_where=meeting_rounds.c.held_at.is_(None),
)

meeting_presences = Table(
    "meeting_presences",
    metadata,
    Column("round_id", Uuid, ForeignKey(meeting_rounds.c.round_id), primary_key=True),
    Column("party_id", Uuid, ForeignKey(meeting_parties.c.party_id), primary_key=True),
    Column("presence", Text, nullable=False),
    Column("substitute_masked", Text, nullable=False, server_default=""),
)

meeting_minutes = Table(
    "meeting_minutes",
    metadata,
    Column("minutes_id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey(meetings.c.meeting_id), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("conclusion_masked", Text, nullable=False),
    Column("amends_because", Text),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("confirmed_by", Text),
    Column("paper", JSONB(none_as_null=True)),
    UniqueConstraint("meeting_id", "serial"),
)
"""Confirmed ones never change: `paper` is what was confirmed, word for word. Later ones amend."""

meeting_duties = Table(
    "meeting_duties",
    metadata,
    Column("duty_id", Uuid, primary_key=True),
    Column(
        "minutes_id", Uuid, ForeignKey(meeting_minutes.c.minutes_id), nullable=False, index=True
    ),
    Column("serial", Integer, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False),
    Column("company_masked", Text),
    Column("words_masked", Text, nullable=False),
    Column("days", Integer),
    Column("due_on", Date),
    Column("part_id", Uuid),
)
"""`unit_code` answers, also for what a company does; `part_id` is what it became of the order."""
