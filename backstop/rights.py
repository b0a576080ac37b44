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
    if not db.scalar(text("SELECT pg_has_role(CURRENT_USER, :role, 'MEMBER')"), {"role": role}):
        db.execute(text(f'GRANT "{role}" TO CURRENT_USER'))


def grant_rights(db: Connection, catalogues: Iterable[MetaData]) -> None:
    """Give every role exactly the rights that the tables declare, and take the others away."""
    for metadata in catalogues:
        for table in metadata.sorted_tables:
            for service, rights in grants_of(table).items():
                role = role_of(service)
                db.execute(text(f'GRANT USAGE ON SCHEMA "{table.schema}" TO "{role}"'))
                db.execute(text(f'REVOKE ALL ON {table.fullname} FROM "{role}"'))
                db.execute(text(f'GRANT {", ".join(rights)} ON {table.fullname} TO "{role}"'))
