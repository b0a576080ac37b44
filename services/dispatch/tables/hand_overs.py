"""Offers of custody, and the ledger of it that is shared with each neighbour."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata

hand_overs = Table(
    "hand_overs",
    metadata,
    Column("hand_over_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("number", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("peer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("ground", Text),
    Column("legal_basis", Text),
    Column("note_masked", Text),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    Column("told", JSONB, nullable=False),
)
"""Offers of custody, made (`out`) and heard (`in`); `told` is the offer as it was said.

No foreign key: an offer is heard before there is a row of its case.
"""
Index(
    "uq_hand_overs_offered",
    hand_overs.c.case_id,
    unique=True,
    postgresql_where=(hand_overs.c.state == "open") & (hand_overs.c.direction == "out"),
)
Index(
    "ix_hand_overs_open",
    hand_overs.c.direction,
    hand_overs.c.hand_over_id,
    postgresql_where=hand_overs.c.state == "open",
)

Index("ix_hand_overs_peer", hand_overs.c.peer, hand_overs.c.case_id)

custody_talks = Table(
    "custody_talks",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("told", BigInteger, nullable=False, server_default="0"),
    Column("asked_at", DateTime(timezone=True)),
    Column("heard", BigInteger, nullable=False, server_default="0"),
    Column("heard_at", DateTime(timezone=True)),
    Column("compared_at", DateTime(timezone=True)),
)
"""How far the ledger shared with a neighbour is compared: `told` counts what this node said of it,
`heard` and `heard_at` are number and moment of the last that the neighbour said."""

custody_differences = Table(
    "custody_differences",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("differs", ARRAY(Text), nullable=False),
    Column("epoch_here", Integer),
    Column("epoch_there", Integer),
    Column("holder_here", Text),
    Column("holder_there", Text),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("cleared_at", DateTime(timezone=True)),
)
"""Entries in which the two copies of the ledger differ, or differed until `cleared_at`."""
