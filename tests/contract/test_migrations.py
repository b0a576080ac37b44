"""Migrations build exactly the tables of the code, once, and grant each role only its own."""

from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    MetaData,
    create_engine,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.exc import ProgrammingError

from backstop.migrate import (
    ROLES,
    VERSION_TABLE,
    catalogue,
    count_migrations,
    is_current,
    migrate,
)
from backstop.rights import ensure_role, grant_rights
from backstop.suite import MEMBERS
from shared.db import role_of, transaction
from tests.conftest import Databases
from tests.contract.tree import SERVICES
from tests.integration.schemas import build_schemas

pytestmark = pytest.mark.integration

SCHEMAS = sorted(catalogue())


@pytest.fixture
def url(database: Callable[..., str]) -> str:
    """A new, empty database."""
    return database().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="module")
def finished(postgres: Databases) -> Iterator[str]:
    """The name of a database in which the migrations have run: others are copies of it."""
    name = f"migrated_{uuid4().hex[:12]}"
    address = postgres.create_database(name).replace("postgresql://", "postgresql+psycopg://")
    assert migrate(address) == count_migrations() >= len(SCHEMAS)
    yield name
    postgres.drop_database(name)


@pytest.fixture
def migrated_url(finished: str, database: Callable[..., str]) -> str:
    """The address of a database of the test's own, after the migrations."""
    return database(finished).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def migrated(migrated_url: str) -> Iterator[Engine]:
    """The engine of its owner."""
    engine = create_engine(migrated_url)
    yield engine
    engine.dispose()


def test_migrations_build_the_tables_of_the_code(migrated: Engine) -> None:
    with migrated.connect() as db:
        differences = {schema: differences_in(db, schema) for schema in SCHEMAS}

    assert {schema: found for schema, found in differences.items() if found} == {}


def test_migrations_build_the_functions_and_triggers_of_the_code(
    migrated: Engine, database: Callable[..., str]
) -> None:
    services = [metadata for schema, metadata in catalogue().items() if schema != "vault"]
    declared = build_schemas(database(), *services)

    with migrated.connect() as db, declared.connect() as other:
        there, wanted = programs_of(db), programs_of(other)
    declared.dispose()

    assert there == wanted
    assert len(there) > len(SERVICES)  # each audit has its trigger


def programs_of(db: Connection) -> dict[str, tuple[str, str]]:
    """Return what PostgreSQL runs for us, which Alembic does not compare: text and rights."""
    found = db.execute(text(PROGRAMS), {"schemas": SCHEMAS})
    return {row.name: (row.text, row.rights) for row in found}


PROGRAMS = """
SELECT n.nspname || '.' || p.proname AS name, pg_get_functiondef(p.oid) AS text,
       COALESCE(p.proacl::text, '') AS rights
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY(:schemas)
UNION ALL
SELECT t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid), ''
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND NOT t.tgisinternal
"""


def differences_in(db: Connection, schema: str) -> list[object]:
    """Return what Alembic would still have to change in one schema."""
    metadata = catalogue()[schema]

    def own(name: str | None, kind: str, parents: object) -> bool:
        return name == schema if kind == "schema" else True

    def ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        # Partitions are made as time goes by, not declared.
        return not (kind == "table" and reflected and name in partitions_of(db, schema))

    context = MigrationContext.configure(
        db,
        opts={
            "include_schemas": True,
            "include_name": own,
            "include_object": ours,
            "version_table_schema": schema,
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "compare_server_default": True,
        },
    )
    return list(compare_metadata(context, metadata))


def partitions_of(db: Connection, schema: str) -> set[str]:
    """Return the tables of a schema that are parts of another one."""
    parts = text(
        "SELECT relname FROM pg_class "
        "WHERE relispartition AND relnamespace = CAST(:schema AS regnamespace)"
    )
    return set(db.scalars(parts, {"schema": schema}))


def test_a_second_migration_does_nothing(migrated: Engine, migrated_url: str) -> None:
    with migrated.connect() as db:
        assert is_current(db)

    assert migrate(migrated_url) == 0


def test_a_migration_that_broke_off_before_the_rights_is_not_taken_for_done(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []

    def break_off(db: Connection, metadata: MetaData, services: Iterable[str]) -> None:
        given.append(str(metadata.schema))
        if len(given) == len(SCHEMAS):
            raise ConnectionError("the migration job was killed")
        grant_rights(db, metadata, services)

    monkeypatch.setattr("backstop.migrate.grant_rights", break_off)
    with pytest.raises(ConnectionError):
        migrate(url)
    monkeypatch.undo()

    assert migrate(url) > 0
    engine = create_engine(url)
    for service in SERVICES:
        run_as(engine, service, select(MEMBERS[service].plumbing.outbox.rows))
    engine.dispose()


def test_a_node_that_slept_for_months_gets_its_partitions(
    migrated: Engine, migrated_url: str
) -> None:
    with migrated.begin() as db:
        for name in months_of_the_journal(db):
            db.execute(text(f"DROP TABLE {name}"))

    assert migrate(migrated_url) == 0

    with migrated.connect() as db:
        assert months_of_the_journal(db)


def months_of_the_journal(db: Connection) -> list[str]:
    parts = (
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'portal.journal'::regclass"
    )
    return list(db.scalars(text(parts)))


def test_a_right_that_is_declared_no_more_is_taken_away(migrated: Engine) -> None:
    outbox = MEMBERS["intake"].plumbing.outbox.rows
    with migrated.begin() as db:
        db.execute(text("GRANT USAGE ON SCHEMA intake TO backstop_sla"))
        db.execute(text("GRANT SELECT ON intake.outbox TO backstop_sla"))
        grant_rights(db, catalogue()["intake"], SERVICES)

    with pytest.raises(ProgrammingError, match="permission denied"):
        run_as(migrated, "sla", select(outbox))


def test_an_account_that_is_no_superuser_can_migrate_and_serve(url: str) -> None:
    owner = create_engine(url, isolation_level="AUTOCOMMIT")
    name = owner.url.database
    account = f"owner_of_{name}"
    with owner.connect() as db:
        db.execute(text(f"CREATE ROLE {account} LOGIN CREATEROLE PASSWORD 'x'"))
        db.execute(text(f"ALTER DATABASE {name} OWNER TO {account}"))
        for service in ROLES:
            ensure_role(db, service)
            option = "" if (db.dialect.server_version_info or (16,)) < (16,) else " WITH SET FALSE"
            db.execute(text(f"GRANT {role_of(service)} TO {account}{option}"))
            if option:
                db.execute(text(f"GRANT {role_of(service)} TO {account} WITH ADMIN TRUE"))
    theirs = create_engine(owner.url.set(username=account, password="x"))

    migrate(theirs.url.render_as_string(hide_password=False))

    run_as(theirs, "sla", select(MEMBERS["sla"].plumbing.outbox.rows))
    theirs.dispose()
    with owner.connect() as db:
        db.execute(text(f"REASSIGN OWNED BY {account} TO CURRENT_USER"))
        db.execute(text(f"DROP OWNED BY {account}"))
        db.execute(text(f"DROP ROLE {account}"))
    owner.dispose()


def test_a_missing_column_is_seen(migrated: Engine) -> None:
    with migrated.connect() as db:
        db.execute(text("ALTER TABLE sla.clocks DROP COLUMN due_at"))

        assert differences_in(db, "sla")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_neither_change_nor_remove_its_audit(migrated: Engine, service: str) -> None:
    audit = MEMBERS[service].plumbing.audit

    for attempt in (update(audit).values(action="other"), delete(audit)):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run_as(migrated, service, attempt)
    run_as(migrated, service, select(audit))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_no_table_of_another_one(migrated: Engine, service: str) -> None:
    for other in sorted(set(SERVICES) - {service}):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run_as(migrated, service, select(MEMBERS[other].plumbing.outbox.rows))


def test_only_portal_empties_the_journal(migrated: Engine) -> None:
    empty = func.portal.redact_journal(uuid4())
    for service in sorted(set(SERVICES) - {"portal"}):
        with migrated.begin() as db:
            db.execute(text(f"GRANT USAGE ON SCHEMA portal TO {role_of(service)}"))
        with pytest.raises(ProgrammingError, match="permission denied for function"):
            run_as(migrated, service, select(empty))
    run_as(migrated, "portal", select(empty))


def run_as(engine: Engine, service: str, statement: Executable) -> None:
    with transaction(engine, service) as db:
        db.execute(statement)
