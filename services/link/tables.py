"""The rows link owns: cases and their masked facts, parcels both ways, the state of each link."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.audit import AUDITOR
from shared.db import insert_only, new_metadata
from shared.unit import plumbing_tables

metadata = new_metadata("link")

Instant = DateTime(timezone=True)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("via", Text),
    Column("shares", ARRAY(Text), nullable=False, server_default="{}"),
    Column("former", ARRAY(Text), nullable=False, server_default="{}"),
    Column("person", JSONB(none_as_null=True)),
    Column("complained_of", JSONB(none_as_null=True)),
    Column("erased_at", Instant),
    Column("known_at", Instant),
    Column("told_above", Boolean, nullable=False, server_default=true()),
)
"""`person` is what may be sealed for another node, and `complained_of` the persons of whom it
complains: sealed here, as the events carry it. `former` are neighbours that heard of the case and
did not take it. `known_at` is when its first fact was said, NULL for a case of an earlier release;
`told_above` says that the tier above may have heard of it."""

facts = Table(
    "facts",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("fact_id", Uuid, nullable=False, unique=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("via", Text),
    Column("name", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""The history of each case as other nodes may read it: masked envelopes, in the order heard."""
Index(
    "ix_facts_orders",
    facts.c.fact_id,
    postgresql_where=facts.c.name.in_(
        ("intake.case_amended.v1", "intake.case_erased.v1", "link.order_passed_on.v1")
    ),
)

boxes = Table(
    "boxes",
    metadata,
    Column("hand_over_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("arrived_at", Instant, nullable=False),
)
"""A person sealed for this node, closed until the case is taken over, thrown away if it is not."""

links = Table(
    "links",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("incarnation", Uuid, nullable=False),
    Column("said", BigInteger, nullable=False, server_default="0"),
    Column("received", BigInteger, nullable=False, server_default="0"),
    Column("begun_after", BigInteger, nullable=False, server_default="0"),
    Column("former", Uuid),
    Column("former_said", BigInteger, nullable=False, server_default="0"),
    Column("their_incarnation", Uuid),
    Column("heard", BigInteger, nullable=False, server_default="0"),
    Column("receipted", BigInteger, nullable=False, server_default="0"),
    Column("last_heard_at", Instant),
    Column("last_sent_at", Instant),
    Column("restored_at", Instant),
    Column("they_restored_at", Instant),
)
"""`said` and `received` count this node's parcels; those of `incarnation` are the ones after
`begun_after`, so that a new one numbers no row anew. `former_said` is how many there were of the
incarnation before. `heard` counts the neighbour's, `receipted` is what it was told of that."""

outgoing = Table(
    "outgoing",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("content", Text, nullable=False),
    Column("posted_at", Instant, nullable=False, server_default=func.now()),
    Column("sent_at", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False, server_default=func.now()),
)
"""Parcels until the neighbour has receipted them; they are signed when they go."""

held = Table(
    "held",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("content", Text, nullable=False),
    Column("arrived_at", Instant, nullable=False, server_default=func.now()),
)
"""Parcels that came before one that is missing."""

bundles = Table(
    "bundles",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("incarnation", Uuid, primary_key=True),
    Column("begun_after", BigInteger, nullable=False),
    Column("up_to", BigInteger, nullable=False),
    Column("made_at", Instant, nullable=False),
)
"""Files with parcels that went by hand, until all in them has been receipted: under `incarnation`
they hold the rows after `begun_after`, counted from 1, and end with `up_to`."""

refused = Table(
    "refused",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("peer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Parcels and facts that were not believed, for the operator: by digest, never by content."""
Index(None, refused.c.peer, refused.c.at)
Index(None, refused.c.at)

anchors = Table(
    "anchors",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("node", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("body", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("contradicts", Text),
    Column("kept_at", Instant, nullable=False),
    info={"grants": {"link": ("SELECT", "INSERT"), AUDITOR: ("SELECT",)}},
)
"""Anchors of this node's audits and of those below, exactly as they were signed: only ever added.
`contradicts` says what an anchor of a node below does not fit among those that came before it."""
Index(None, anchors.c.node, anchors.c.digest, unique=True)
Index(None, anchors.c.node, anchors.c.position)

anchor_answers = Table(
    "anchor_answers",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("digest", Text, nullable=False, index=True),
    Column("contradicts", Text),
    Column("answered_at", Instant, nullable=False),
    info={"grants": {"link": ("SELECT", "INSERT"), AUDITOR: ("SELECT",)}},
)
"""What the tier above answered to this node's anchors."""

disclosures = Table(
    "disclosures",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("level", Text, nullable=False),
    Column("since", Instant),
    Column("set_at", Instant, nullable=False),
    Column("told_to", Text),
    info=insert_only("link"),
)
"""What this node let which tier above see: the last row holds, those before are its history."""

cards = Table(
    "cards",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("told", Text),
    Column("told_at", Instant),
    Column("acknowledged", Text),
    Column("acknowledged_at", Instant),
    Column("ended", Text),
    Column("word", Text),
    Column("theirs", Text),
    Column("placed_at", Instant),
    Column("answered", Text),
)
"""The renewal of cards with each neighbour; cards are named by their fingerprints. Of this node's:
the last that the neighbour was told of, the last that it has, and the one before which it was told
that all ended. Of the neighbour's: its last word until it is in place, the last card that was put
in place, and the last that it was told to be there."""

node_facts = Table(
    "node_facts",
    metadata,
    Column("node", Text, primary_key=True),
    Column("fact_id", Uuid, primary_key=True),
    Column("via", Text),
    Column("name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("said", Boolean, nullable=False, server_default=true()),
)
"""The last fact about each thing of each node, exactly as that node signed it. `said` is false of
what no service here was told of so far, because only a later release can read it."""
Index(None, node_facts.c.node, node_facts.c.name)
Index("ix_node_facts_unsaid", node_facts.c.name, postgresql_where=~node_facts.c.said)

plumbing = plumbing_tables(metadata)
