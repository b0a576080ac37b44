"""Replays of past cases under a draft of the dispatch catalogue."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.rules import catalogues

Instant = DateTime(timezone=True)

simulations = Table(
    "simulations",
    metadata,
    Column("simulation_id", Uuid, primary_key=True),
    Column(
        "catalogue_id", Uuid, ForeignKey(catalogues.c.catalogue_id), nullable=False, index=True
    ),
    Column("edition", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_name", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("total", Integer, nullable=False),
    Column("after_at", Instant),
    Column("after_id", Uuid),
    Column("tally", JSONB, nullable=False),
    Column("report", JSONB),
    Column("ended_at", Instant),
)
"""`running`, then `done`, or `outdated` where the draft changed meanwhile.

`tally` tells how many cases were counted, `after_at` and `after_id` are the last of them: whoever
goes on begins after it.
"""
Index(
    "ix_simulations_running",
    simulations.c.asked_at,
    postgresql_where=simulations.c.state == "running",
)

simulation_ways = Table(
    "simulation_ways",
    metadata,
    Column("simulation_id", Uuid, ForeignKey(simulations.c.simulation_id), primary_key=True),
    Column("before", Text, primary_key=True),
    Column("after", Text, primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("examples", ARRAY(Uuid), nullable=False),
)
"""What a replay that is under way has counted, by where cases went first and where they would go;
the empty code is the pool. A piece of a replay adds to its own rows, however many there are."""
