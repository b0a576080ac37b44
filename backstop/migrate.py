"""Migrations: every service's schema, its role and its rights, in one process under one lock.

A node that is up to date costs one query. Migrations run by a job or by the launcher, never by a
starting service. The account that runs them owns the schemas; the services' roles cannot log in.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, func, inspect, select, text
from sqlalchemy.pool import NullPool

from backstop.rights import ensure_role, grant_rights
from backstop.suite import MEMBERS
from services.portal.repository import ensure_partitions
from shared.audit import KEEPERS
from shared.clock import utcnow
from shared.security.vault import metadata as vault_metadata

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = Path(__file__).parent / "migrations"
LOCK = 0x0B57_0001
"""One migration at a time per database."""
VERSION_TABLE = "alembic_version"
ROLES = (*MEMBERS, *KEEPERS)
"""Who has a role of its own: each service, and those that keep the audits."""
LOCK_SECONDS = 10
"""Whoever waits longer for a table gives up: behind it, every request would wait as well."""


def catalogue() -> Mapping[str, MetaData]:
    """Return every schema of a node with its tables, the vault first."""
    return {"vault": vault_metadata} | {name: m.metadata for name, m in MEMBERS.items()}


def config_of(schema: str, db: Connection | None = None) -> Config:
    """Return Alembic's settings for one schema, on an open connection where one is needed."""
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(folder_of(schema)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(
        connection=db, schema=schema, target_metadata=catalogue()[schema], table=VERSION_TABLE
    )
    return config


def scripts_of(schema: str) -> ScriptDirectory:
    """Return the migration scripts of one schema."""
    return ScriptDirectory.from_config(config_of(schema))


def folder_of(schema: str) -> Path:
    """Return the folder that holds the migrations of one schema."""
    owner = ROOT / "shared" / "security" if schema == "vault" else ROOT / "services" / schema
    return owner / "migrations"


def migrate(url: str, *, rights: bool = True) -> int:
    """Bring every schema of a database to its head; return how many scripts were run.

    Without `rights` nobody may use it: a draft, behind what the tables declare.
    """
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as db:
        if is_current(db):
            # A node that slept for months has none for today.
            ensure_partitions(db, utcnow())
            return 0
    with _alone(engine):
        with engine.begin() as db:
            for name in ROLES:
                ensure_role(db, name)
        return sum(_upgrade(engine, schema, rights=rights) for schema in catalogue())


def is_current(db: Connection) -> bool:
    """Tell by one query whether every schema stands at its head."""
    heads = {schema: scripts_of(schema).get_current_head() for schema in catalogue()}
    present = inspect(db)
    if not all(present.has_table(VERSION_TABLE, schema=schema) for schema in heads):
        return False
    union = " UNION ALL ".join(
        f"SELECT '{schema}', version_num FROM {schema}.{VERSION_TABLE}"  # noqa: S608  # our names
        for schema in heads
    )
    return {row[0]: row[1] for row in db.execute(text(union))} == heads


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    # No transaction stays open around the scripts, and the lock ends with its connection.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(select(func.pg_advisory_lock(LOCK)))
        yield


def _upgrade(engine: Engine, schema: str, *, rights: bool) -> int:
    # The rights in the same transaction: a schema at its head is one that can be used.
    with engine.begin() as db:
        db.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        db.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        before = current_revision(db, schema)
        command.upgrade(config_of(schema, db), "head")
        if rights:
            grant_rights(db, catalogue()[schema], ROLES)
    scripts = scripts_of(schema)
    return len(list(scripts.iterate_revisions("head", before or "base")))


def current_revision(db: Connection, schema: str) -> str | None:
    """Return the revision at which a schema stands, None for an empty one."""
    options = {"version_table_schema": schema, "version_table": VERSION_TABLE}
    return MigrationContext.configure(db, opts=options).get_current_revision()


def new_migration(url: str, schema: str, words: str, *, after_deploy: bool = False) -> str:
    """Write the next script of a schema from the difference to its tables; return its path.

    Its name says when it may run: `pre` is compatible with the running code, `post` is not.
    """
    number = len(list(scripts_of(schema).walk_revisions())) + 1
    stage = "post" if after_deploy else "pre"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as db:
        script = command.revision(
            config_of(schema, db),
            message=words,
            autogenerate=True,
            rev_id=f"{number:04d}_{stage}",
        )
    return str(script.path)  # type: ignore[union-attr]  # one revision, not a list
