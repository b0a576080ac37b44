"""The rows intake owns: cases as told, what was heard of each, the catalogue, codes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake.tables.base import metadata as metadata
from services.intake.tables.benchmarks import benchmarks as benchmarks
from services.intake.tables.care import care_counts as care_counts
from services.intake.tables.care import party_columns
from services.intake.tables.contacts import contact_changes as contact_changes
from services.intake.tables.door import appeals as appeals
from services.intake.tables.door import outside_ids as outside_ids
from services.intake.tables.files import attachment_bytes as attachment_bytes
from services.intake.tables.files import attachment_parts as attachment_parts
from services.intake.tables.files import attachments as attachments
from services.intake.tables.files import coming_files as coming_files
from services.intake.tables.files import file_releases as file_releases
from services.intake.tables.files import legs as legs
from services.intake.tables.files import loose_bytes as loose_bytes
from services.intake.tables.files import upload_parts as upload_parts
from services.intake.tables.files import uploads as uploads
from services.intake.tables.pressures import pressures as pressures
from services.intake.tables.splits import splits as splits
from shared.idempotency import idempotency_table, sealed_answers
from shared.security import vault
from shared.unit import plumbing_tables

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("query_code_hash", Text),
    Column("region", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("title", JSONB, nullable=False),
    Column("title_masked", Text, nullable=False),
    Column("text", JSONB, nullable=False),
    Column("text_masked", Text, nullable=False),
    Column("complainant", JSONB, nullable=False),
    Column("agent", JSONB(none_as_null=True)),
    Column("complained_of", JSONB(none_as_null=True)),
    Column("item_code", Text),
    Column("item_name", Text),
    Column("demand", Text),
    Column("attempts", Integer, nullable=False),
    Column("complexity", Text),
    Column("scope_ground", Text, nullable=False),
    Column("scope_hint", Text),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("declined_at", DateTime(timezone=True)),
    Column("origin", Text),
    Column("erased_at", DateTime(timezone=True)),
    Column("person_hashes", ARRAY(Text), nullable=False, server_default="{=}"),
    Column("amendment", Integer, nullable=False, server_default="0"),
    Column("promised_from", DateTime(timezone=True)),
    Column("channel_fields", JSONB(none_as_null=True)),
    Column("declined_by", Text),
    *party_columns(),
)
Index(None, cases.c.person_hashes, postgresql_using="gin")
Index("ix_cases_registered_here", cases.c.registered_at, postgresql_where=cases.c.origin.is_(None))
"""Sealed values are ciphertext in the form in which events carry them; so is `complained_of`.

`origin` is the node that registered the case, NULL for this one; what came from another node has
no query code here. `person_hashes` are keyed hashes of names, phones and numbers, behind a mark of
their key (`shared/security/parties.py`); `=` alone marks a row for which none were made yet.
`amendment` counts the corrections in it, by the node that registered it. `promised_from` is when
a report came that was taken apart; NULL where the acceptance counts.
"""

timeline = Table(
    "timeline",
    metadata,
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), primary_key=True),
    Column("event", Text, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("round", Integer),
    Column("params", JSONB, nullable=False),
    Column("passed", Boolean, nullable=False, server_default=false()),
)
"""One row a fact: what intake said and heard of a case. The key makes a repeated fact harmless.

`passed` is a coming to rest after which nothing falls due any more: its retention was asked for,
it was erased or opened again, or another node answers for it.
"""

groupings = Table(
    "groupings",
    metadata,
    Column("grouping_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("lead_id", Uuid, ForeignKey(cases.c.case_id), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("because_masked", Text, nullable=False),
    Column("grouped_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)
"""Cases under a lead: it leads and is led by nobody, and each case is led by one at most."""
Index(
    "uq_groupings_open",
    groupings.c.case_id,
    unique=True,
    postgresql_where=groupings.c.ended_at.is_(None),
)

items = Table(
    "items",
    metadata,
    Column("code", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("normal_title", Text, nullable=False),
    Column("complexity", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("listed_at", DateTime(timezone=True), nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
)
Index(None, items.c.normal_title, postgresql_where=items.c.active)

units = Table(
    "units",
    metadata,
    Column("code", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("phone", Text),
    Column("listed_at", DateTime(timezone=True), nullable=False),
)

number_lanes = Table(
    "number_lanes",
    metadata,
    Column("day", Date, primary_key=True),
    Column("lane", SmallInteger, primary_key=True),
    Column("following", BigInteger, nullable=False),
)
"""Sequence numbers of a day in lanes: registrations at one moment take different locks."""

wrong_codes = Table(
    "wrong_codes",
    metadata,
    Column("key", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False, index=True),
    Column("wrong", Integer, nullable=False),
)
"""How many wrong codes were shown, and one-time codes asked for, by keyed hash of who or where."""

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Text),
    Column("phone_hash", Text, nullable=False),
    Column("earlier_hash", Text),
    Column("asked_at", DateTime(timezone=True), nullable=False, index=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("looked_up_at", DateTime(timezone=True)),
    Column("code_hash", Text),
    Column("case_ids", ARRAY(Uuid)),
    Column("beside", JSONB(none_as_null=True)),
    Column("tries", Integer, nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("pass_hash", Text, unique=True),
    Column("pass_until", DateTime(timezone=True)),
)
"""Askings of people who lost their query code, whether anything here matches them or not.

Whoever asks is answered before anybody has looked: then neither words nor time tell what is here.
Code and pass stand as keyed hash. In the cases of `beside` the telephone is of somebody with a
code of their own, by serial: one of several complainants, or an agent.
"""

Index(
    "ix_one_time_codes_new",
    one_time_codes.c.asked_at,
    postgresql_where=one_time_codes.c.looked_up_at.is_(None),
)

Index(
    "ix_timeline_rested",
    timeline.c.at,
    timeline.c.case_id,
    postgresql_where=timeline.c.event.in_(("review.case_closed.v1", "intake.case_declined.v1"))
    & ~timeline.c.passed,
)
"""When cases came to rest whose retention still runs."""

data_orders = Table(
    "data_orders",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("number", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ordered_by", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("requester", Text, nullable=False),
    Column("reason", Text),
    Column("asked_by", Text, nullable=False),
    Column("asked_name", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Text),
    Column("decided_name", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("refusal", Text),
    Column("done_at", DateTime(timezone=True)),
    Column("digest", Text),
    Column("fields", ARRAY(Text)),
    Column("proposed", JSONB(none_as_null=True)),
    Column("changes", JSONB(none_as_null=True)),
    Column("amendment", Integer),
    Column("looked_at", DateTime(timezone=True)),
)
"""Orders to erase or correct the person of a case, asked here or heard of the node of origin.

They outlive what they erased: the list is applied anew to whatever a backup brings back, and
`looked_at` is when somebody last looked whether one did. Of a
correction `proposed` are the new values, sealed, until somebody has decided; `changes` is what
stood and what is to stand, masked; `fields` and `amendment` are as the events tell them.
"""
Index(
    "ix_data_orders_done",
    data_orders.c.looked_at.nulls_first(),
    postgresql_where=(data_orders.c.kind == "erasure") & (data_orders.c.state == "done"),
)
Index(
    "uq_data_orders_open_erasure",
    data_orders.c.case_id,
    unique=True,
    postgresql_where=(data_orders.c.kind == "erasure")
    & data_orders.c.state.in_(("asked", "held")),
)
Index(
    "uq_data_orders_asked_correction",
    data_orders.c.case_id,
    unique=True,
    postgresql_where=(data_orders.c.kind == "correction") & (data_orders.c.state == "asked"),
)
Index(None, data_orders.c.asked_at, data_orders.c.order_id)

order_copies = Table(
    "order_copies",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("node", Text, primary_key=True),
    Column("told_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
)
"""Each other node that was told of an order, and when it had carried it out."""
Index(
    "ix_order_copies_open",
    order_copies.c.told_at,
    postgresql_where=order_copies.c.done_at.is_(None),
)

holds = Table(
    "holds",
    metadata,
    Column("hold_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("number", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("review_on", Date),
    Column("set_by", Text, nullable=False),
    Column("set_name", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("released_by", Text),
    Column("released_name", Text),
    Column("released_at", DateTime(timezone=True)),
    Column("release_reason", Text),
)
"""Legal holds: while one is not released, nothing of its case is erased."""
Index(
    "uq_holds_open",
    holds.c.case_id,
    unique=True,
    postgresql_where=holds.c.released_at.is_(None),
)

unmarkings = Table(
    "unmarkings",
    metadata,
    Column("unmarking_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False, index=True),
    Column("number", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("units", ARRAY(Text), nullable=False),
    Column("persons", ARRAY(Text), nullable=False),
    Column("because", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_name", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Text),
    Column("decided_name", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("refusal", Text),
)
"""Askings that a case complains of somebody no more; persons stand as keyed hashes."""
Index(
    "uq_unmarkings_open",
    unmarkings.c.case_id,
    unique=True,
    postgresql_where=unmarkings.c.state == "asked",
)

plumbing = plumbing_tables(metadata)
REVEAL, READ, SEARCH, CORRECT = LOOKS = (
    "person.reveal",
    "attachment.read",
    "person.search",
    "correction.ask",
)
"""The actions of the audit that are counted: a person or files seen, a person searched for, what
is kept compared with what somebody says that it is."""
REDACT = "attachment.redact"
SEEN = (REVEAL, READ, CORRECT)
"""Those by which one has seen somebody; they share one limit."""
_audit = plumbing.audit.c
Index(
    "ix_audit_looks",
    _audit.at,
    _audit.actor_id,
    postgresql_where=text(
        "action IN ('person.reveal', 'attachment.read', 'person.search', 'correction.ask')"
    ),
)
idempotency = idempotency_table(metadata)

sealed = (vault.sealed, sealed_answers(idempotency))
"""What the node's own key seals: sealed anew when that key is renewed."""
