"""The journal: every event this node's portal ever heard, in the order it heard them.

It is partitioned by month. Only the owner of the table may add a partition, and the service's
role must not own it, or it could change what was written; so the adding is a function that runs
with its owner's rights.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    Uuid,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db import insert_only

PARTITION_FUNCTION = """
CREATE OR REPLACE FUNCTION portal.ensure_journal_partitions(first date, months integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    starts timestamptz;
    name text;
BEGIN
    FOR n IN 0 .. months - 1 LOOP
        starts := (date_trunc('month', first::timestamp) + make_interval(months => n))
            AT TIME ZONE 'UTC';
        name := 'journal_' || to_char(starts AT TIME ZONE 'UTC', 'YYYYMM');
        IF to_regclass('portal.' || name) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE portal.%I PARTITION OF portal.journal FOR VALUES FROM (%L) TO (%L)',
                name, starts, (starts AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
            );
        END IF;
    END LOOP;
END $$
"""
"""Adds the partitions of so many months (UTC) where they are missing; for the migration to run."""

REDACTING_FUNCTION = """
CREATE OR REPLACE FUNCTION portal.redact_journal(erased uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE portal.journal SET body = vault.redacted(body) WHERE subject_id = erased;
END $$
"""
"""Leaves of what was said about a case what names nobody; the only change the journal knows."""

REDACTING_RIGHTS = (
    "REVOKE ALL ON FUNCTION portal.redact_journal(uuid) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION portal.redact_journal(uuid) TO backstop_portal",
)
"""It runs with its owner's rights, so nobody else may call it."""

FIRST_PARTITIONS = "SELECT portal.ensure_journal_partitions(current_date, 3)"


def journal_table(metadata: MetaData) -> Table:
    """Declare the journal; creating it from metadata also creates its first months."""
    table = Table(
        "journal",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column(
            "recorded_at",
            DateTime(timezone=True),
            primary_key=True,
            server_default=func.now(),
        ),
        Column("id", Uuid, nullable=False),
        Column("node", Text, nullable=False),
        Column("speaker", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("time", DateTime(timezone=True), nullable=False),
        Column("body", JSONB, nullable=False),
        info=insert_only(str(metadata.schema)),
        postgresql_partition_by="RANGE (recorded_at)",
    )
    Index(None, table.c.subject_id)
    functions = (PARTITION_FUNCTION, FIRST_PARTITIONS, REDACTING_FUNCTION)
    for statement in (*functions, *REDACTING_RIGHTS):
        # A percent sign would start a parameter of DDL; the function uses some for format().
        creates = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", creates)
    return table
