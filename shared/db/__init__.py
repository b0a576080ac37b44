"""PostgreSQL as this project uses it: one schema and one role per service, short transactions."""

from shared.db.engine import connect_engine, direct_dsn, role_of, transaction
from shared.db.tables import grants_of, insert_only, new_metadata, written_out

__all__ = [
    "connect_engine",
    "direct_dsn",
    "grants_of",
    "insert_only",
    "new_metadata",
    "role_of",
    "transaction",
    "written_out",
]
