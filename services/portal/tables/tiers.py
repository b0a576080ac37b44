"""What the projection knows of other tiers: who holds a case, hand-overs, supervisions.

A case is one row however many nodes speak of it. `node` columns name the node that said it.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

Instant = DateTime(timezone=True)


def between_tiers() -> tuple[Column[Any], ...]:
    """Return the columns of a case that other nodes have a part in."""
    return (
        Column("origin", Text),
        Column("holder", Text),
        Column("holder_epoch", Integer),
        _flag("is_ours", "was registered or taken over here, be it given back since"),
        _flag("is_away", "ours, and another node works on it or has its result under way"),
        _flag("is_below", "open and held by a tier below, be it ours or not"),
        _flag("is_awaited", "finished here, and the person has the word"),
        Column("told_rank", BigInteger, comment="how well the one knew who told what it is about"),
        Column("received_at", Instant),
        Column(
            "unit_node", Text, comment="of the unit that is shown; its code only if it is ours"
        ),
        Column("finished_node", Text),
        Column("incoming_id", Uuid),
        Column("incoming_from", Text),
        Column("incoming_at", Instant),
        Column("offered_id", Uuid),
        Column("offered_to", Text),
        Column("reported_from", Text),
        Column("reported_at", Instant),
        Column("reported_because", Text),
        Column("supervised_until", Instant, comment="the next answer that this node owes"),
        Column("erased_at", Instant, comment="its personal data were destroyed here"),
        Column("amendment", Integer, comment="the last correction that is shown"),
        Column("held_at", Instant, comment="a legal hold stands since, at this node"),
        Column("held_by", Text, comment="the role of who set it"),
        Column("held_because", Text),
        Column("hold_review_on", Date),
        Column("asked_until", Instant, comment="the next answer that is owed to this node"),
    )


def _flag(name: str, comment: str) -> Column[Any]:
    # The code before this column was there goes on writing rows without it.
    return Column(name, Boolean, nullable=False, server_default=false(), comment=comment)


def hand_overs_table(metadata: MetaData) -> Table:
    """Declare the hand-overs: what was offered, what was answered, when custody moved."""
    table = Table(
        "hand_overs",
        metadata,
        Column("hand_over_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("epoch", Integer, nullable=False),
        Column("round", Integer),
        Column("kind", Text),
        Column("from_node", Text),
        Column("to_node", Text),
        Column("state", Text, nullable=False),
        Column("because", Text),
        Column("ground", Text),
        Column("legal_basis", Text),
        Column("outcome", Text),
        Column("answer_masked", Text),
        Column("offered_at", Instant),
        Column("withdrawn_at", Instant),
        Column("withdrawn_because", Text),
        Column("accepted", Boolean),
        Column("answered_at", Instant),
        Column("refusal_ground", Text),
        Column("refusal_basis", Text),
        Column("note_masked", Text),
        Column("handed_at", Instant),
    )
    Index(None, table.c.case_id)
    return table


def supervisions_table(metadata: MetaData) -> Table:
    """Declare what tiers above asked tiers below, and nodes their units, and the answers."""
    table = Table(
        "supervisions",
        metadata,
        Column("supervision_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("from_node", Text),
        Column("to_node", Text),
        Column("text_masked", Text),
        Column("ordered_at", Instant),
        Column("answer_by", Instant),
        Column("reached", JSONB(none_as_null=True), comment="by node: when it came there"),
        Column("read_from", Text),
        Column("read_at", Instant),
        Column("answered_from", Text),
        Column("answered_at", Instant),
        Column("answer_masked", Text),
        Column("unit_code", Text, comment="of the node that is asked, where a unit is"),
    )
    Index(None, table.c.case_id)
    return table


def node_facts_table(metadata: MetaData) -> Table:
    """Declare what nodes tell of themselves: of each thing of a node the last fact."""
    table = Table(
        "node_facts",
        metadata,
        Column("fact_id", Uuid, primary_key=True),
        Column("node", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("about", Text, nullable=False),
        Column("said_at", Instant, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("body", JSONB, nullable=False),
    )
    Index(None, table.c.name, table.c.about)
    return table
