"""The three tables of an audit: what was done, what of it is sealed, what waits to be (ADR 11).

A service adds rows and reads them. Whoever can add a row cannot seal it: the seals are written
under a role of their own, and nobody but the owner of the database can change or remove either.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    event,
    func,
)

SEALER = "sealer"
"""The role that seals: it reads each audit, adds seals and empties the queue of what waits."""
AUDITOR = "auditor"
"""The role that reads audits and seals of every schema, and writes nothing."""
KEEPERS = (SEALER, AUDITOR)

QUEUEING = """
CREATE FUNCTION {schema}.audit_awaits_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS
$$ BEGIN INSERT INTO {schema}.audit_unsealed (audit_id) VALUES (NEW.id); RETURN NULL; END $$
"""
QUEUED = """
CREATE TRIGGER audit_awaits_seal AFTER INSERT ON {schema}.audit
FOR EACH ROW EXECUTE FUNCTION {schema}.audit_awaits_seal()
"""
"""By the database: a row that its writer forgot to queue, or that an older release writes, is
sealed like any other."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The audit of one schema."""

    audit: Table
    seals: Table
    unsealed: Table

    @property
    def schema(self) -> str:
        """The schema whose audit it is."""
        return str(self.audit.schema)


def ledger_tables(metadata: MetaData) -> Ledger:
    """Declare the audit of one service."""
    audit = audit_table(metadata)
    seals = Table(
        "audit_seal",
        metadata,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("audit_id", BigInteger, nullable=False, unique=True),
        Column("head", Text, nullable=False),
        Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        info={"grants": {SEALER: ("SELECT", "INSERT"), AUDITOR: ("SELECT",)}},
    )
    unsealed = Table(
        "audit_unsealed",
        metadata,
        Column("audit_id", BigInteger, primary_key=True, autoincrement=False),
        info={"grants": {SEALER: ("SELECT", "DELETE"), AUDITOR: ("SELECT",)}},
    )
    for command in (QUEUEING, QUEUED):
        told = DDL(command.format(schema=metadata.schema))  # type: ignore[no-untyped-call]
        event.listen(unsealed, "after_create", told)
    unsealed.add_is_dependent_on(audit)
    return Ledger(audit, seals, unsealed)


def audit_table(metadata: MetaData) -> Table:
    """Declare what was done; its service's role can insert and select, nothing else."""
    grants = {str(metadata.schema): ("SELECT", "INSERT")} | dict.fromkeys(KEEPERS, ("SELECT",))
    table = Table(
        "audit",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("node", Text, nullable=False),
        Column("actor_kind", Text, nullable=False),
        Column("actor_id", Text, nullable=False),
        Column("actor_name", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("object_kind", Text, nullable=False),
        Column("object_id", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("purpose", Text),
        Column("before", Text),
        Column("after", Text),
        Column("trace_id", Text),
        Column("reason", Text),
        Column("repeats", Integer),
        info={"grants": grants},
    )
    Index(None, table.c.object_id, table.c.at)
    Index(None, table.c.actor_id, table.c.at)
    Index(None, table.c.action, table.c.at)
    Index(None, table.c.at)
    Index("ix_audit_not_done", table.c.at, postgresql_where=table.c.outcome != "done")
    return table


@cache
def ledger_of(schema: str) -> Ledger:
    """Return the tables of a schema's audit, for whoever reads several of them."""
    return ledger_tables(MetaData(schema=schema))
