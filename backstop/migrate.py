"""Migrations: every service's schema, its role and its rights, in one process under one lock.

Each migration is a transaction of its own, recorded with it: what it locks it holds no longer than
it needs, and after one that failed the next run goes on from there. A node that is up to date
costs one query. Migrations run by a job or by the launcher, never by a
starting service. The account that runs them owns the schemas; the services' roles cannot log in.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.migration import MigrationInfo
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, MetaData, create_engine, func, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from backstop.progress import Trouble
from backstop.rights import ensure_role, grant_rights
from backstop.suite import MEMBERS
from services.portal.repository import ensure_partitions
from shared.audit import KEEPERS
from shared.clock import utcnow
from shared.security.pieces import pieces

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = Path(__file__).parent / "migrations"
LOCK = 0x0B57_0001
"""One migration at a time per database."""
VERSION_TABLE = "alembic_version"
ROLES = (*MEMBERS, *KEEPERS)
"""Who has a role of its own: each service, and those that keep the audits."""
LOCK_SECONDS = 10
"""Whoever waits longer for a table lets go of it: behind it, every request would wait as well."""
LOCK_TRIES = 3
PAUSE_SECONDS = 5.0
"""In which what has queued up behind a migration gets its turn before the next try."""
BLOCKED = """\
{schema} 的迁移停在 {stands}：要改的表一直被占用，试了 {tries} 次，每次等了 {seconds} 秒。
已经做完的迁移都已记下，没有改一半的。请在 pg_stat_activity 里找到占用的连接（pg_blocking_pids），
等它结束，或用 pg_terminate_backend 结束它，再运行一次 backstop migrate，会从这里接着做。
The migrations of {schema} stand at {stands}: a table was in use by somebody else, {tries} times
for {seconds} seconds. What was done is recorded, and nothing is half done. Find who holds the
table in pg_stat_activity (pg_blocking_pids), let it end or end it with pg_terminate_backend, and
run backstop migrate again: it goes on from here."""

Pause = Callable[[float], None]


def catalogue() -> Mapping[str, MetaData]:
    """Return every schema of a node with its tables, the vault first."""
    return {"vault": pieces.metadata} | {name: m.metadata for name, m in MEMBERS.items()}


def config_of(
    schema: str, db: Connection | None = None, applied: Callable[..., None] | None = None
) -> Config:
    """Return Alembic's settings for one schema, on an open connection where one is needed.

    `applied` is called after each migration, in its transaction.
    """
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(folder_of(schema)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(
        connection=db, schema=schema, target_metadata=catalogue()[schema], table=VERSION_TABLE
    )
    config.attributes["applied"] = [] if applied is None else [applied]
    return config


def scripts_of(schema: str) -> ScriptDirectory:
    """Return the migration scripts of one schema."""
    return ScriptDirectory.from_config(config_of(schema))


def count_migrations() -> int:
    """Return how many scripts an empty database has to be run through."""
    return sum(len(list(scripts_of(schema).walk_revisions())) for schema in catalogue())


def folder_of(schema: str) -> Path:
    """Return the folder that holds the migrations of one schema."""
    owner = ROOT / "shared" / "security" if schema == "vault" else ROOT / "services" / schema
    return owner / "migrations"


def migrate(url: str, *, rights: bool = True, pause: Pause = sleep) -> int:
    """Bring every schema of a database to its head; return how many scripts were run.

    Without `rights` nobody may use it: a draft, behind what the tables declare. Trouble if a table
    stays locked by somebody else; then it has waited `pause` between its tries.
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
        return sum(_upgrade(engine, schema, rights=rights, pause=pause) for schema in catalogue())


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


def _upgrade(engine: Engine, schema: str, *, rights: bool, pause: Pause) -> int:
    with engine.begin() as db:
        db.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        before = current_revision(db, schema)
    with engine.connect() as db:
        # A crash may lose the last of them, whole and in their order: then they run once more.
        db.execute(text("SET synchronous_commit = off"))
        db.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        db.commit()
        for left in reversed(range(LOCK_TRIES)):
            try:
                _run(db, schema, rights=rights)
                break
            except OperationalError as error:
                _wait_or_give_up(db, schema, error, left, pause)
    scripts = scripts_of(schema)
    return len(list(scripts.iterate_revisions("head", before or "base")))


def _run(db: Connection, schema: str, *, rights: bool) -> None:
    metadata, head = catalogue()[schema], scripts_of(schema).get_current_head()

    def grant_at_the_head(*, step: MigrationInfo, **_: object) -> None:
        # In its transaction: a schema at its head is one that can be used.
        if rights and step.up_revision_id == head:
            grant_rights(db, metadata, ROLES)

    if current_revision(db, schema) != head:
        db.commit()
        command.upgrade(config_of(schema, db, grant_at_the_head), "head")
    elif rights:
        grant_rights(db, metadata, ROLES)
    db.commit()


def _wait_or_give_up(
    db: Connection, schema: str, error: OperationalError, left: int, pause: Pause
) -> None:
    db.rollback()
    if not isinstance(error.orig, LockNotAvailable):
        raise error
    if not left:
        stands = current_revision(db, schema) or "—"
        told = {"schema": schema, "stands": stands, "tries": LOCK_TRIES, "seconds": LOCK_SECONDS}
        raise Trouble(BLOCKED.format_map(told)) from error
    log.warning("a migration waits for a lock", extra={"schema": schema, "left": left})
    pause(PAUSE_SECONDS)


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
