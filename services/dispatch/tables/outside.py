"""Parties outside the node, what they are asked about orders, and what they answer."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata
from services.dispatch.tables.orders import orders
from shared.security.resealing import SealedColumn
from shared.store.loose import loose_table

Instant = DateTime(timezone=True)

outside_parties = Table(
    "outside_parties",
    metadata,
    Column("party_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("contact", LargeBinary, nullable=False),
    Column("phone", LargeBinary, nullable=False),
    Column("masked_contact", Text, nullable=False),
    Column("masked_phone", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
)
"""`contact` and `phone` are sealed by the node's key."""

outside_questions = Table(
    "outside_questions",
    metadata,
    Column("question_id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.order_id), nullable=False, index=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("party_id", Uuid, ForeignKey(outside_parties.c.party_id), nullable=False, index=True),
    Column("party_name", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("answer_by", Instant, nullable=False),
    Column("text_masked", Text, nullable=False),
    Column("files", ARRAY(Uuid), nullable=False),
    Column("link_mark", Text, unique=True),
    Column("link_sent_at", Instant, nullable=False),
    Column("link_count", Integer, nullable=False),
    Column("code_hash", Text),
    Column("wrong_codes", Integer, nullable=False, server_default="0"),
    Column("opened_at", Instant),
    Column("reminded_at", Instant),
    Column("ended_at", Instant),
    Column("how", Text),
    Column("answer", JSONB(none_as_null=True)),
    Column("answer_masked", Text),
    Column("end_note_masked", Text),
)
"""`link_mark` is a keyed hash of the link's token, `code_hash` one of the spoken code.

Open until `ended_at`; a question whose `answer_by` has passed stays open and is overdue. `files`
are files of the case that the party may see.
"""
Index(
    "ix_outside_questions_open",
    outside_questions.c.answer_by,
    postgresql_where=outside_questions.c.ended_at.is_(None),
)

outside_files = Table(
    "outside_files",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column(
        "question_id",
        Uuid,
        ForeignKey(outside_questions.c.question_id),
        nullable=False,
        index=True,
    ),
    Column("added_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("name", JSONB, nullable=False),
    Column("sealed", LargeBinary),
    Column("parts", SmallInteger),
    Column("address", Text, unique=True),
)
"""What a party sent with its answer, sealed under the data key of the case; `digest` is keyed.

The sealed bytes lie in the store at `address`, in so many `parts`; NULL: one, of a release before,
which may lie in `sealed` until it is moved.
"""
Index(
    "ix_outside_files_in_rows",
    outside_files.c.file_id,
    postgresql_where=outside_files.c.sealed.is_not(None),
)

loose_bytes = loose_table(metadata)

outside_tries = Table(
    "outside_tries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
)
"""Wrong links by address and looks by account, as keyed hashes, in windows of fixed length."""


def party_label(party_id: object, field: str) -> str:
    """Return to what a sealed field of a party is bound."""
    return f"outside_{field}/{party_id}"


sealed_parties = (
    SealedColumn(outside_parties.c.contact, lambda row: party_label(row.party_id, "contact")),
    SealedColumn(outside_parties.c.phone, lambda row: party_label(row.party_id, "phone")),
)
