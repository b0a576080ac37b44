"""Cases that this node accepted or took over."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text, Uuid

from services.dispatch.tables.base import metadata

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("item_code", Text),
    Column("item_name", Text),
    Column("complexity", Text, nullable=False),
    Column("title_masked", Text, nullable=False),
    Column("text_masked", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("pool_reason", Text),
    Column("unit_code", Text),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("here", Boolean, nullable=False, server_default="true"),
    Column("origin", Text),
    Column("came_from", Text),
    Column("result_from", Text),
    Column("searcher", Text),
    Column("pooled_at", DateTime(timezone=True)),
    Column("amendment", Integer, nullable=False, server_default="0"),
    Column("channel", Text),
    Column("demand", Text),
    Column("party", Text),
    Column("joined_to", Uuid),
    Column("reclassified_at", DateTime(timezone=True)),
    Index("ix_cases_accepted_at", "accepted_at", "case_id"),
)
"""One row per case that this node accepted or took over; `unit_code` holds it, or held it last.

`epoch` and `here` are the node's custody; `origin` is the node that registered it, `came_from` the
neighbour that gave it, `result_from` the one whose result was the last: None is this node itself.
`searcher` is the account that answers for finding the unit of a pooled case,
`pooled_at` since when it waits, or waited last. `joined_to` is the case whose answer it gets;
what is joined keeps `pool_reason` and `unit_code` as they were. `reclassified_at` is when its
complexity was put right, here or at another node.
"""
Index(
    "ix_cases_item",
    cases.c.item_code,
    cases.c.accepted_at,
    postgresql_where=cases.c.item_code.is_not(None),
)
Index("ix_cases_joined", cases.c.joined_to, postgresql_where=cases.c.state == "joined")
Index(
    "ix_cases_searcher",
    cases.c.searcher,
    postgresql_where=cases.c.searcher.is_not(None),
)
