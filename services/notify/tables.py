"""The rows notify owns: whom to tell of each case, messages, duty telephones, the handset."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.complaints import complaints_table
from shared.db import new_metadata
from shared.security.resealing import SealedColumn
from shared.unit import plumbing_tables

metadata = new_metadata("notify")

recipients = Table(
    "recipients",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("query_code", JSONB(none_as_null=True)),
    Column("phone", JSONB(none_as_null=True)),
    Column("masked_phone", Text),
    Column("language", Text),
    Column("told_by", Text),
    Column("amendment", Integer, nullable=False, server_default="0"),
    Column("calls", Boolean, nullable=False, server_default=false()),
    Column("also", JSONB(none_as_null=True)),
)
"""Whom to tell of a case: the agent if one speaks for the person. Sealed as events carry it.

`calls` says that they are called instead, for a message would not be read. `language` is that of
their messages, Chinese where there is none. `told_by` is the node
that tells the person instead of this one; then nothing else is known here.
"""

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(recipients.c.case_id), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("masked_phone", Text),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("provider", Text, nullable=False),
    Column("last_error", Text),
    Column("queued_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ended_at", DateTime(timezone=True)),
    Column("phone", JSONB(none_as_null=True)),
    Column("expires_at", DateTime(timezone=True)),
    UniqueConstraint("case_id", "purpose", "ref"),
)
"""queued → sending → delivered | failed; sending → queued where a later try may help.

`ref` tells facts of one purpose apart (a round, an order). While a message is being sent,
`next_at` is when its sender is given up for dead. `phone` is where it goes if not to the recipient
of the case; after `expires_at` it is of no use and is not sent.
"""
Index(
    "ix_messages_due",
    messages.c.next_at,
    postgresql_where=messages.c.state.in_(("queued", "sending")),
)
Index(None, messages.c.queued_at, messages.c.id)

handset = Table(
    "handset",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
"""What the embedded provider has delivered: the telephone of everybody in a demonstration."""

duty_phones = Table(
    "duty_phones",
    metadata,
    Column("unit_code", Text, primary_key=True),
    Column("phone", LargeBinary, nullable=False),
    Column("masked_phone", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
"""The telephone of a unit that rings for what is to do; `phone` is sealed by the node's key."""

duty_messages = Table(
    "duty_messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("notice_id", Uuid, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case_id", Uuid),
    Column("text", Text, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("provider", Text, nullable=False),
    Column("last_error", Text),
    Column("ended_at", DateTime(timezone=True)),
    UniqueConstraint("notice_id", "unit_code"),
)
"""What duty telephones are told: once of each fact. The text names a case and nobody; it goes to
the telephone that the unit has when it is sent."""
Index(
    "ix_duty_messages_due",
    duty_messages.c.next_at,
    postgresql_where=duty_messages.c.state.in_(("queued", "sending")),
)
Index(None, duty_messages.c.told_at, duty_messages.c.id)
Index(None, duty_messages.c.case_id)


def duty_phone_label(unit_code: str) -> str:
    """Return what the duty telephone of a unit is bound to."""
    return f"duty_telephone/{unit_code}"


sealed = (SealedColumn(duty_phones.c.phone, lambda row: duty_phone_label(row.unit_code)),)
complaints = complaints_table(metadata)
plumbing = plumbing_tables(metadata)
