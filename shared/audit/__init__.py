"""The audit: who did what to what, chained so that nobody can change it unseen (ADR 11)."""

from shared.audit.recording import (
    OTHER_PURPOSE,
    AuditOutcome,
    Change,
    Entry,
    digest_of,
    record,
    record_changes,
)
from shared.audit.tables import (
    AUDITOR,
    KEEPERS,
    SEALER,
    Ledger,
    audit_table,
    ledger_of,
    ledger_tables,
)

__all__ = [
    "AUDITOR",
    "KEEPERS",
    "OTHER_PURPOSE",
    "SEALER",
    "AuditOutcome",
    "Change",
    "Entry",
    "Ledger",
    "audit_table",
    "digest_of",
    "ledger_of",
    "ledger_tables",
    "record",
    "record_changes",
]
