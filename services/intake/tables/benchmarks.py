"""What other regions can do."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    true,
)

from services.intake.tables.base import metadata

benchmarks = Table(
    "benchmarks",
    metadata,
    Column("benchmark_id", Uuid, primary_key=True),
    Column("item_code", Text),
    Column("item_name", Text, nullable=False),
    Column("normal_title", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("evidence_masked", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("noted_by", Text, nullable=False),
    Column("noted_name", Text, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Column("withdrawn_because_masked", Text),
    Column("origin", Text),
    Column("weighs", Boolean, nullable=False, server_default=true()),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("told_at", DateTime(timezone=True)),
    Column("said_version", BigInteger),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("confirmed_by", Text),
    Column("confirmed_name", Text),
    Column("adopted_from", Uuid),
    Column("adopted_node", Text),
    Column("adopted_edition", Integer),
)
"""A region, by its GB/T 2260 code, can do an item: on which evidence, and within which days.

`origin` is the node that noted it, NULL for this one; `weighs` tells whether the scope test uses
it. Of an own entry `told_at` is when other nodes were told last, of another's when that was said
which stands here, in its `said_version`. What was taken from a tier below names the entry there
and its edition of then. Whoever noted another node's has no name here.
"""
Index(
    "ix_benchmarks_in_use",
    benchmarks.c.normal_title,
    postgresql_where=benchmarks.c.withdrawn_at.is_(None),
)
Index(
    "ix_benchmarks_untold",
    benchmarks.c.noted_at,
    postgresql_where=benchmarks.c.origin.is_(None) & benchmarks.c.told_at.is_(None),
)
Index(
    "uq_benchmarks_adopted",
    benchmarks.c.adopted_from,
    unique=True,
    postgresql_where=benchmarks.c.origin.is_(None) & benchmarks.c.withdrawn_at.is_(None),
)
