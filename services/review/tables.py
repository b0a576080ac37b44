"""The rows review owns: what people said of cases, supervision between tiers, the case library."""

from sqlalchemy import (
    REAL,
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
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from shared.complaints import complaints_table
from shared.db import new_metadata
from shared.idempotency import idempotency_table, sealed_answers
from shared.unit import plumbing_tables

metadata = new_metadata("review")

cases = Table(
    "cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="none"),
    Column("unit_code", Text),
    Column("finished_at", DateTime(timezone=True)),
    Column("answer_by", DateTime(timezone=True)),
    Column("withdrawn_round", Integer, nullable=False, server_default="0"),
    Column("close_from", DateTime(timezone=True)),
    Column("taken_back_at", DateTime(timezone=True)),
)
"""`round` is the last one with a result here, 0 before any; `unit_code` gave that result.
`withdrawn_round` is the last that its person has withdrawn, to be closed from `close_from` on;
`taken_back_at` is set while that round, though taken back, has not ended everywhere."""
Index("ix_cases_close_from", cases.c.close_from, postgresql_where=cases.c.state == "withdrawn")
Index("ix_cases_answer_by", cases.c.answer_by, postgresql_where=cases.c.state == "invited")

evaluations = Table(
    "evaluations",
    metadata,
    Column("evaluation_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False),
    Column("round", Integer, nullable=False),
    Column("unit_code", Text),
    Column("level", SmallInteger, nullable=False),
    Column("solved", Boolean, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("text", JSONB(none_as_null=True)),
    Column("text_masked", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("via", Text, nullable=False),
    UniqueConstraint("case_id", "round"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("callback_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey(cases.c.case_id), nullable=False),
    Column("round", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("unit_code", Text),
    Column("state", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_try_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("solved", Boolean),
    Column("level", SmallInteger),
    Column("truthful", Boolean),
    Column("note_masked", Text, nullable=False),
    UniqueConstraint("case_id", "round", "by"),
)
"""Who calls a person back after a result: `unit`, which is `unit_code`, or the `centre`. What was
said is that of the last try."""

custodies = Table(
    "custodies",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text),
    Column("holder", Text, nullable=False),
    Column("via", Text),
    Column("epoch", Integer, nullable=False),
    Column("registered_at", DateTime(timezone=True)),
    Column("shared", Boolean, nullable=False, server_default=false()),
)
"""Which node has each case that came over a link, as far as heard.

`via` is the neighbour that told of it, NULL while this node has it; `number` is NULL until the
registration was heard. `shared` says that this node took it over, or that it was reported to it:
then no rule of disclosure hides it.
"""

supervisions = Table(
    "supervisions",
    metadata,
    Column("supervision_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
    Column("from_node", Text, nullable=False),
    Column("to_node", Text, nullable=False),
    Column("text_masked", Text, nullable=False),
    Column("answer_by", DateTime(timezone=True), nullable=False),
    Column("ordered_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("answer_masked", Text),
    Column("read_at", DateTime(timezone=True)),
    Column("unit_code", Text),
)
"""What this node wants to know of a tier below or of its own unit `unit_code`, and what a tier
above wants to know of it."""
Index(None, supervisions.c.case_id, supervisions.c.supervision_id)

disclosures = Table(
    "disclosures",
    metadata,
    Column("node", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("since", DateTime(timezone=True)),
    Column("said_at", DateTime(timezone=True), nullable=False),
)
"""What each node below lets the tier above see: whom one may advise."""

precedents = Table(
    "precedents",
    metadata,
    Column("precedent_id", Uuid, primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("node", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("item_code", Text),
    Column("item_name", Text),
    Column("regions", ARRAY(Text), nullable=False),
    Column("policy", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("keywords", ARRAY(Text), nullable=False),
    Column("outcome", Text),
    Column("source_case", Uuid),
    Column("source_number", Text),
    Column("writers", ARRAY(Text), nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("check_since", DateTime(timezone=True)),
    Column("words", TSVECTOR, nullable=False),
    Column("brevity", REAL, nullable=False),
)
"""How something was solved, one row an edition; `node` published it, or drafts it.

`writers` are the accounts that wrote any of this edition; empty for one of another node, and so
is the case from which it was drafted. `check_since` is when the person of that case was erased:
since then somebody should look whether the precedent still tells nothing of them. `words` and
`brevity` are what a search needs.
"""
Index(
    "ix_precedents_published",
    precedents.c.precedent_id,
    unique=True,
    postgresql_where=precedents.c.state == "published",
)
Index("ix_precedents_words", precedents.c.words, postgresql_using="gin")
Index(None, precedents.c.source_case)
Index(None, precedents.c.drafted_at, precedents.c.precedent_id)

lexicon = Table(
    "lexicon",
    metadata,
    Column("word", Text, primary_key=True),
    Column("precedents", Integer, nullable=False),
)
"""How many published precedents have a word; under the empty word, how many there are."""

avoided = Table(
    "avoided",
    metadata,
    Column("key", Uuid, primary_key=True),
    Column("precedent_id", Uuid, nullable=False),
    Column("at_desk", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("asker", Text),
)
"""Reports that nobody had to make: `key` is the form's, so that a second tap counts nothing.

`asker` is a keyed hash of the household and the day, so that one of them counts only so often;
the hash of another day is another one.
"""
Index(None, avoided.c.precedent_id)
units = Table(
    "units",
    metadata,
    Column("code", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""The units of this node, as dispatch lists them: who may be asked to change a rule."""

leads = Table(
    "leads",
    metadata,
    Column("lead_id", Uuid, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title_masked", Text, nullable=False),
    Column("text_masked", Text, nullable=False),
    Column("item_name", Text),
    Column("document", Text),
    Column("state", Text, nullable=False),
    Column("unit_code", Text),
    Column("raised", Boolean, nullable=False, server_default=false()),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text),
    Column("answered_by", Text),
    Column("answer_masked", Text),
    Column("answer_document", Text),
    Column("in_force_from", Date),
    Column("promised_on", Date),
    Column("answered_at", DateTime(timezone=True)),
    Column("answered_node", Text),
    Column("told_at", DateTime(timezone=True)),
    Column("cases_told", Integer, nullable=False, server_default="0"),
    Column("complained_units", ARRAY(Text), nullable=False, server_default="{}"),
)
"""The registers of policy gaps and hidden barriers (N12). `origin` is the node that noted a lead,
and numbers it by year; `raised` says that the tiers above were told, `told_at` is when its
origin last told it here, and how many of its cases met it; `complained_units` are this node's
units of which those cases complain. A node numbers its own leads once each; one that was put back
to an earlier day may tell of another under a number that it gave before."""
Index(
    "uq_leads_own_number",
    leads.c.year,
    leads.c.serial,
    unique=True,
    postgresql_where=leads.c.told_at.is_(None),
)
Index("ix_leads_listed", leads.c.year, leads.c.lead_id)
Index("ix_leads_unit", leads.c.unit_code, postgresql_where=leads.c.state == "routed")

lead_cases = Table(
    "lead_cases",
    metadata,
    Column("lead_id", Uuid, ForeignKey(leads.c.lead_id), primary_key=True),
    Column("case_id", Uuid, primary_key=True, index=True),
    Column("is_source", Boolean, nullable=False),
)
"""The cases that met what a lead is about; the words of a lead were taken from its source."""

lead_steps = Table(
    "lead_steps",
    metadata,
    Column("step_id", Uuid, primary_key=True),
    Column("lead_id", Uuid, ForeignKey(leads.c.lead_id), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("what", Text, nullable=False),
    Column("whom", Text),
    Column("words_masked", Text),
)
"""What became of a lead, step by step; `whom` is the body that was asked, or that answered."""

complaints = complaints_table(metadata)

complained_elsewhere = Table(
    "complained_elsewhere",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("node", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("title", Text, primary_key=True),
)
"""Units of other nodes of which cases complain: told with the leads that go up. `code` is empty
where only the title is known."""
plumbing = plumbing_tables(metadata)
idempotency = idempotency_table(metadata)

sealed = (sealed_answers(idempotency),)
"""What the node's own key seals: sealed anew when that key is renewed."""
