"""Make and remove databases on a PostgreSQL server, private or given."""

from contextlib import suppress
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.errors import DuplicateDatabase, UniqueViolation


def sibling_url(url: str, database: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(database)))


def create_database(admin_url: str, name: str, template: str | None = None) -> str:
    """Make a database unless it exists, as a copy of `template`; return its address."""
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier("template1" if template is None else template)
    )
    with _connect(admin_url) as db:
        exists = db.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount
        if not exists:
            # Somebody else may have made it since we looked.
            with suppress(DuplicateDatabase, UniqueViolation):
                db.execute(command)
    return sibling_url(admin_url, name)


def drop_database(admin_url: str, name: str) -> None:
    """Remove a database if it exists, whoever is still connected to it."""
    command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with _connect(admin_url) as db:
        db.execute(command)


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    # An address for SQLAlchemy may name the driver; libpq knows no such scheme.
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    return psycopg.connect(plain, autocommit=True)
