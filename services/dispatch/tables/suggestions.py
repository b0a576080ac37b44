"""What ended orders taught, and how suggestions made of it did."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.orders import orders

lessons = Table(
    "lessons",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("unit_code", Text, primary_key=True),
    Column("finished", Boolean, nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("features", ARRAY(Text), nullable=False),
)
"""One row per case and unit that ended an order of it: finished it, or gave it back.

No row refers to a case: who ends an order holds its case locked, and learning waits for nobody.
"""
Index("ix_lessons_features", lessons.c.features, postgresql_using="gin")

lesson_counts = Table(
    "lesson_counts",
    metadata,
    Column("feature", Text, primary_key=True),
    Column("unit_code", Text, primary_key=True),
    Column("weight", Double, nullable=False),
    Column("lessons", Integer, nullable=False),
)
"""The lessons added up by feature and unit; weights grow with time, see the policy."""

lessons_due = Table(
    "lessons_due",
    metadata,
    Column("case_id", Uuid, primary_key=True),
)
"""Cases that changed since they were learned, or were not learned yet."""

suggestion_tracks = Table(
    "suggestion_tracks",
    metadata,
    Column("odds", Integer, primary_key=True, autoincrement=False),
    Column("asked", Double, nullable=False),
    Column("right", Double, nullable=False),
)
"""How often suggestions of these log odds were right; weights as those of lessons."""

order_suggestions = Table(
    "order_suggestions",
    metadata,
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), primary_key=True),
    Column("confidence", Double, nullable=False),
    Column("right", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("counted", JSONB, nullable=False),
    Column("alike", ARRAY(Uuid), nullable=False),
)
"""Why the system gave an order by itself: how sure it was, what of the case counted, and the
cases most like it."""

suggestion_choices = Table(
    "suggestion_choices",
    metadata,
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), primary_key=True),
    Column("chosen_at", DateTime(timezone=True), nullable=False, index=True),
    Column("taken", Text, nullable=False),
    Column("band", Text, nullable=False),
)
"""What dispatchers made of the suggestions for the cases that they gave by hand."""
