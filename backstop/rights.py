"""Who may do what with which table: roles that cannot log in, and what tables grant them."""

from collections.abc import Iterable

from sqlalchemy import Connection, MetaData, text

from shared.db import grants_of, role_of


def ensure_role(db: Connection, service: str) -> None:
    """Create a service's role on this server if it is missing, and let this account take it on."""
    role = role_of(service)
    # Another node of the same server may create it at this very moment.
    db.execute(
        text(
            f'DO $$ BEGIN CREATE ROLE "{role}" NOLOGIN; '
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    )
    # Since PostgreSQL 16 who creates a role is a member that may not yet take it on.
    kind = "SET" if _version(db) >= 160_000 else "MEMBER"
    may = text("SELECT pg_has_role(CURRENT_USER, :role, :kind)")
    if not db.scalar(may, {"role": role, "kind": kind}):
        db.execute(text(f'GRANT "{role}" TO CURRENT_USER'))


def grant_rights(db: Connection, metadata: MetaData, services: Iterable[str]) -> None:
    """Give these services' roles exactly the rights that one schema's tables declare."""
    roles = ", ".join(f'"{role_of(service)}"' for service in services)
    for table in metadata.sorted_tables:
        db.execute(text(f"REVOKE ALL ON {table.fullname} FROM {roles}"))
        for service, rights in grants_of(table).items():
            role = role_of(service)
            db.execute(text(f'GRANT USAGE ON SCHEMA "{table.schema}" TO "{role}"'))
            db.execute(text(f'GRANT {", ".join(rights)} ON {table.fullname} TO "{role}"'))


def _version(db: Connection) -> int:
    return int(str(db.scalar(text("SHOW server_version_num"))))
