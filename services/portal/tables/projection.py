"""The projection: what desks, case pages and boards read; all of it can be built anew.

Nothing here is the truth. No foreign keys: between speakers no order is guaranteed, so any row may
be born before the one it belongs to.
"""

from dataclasses import dataclass, fields
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
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from services.portal.tables.list_indexes import index_lists
from services.portal.tables.looks import said_by_person
from services.portal.tables.parts import parts_table
from services.portal.tables.story import evaluations_table, timeline_table
from services.portal.tables.tiers import (
    between_tiers,
    hand_overs_table,
    node_facts_table,
    supervisions_table,
)

Instant = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class Projection:
    """The tables of one projection: the live one, or the one a replay builds beside it."""

    cases: Table
    words: Table
    orders: Table
    clocks: Table
    timeline: Table
    evaluations: Table
    units: Table
    items: Table
    reached: Table
    counts: Table
    hand_overs: Table
    supervisions: Table
    node_facts: Table
    parts: Table

    @property
    def all(self) -> tuple[Table, ...]:
        """Every table, in the order they are swapped."""
        return tuple(getattr(self, field.name) for field in fields(self))


def projection_tables(metadata: MetaData) -> Projection:
    """Declare one projection in the schema of this metadata."""
    return Projection(
        cases=_cases(metadata),
        words=_words(metadata),
        orders=_orders(metadata),
        clocks=_clocks(metadata),
        timeline=timeline_table(metadata),
        evaluations=evaluations_table(metadata),
        units=_units(metadata),
        items=_items(metadata),
        reached=_reached(metadata),
        counts=_counts(metadata),
        hand_overs=hand_overs_table(metadata),
        supervisions=supervisions_table(metadata),
        node_facts=node_facts_table(metadata),
        parts=parts_table(metadata),
    )


def _cases(metadata: MetaData) -> Table:
    table = Table(
        "cases",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        *_told(),
        *_standing(),
        *_promises(),
        *_result(),
        *between_tiers(),
        *_complaint(),
        *said_by_person(),
        Column("sort_at", Instant),
        comment="one row per case; sort_at is when somebody must act, or when it came to rest",
    )
    Index(None, table.c.number)
    index_lists(table)
    return table


def _told() -> tuple[Column[Any], ...]:
    return (
        Column("number", Text),
        Column("title_masked", Text),
        Column("text_masked", Text),
        Column("channel", Text),
        Column("region", Text),
        Column("item_code", Text),
        Column("item_name", Text),
        Column("complexity", Text),
        Column("reclassified_at", Instant, comment="when the complexity was put right"),
        Column("demand", Text),
        Column("attempts", Integer),
        Column("party_kind", Text),
        Column("person_masked", Text),
        Column("phone_masked", Text),
        Column("agent_masked", Text),
        Column("name_withheld", Boolean),
        Column("measures", ARRAY(Text)),
        Column("others", ARRAY(Text)),
        Column("authority", JSONB),
        Column("helper_login", Text),
        Column("helper_name", Text),
    )


def _standing() -> tuple[Column[Any], ...]:
    return (
        Column("status", Text, nullable=False),
        Column("is_open", Boolean, nullable=False),
        Column("is_at_rest", Boolean, nullable=False),
        Column("round", Integer, nullable=False),
        Column("registered_at", Instant),
        Column("accepted_at", Instant),
        Column("declined_at", Instant),
        Column("decline_reason", Text),
        Column("decline_basis", Text),
        Column("decline_explanation", Text),
        Column("decline_guide", Text),
        Column("order_id", Uuid),
        Column("unit_code", Text),
        Column("unit_name", Text),
        Column("pool_reason", Text),
        Column("pooled_at", Instant),
        Column("pooled_round", Integer),
        Column("pooled_epoch", Integer),
        Column("pooled_version", BigInteger),
        *(Column(f"joined_{name}", BigInteger) for name in ("round", "epoch", "version")),
        Column("searcher", Text),
        Column("escalated_at", Instant),
        Column("extension_at", Instant),
        Column("consent_at", Instant, comment="since when further tracking waits for consent"),
        Column("arbitration_id", Uuid),
        Column("arbitrating_at", Instant),
        Column(
            "helping_units",
            ARRAY(Text),
            comment="have a part in this round; null where there never was one",
        ),
        Column("overridden_at", Instant, comment="finished over a part that was not settled"),
        Column("bulletin_at", Instant, comment="so late that it may be named in a bulletin"),
        Column("raising_at", Instant, comment="so late that it should be handed up"),
        Column("reopened_round", Integer),
        Column("reopened_at", Instant),
        Column("reopened_because", Text),
    )


def _promises() -> tuple[Column[Any], ...]:
    return (
        Column("citizen_lamp", Text),
        Column("citizen_due_at", Instant),
        Column("citizen_provisional", Boolean),
        Column("citizen_on_time", Boolean),
        Column("custody_kind", Text),
        Column("custody_lamp", Text),
        Column("custody_due_at", Instant),
        Column("custody_provisional", Boolean),
        Column("lamp", Text),
        Column("next_due_at", Instant),
    )


def _result() -> tuple[Column[Any], ...]:
    return (
        Column("finished_round", Integer),
        Column("finished_at", Instant),
        Column("outcome", Text),
        Column("answer_masked", Text),
        Column("invited_round", Integer),
        Column("answer_by", Instant),
        Column("rated_round", Integer),
        Column("level", SmallInteger),
        Column("solved", Boolean),
        Column("closed_round", Integer),
        Column("closed_at", Instant),
        Column("closed_how", Text),
        Column("callback_at", Instant, comment="until when the unit calls the person back"),
        Column("centre_callback_at", Instant, comment="until when the centre does"),
    )


def _complaint() -> tuple[Column[Any], ...]:
    return (
        Column("complained_units", ARRAY(Text), comment="units of this node, by code"),
        Column("complained_persons", ARRAY(Text), comment="keyed hashes of their names"),
        Column(
            "complained_of",
            JSONB(none_as_null=True),
            comment="by the node that knows: titles of units, and how many persons",
        ),
    )


def _words(metadata: MetaData) -> Table:
    # Apart from `cases`: that row is rewritten at every step, and each time its GIN index with it.
    table = Table(
        "words",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("words", TSVECTOR, nullable=False),
    )
    Index(None, table.c.words, postgresql_using="gin")
    return table


def _orders(metadata: MetaData) -> Table:
    table = Table(
        "orders",
        metadata,
        Column("order_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("node", Text),
        Column("round", Integer),
        Column("epoch", Integer),
        Column("unit_code", Text),
        Column("unit_name", Text),
        Column("complexity", Text),
        Column("route", Text),
        Column("because", Text),
        Column("state", Text, nullable=False),
        Column("dispatched_at", Instant),
        Column("sign_by", Instant),
        Column("signed_at", Instant),
        Column("forced_at", Instant),
        Column("tried_at", Instant),
        Column("contacted_at", Instant),
        Column("returned_at", Instant),
        Column("ground", Text),
        Column("legal_basis", Text),
        Column("note_masked", Text),
        Column("finished_at", Instant),
        Column("handed_over_at", Instant),
        Column("outcome", Text),
        Column("answer_masked", Text),
        *_asked(),
        *_tracked(),
        Column("version", BigInteger, nullable=False),
    )
    Index(None, table.c.case_id)
    return table


def _asked() -> tuple[Column[Any], ...]:
    """What a unit waits for: materials of the person, the answer to a plea for more time."""
    return (
        Column("materials_id", Uuid),
        Column("materials_by", Instant),
        Column("materials_masked", Text),
        Column("extension_id", Uuid),
        Column("extension_at", Instant),
        Column("extension_days", Integer),
        Column("extension_because", Text),
    )


def _tracked() -> tuple[Column[Any], ...]:
    """How an order goes on without a result: the last report, and whether it waits for consent."""
    return (
        Column("tracked_at", Instant),
        Column("tracking_serial", Integer),
        Column("tracking_on", Date),
        Column("tracking_masked", Text),
        Column("tracking_ground", Text),
        Column("consent_at", Instant),
    )


def _clocks(metadata: MetaData) -> Table:
    table = Table(
        "clocks",
        metadata,
        Column("clock_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("node", Text),
        Column("kind", Text, nullable=False),
        Column("order_id", Uuid),
        Column("unit_code", Text),
        Column("started_at", Instant),
        Column("due_at", Instant, nullable=False),
        Column("lamp", Text, nullable=False),
        Column("provisional", Boolean),
        Column("explanation", Text),
        Column("missed_at", Instant),
        Column("stopped_at", Instant),
        Column("reason", Text),
        Column("on_time", Boolean),
        Column("turns_at", Instant, comment="its next lamp; null also where nobody told"),
        Column("rests_until", Instant, comment="null of a clock that does not rest"),
        Column("version", BigInteger, nullable=False),
    )
    c = table.c
    Index(None, c.case_id)
    Index("ix_clocks_running", c.due_at, c.case_id, postgresql_where=c.stopped_at.is_(None))
    return table


def _units(metadata: MetaData) -> Table:
    table = Table(
        "units",
        metadata,
        Column("unit_id", Uuid, primary_key=True),
        Column("code", Text, nullable=False),
        Column("title", Text, nullable=False),
        Column("region", Text, nullable=False),
        Column("parent", Text),
        Column("phone", Text),
        Column("active", Boolean, nullable=False),
        Column("kind", Text, nullable=False, server_default="ordinary"),
        Column("supervised_by", Text),
        Column("valid_from", Date),
        Column("valid_until", Date),
        Column("successors", ARRAY(Text), nullable=False, server_default="{}"),
        Column("version", BigInteger, nullable=False),
    )
    Index(None, table.c.code)
    return table


def _items(metadata: MetaData) -> Table:
    table = Table(
        "items",
        metadata,
        Column("item_id", Uuid, primary_key=True),
        Column("code", Text, nullable=False),
        Column("title", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("unit_code", Text, nullable=False),
        Column("complexity", Text, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("valid_from", Date),
        Column("valid_until", Date),
    )
    Index(None, table.c.code)
    return table


def _reached(metadata: MetaData) -> Table:
    return Table(
        "reached",
        metadata,
        Column("service", Text, primary_key=True),
        Column("subject_id", Uuid, primary_key=True),
        Column("version", BigInteger, nullable=False),
    )


def _counts(metadata: MetaData) -> Table:
    return Table(
        "counts",
        metadata,
        Column("dimension", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("n", BigInteger, nullable=False),
        comment="rollups kept by difference; the board reads nothing else",
    )
