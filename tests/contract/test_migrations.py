"""Migrations build exactly the tables of the code, once, and grant each role only its own."""

from collections.abc import Callable, Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    create_engine,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.exc import ProgrammingError

from backstop.migrate import VERSION_TABLE, catalogue, is_current, migrate
from backstop.suite import MEMBERS
from shared.db import transaction
from tests.contract.tree import SERVICES

pytestmark = pytest.mark.integration

SCHEMAS = sorted(catalogue())


@pytest.fixture
def url(database: Callable[..., str]) -> str:
    """A new, empty database."""
    return database().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def migrated(url: str) -> Iterator[Engine]:
    """The engine of its owner, after the migrations."""
    assert migrate(url) >= len(SCHEMAS)
    engine = create_engine(url)
    yield engine
    engine.dispose()


def test_migrations_build_the_tables_of_the_code(migrated: Engine) -> None:
    with migrated.connect() as db:
        differences = {schema: differences_in(db, schema) for schema in SCHEMAS}

    assert {schema: found for schema, found in differences.items() if found} == {}


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


def test_a_second_migration_does_nothing(migrated: Engine, url: str) -> None:
    with migrated.connect() as db:
        assert is_current(db)

    assert migrate(url) == 0


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


def run_as(engine: Engine, service: str, statement: Executable) -> None:
    with transaction(engine, service) as db:
        db.execute(statement)
