"""The rows of files: of cases, on their way from neighbours and from browsers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
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
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables.base import metadata
from shared.store.loose import loose_table

attachments = Table(
    "attachments",
    metadata,
    Column("attachment_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("parts", SmallInteger, nullable=False),
    Column("has_thumbnail", Boolean, nullable=False),
    Column("name", JSONB, nullable=False),
    Column("place", JSONB(none_as_null=True)),
    Column("key_id", Uuid, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("added_by_staff", Boolean, nullable=False),
    Column("content", Text),
    Column("origin", Text),
    Column("replaces", Uuid),
)
"""Photographs and documents of a case. `digest` is a keyed hash of what was sent: the same file
twice is one; `content` of what is kept, by which a neighbour's copy is known. Name and place are
sealed like every text; `place` only where the person agreed. `origin` is the node at which it was
added, NULL for this one. `replaces` is the file of which staff made this copy, with something
unreadable, for a unit that is not to know the person; nobody else is shown it."""
Index(None, attachments.c.case_id, attachments.c.digest, unique=True)

file_releases = Table(
    "file_releases",
    metadata,
    Column("release_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False, index=True),
    Column("file_id", Uuid, nullable=False),
    Column("shown_id", Uuid, nullable=False, index=True),
    Column("unit_node", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("unit_name", Text, nullable=False),
    Column("released_at", DateTime(timezone=True), nullable=False),
    Column("released_by", Text, nullable=False),
    Column("because_masked", Text, nullable=False),
    Column("via", Text),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_because_masked", Text),
)
"""Single files of persons whose names are withheld, shown to one unit each: `shown_id` is what it
sees, the file or a copy of it. `via` is the neighbour that told of it, NULL here."""

attachment_parts = Table(
    "attachment_parts",
    metadata,
    Column("attachment_id", Uuid, ForeignKey(attachments.c.attachment_id), primary_key=True),
    Column("variant", Text, primary_key=True),
    Column("part", SmallInteger, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Bytes of releases before the store, until they are moved there, in parts that are sealed one by
one; `variant` is `file` or `thumbnail`."""

attachment_bytes = Table(
    "attachment_bytes",
    metadata,
    Column("attachment_id", Uuid, ForeignKey(attachments.c.attachment_id), primary_key=True),
    Column("variant", Text, primary_key=True),
    Column("address", Text, nullable=False, unique=True),
)
"""Where the sealed bytes of a file lie in the store, and of its small picture."""

loose_bytes = loose_table(metadata)

uploads = Table(
    "uploads",
    metadata,
    Column("upload_id", Uuid, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False, index=True),
    Column("begun_by", Text, nullable=False),
    Column("name", JSONB, nullable=False),
    Column("keep_place", Boolean, nullable=False),
    Column("length", Integer, nullable=False),
    Column("received", Integer, nullable=False, server_default="0"),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("attachment_id", Uuid),
)
"""Files on their way from browsers; `attachment_id` is what came of one that is whole.

The secret of its address stands as keyed hash, and so does who began it."""

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload_id", Uuid, ForeignKey(uploads.c.upload_id), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("bytes", Integer, nullable=False),
    Column("address", Text, nullable=False, unique=True),
)
"""What has come of each, sealed under the data key of its case, part by part in the store."""

legs = Table(
    "legs",
    metadata,
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), primary_key=True),
    Column("node", Text, primary_key=True),
)
"""Neighbours that took a case from here, or gave it: its files go to them, and to nobody else."""

coming_files = Table(
    "coming_files",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("intake.cases.case_id"), nullable=False, index=True),
    Column("via", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("added_by_staff", Boolean, nullable=False),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("here", Integer, nullable=False, server_default="0"),
    Column("asked_to", Integer, nullable=False, server_default="-1"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("wrong", Integer, nullable=False, server_default="0"),
    Column("next_at", DateTime(timezone=True)),
    Column("fault", Text),
)
"""Files that a neighbour (`via`) offered, until they are whole: how many pieces are here, up to
which they were asked for, when they are asked for again; or why they are not kept (`fault`)."""
Index(None, coming_files.c.next_at, postgresql_where=coming_files.c.next_at.is_not(None))
