"""The rows dispatch owns: the catalogue of units, items and places; cases, orders, contacts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.complaints import complaints_table
from shared.db import new_metadata
from shared.idempotency import idempotency_table, sealed_answers
from shared.unit import plumbing_tables

metadata = new_metadata("dispatch")

units = Table(
    "units",
    metadata,
    Column("code", Text, primary_key=True),
    Column("unit_id", Uuid, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("parent", Text, ForeignKey("dispatch.units.code")),
    Column("phone", Text),
    Column("active", Boolean, nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("code", Text, primary_key=True),
    Column("item_id", Uuid, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False),
    Column("complexity", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("region", Text, primary_key=True),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False),
)
"""Who takes what happened in a region; `region` is the significant part of its code."""

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
    Column("amendment", Integer, nullable=False, server_default="0"),
)
"""One row per case that this node accepted or took over; `unit_code` holds it, or held it last.

`epoch` and `here` are the node's custody; `origin` is the node that registered it, `came_from` the
neighbour that gave it, `result_from` the one whose result was the last: None is this node itself.
"""

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

orders = Table(
    "orders",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("complexity", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("dispatched_at", DateTime(timezone=True), nullable=False),
    Column("signed_at", DateTime(timezone=True)),
    Column("attempted_at", DateTime(timezone=True)),
    Column("contacted_at", DateTime(timezone=True)),
    Column("returned_at", DateTime(timezone=True)),
    Column("return_ground", Text),
    Column("legal_basis", Text),
    Column("return_note_masked", Text),
    Column("handed_over_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("answer", JSONB(none_as_null=True)),
    Column("answer_masked", Text),
)
"""`unit_name` as it was at dispatch; `attempted_at` is the last try to reach the person,
`contacted_at` the first that reached them."""
Index("ix_orders_state", orders.c.state, orders.c.order_id)
Index("ix_orders_unit", orders.c.unit_code, orders.c.order_id)
Index("ix_orders_unit_state", orders.c.unit_code, orders.c.state, orders.c.order_id)

contacts = Table(
    "contacts",
    metadata,
    Column("contact_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("way", Text, nullable=False),
    Column("reached", Boolean, nullable=False),
    Column("note_masked", Text, nullable=False),
)

complaints = complaints_table(metadata)
plumbing = plumbing_tables(metadata)
idempotency = idempotency_table(metadata)

sealed = (sealed_answers(idempotency),)
"""What the node's own key seals: sealed anew when that key is renewed."""
