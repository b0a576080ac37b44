"""The rows portal owns: the journal, the projection built from it, accounts, sessions, tokens."""

from services.portal.tables.accounts import (
    OPEN,
    account_tables,
    logout_table,
    reset_table,
    sealed_secrets,
    second_factor_label,
    second_factor_tables,
)
from services.portal.tables.exports import exports_table, file_label
from services.portal.tables.journal import (
    FIRST_PARTITIONS,
    PARTITION_FUNCTION,
    REDACTING_FUNCTION,
    journal_table,
)
from services.portal.tables.ledger import piece_label, pieces_table, run_tables, view_tables
from services.portal.tables.looks import case_looks_table
from services.portal.tables.notices import notice_tables
from services.portal.tables.projection import Projection, projection_tables
from services.portal.tables.snippets import snippets_table
from services.portal.tables.tokens import tokens_table
from shared.db import new_metadata
from shared.security.resealing import SealedColumn
from shared.unit import plumbing_tables

SCHEMA = "portal"
SHADOW_SCHEMA = "portal_shadow"
"""Where a replay builds the projection anew before it takes the place of the old one."""

metadata = new_metadata(SCHEMA)
plumbing = plumbing_tables(metadata)
journal = journal_table(metadata)
live = projection_tables(metadata)
accounts, sessions, attempts = account_tables(metadata)
tokens = tokens_table(metadata)
exports = exports_table(metadata)
export_pieces = pieces_table(metadata, exports)
ledger_views, ledger_firsts = view_tables(metadata)
bulk_runs, bulk_lines = run_tables(metadata)
case_looks = case_looks_table(metadata)
second_factors, recovery_codes = second_factor_tables(metadata)
account_resets = reset_table(metadata)
logout_tokens = logout_table(metadata)
notices, unit_duty = notice_tables(metadata)
snippets = snippets_table(metadata)
sealed = (
    SealedColumn(exports.c.file, lambda row: file_label(row.export_id)),
    SealedColumn(export_pieces.c.piece, lambda row: piece_label(row.export_id, row.serial)),
    *sealed_secrets(second_factors),
)

__all__ = [
    "FIRST_PARTITIONS",
    "OPEN",
    "PARTITION_FUNCTION",
    "REDACTING_FUNCTION",
    "SCHEMA",
    "SHADOW_SCHEMA",
    "Projection",
    "account_resets",
    "accounts",
    "attempts",
    "bulk_lines",
    "bulk_runs",
    "case_looks",
    "export_pieces",
    "exports",
    "journal",
    "ledger_firsts",
    "ledger_views",
    "live",
    "logout_tokens",
    "metadata",
    "notices",
    "piece_label",
    "plumbing",
    "projection_tables",
    "recovery_codes",
    "sealed",
    "second_factor_label",
    "second_factors",
    "sessions",
    "snippets",
    "tokens",
    "unit_duty",
]
