"""Each migration is a transaction: one that fails or waits leaves those before it done."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, create_engine, text
from sqlalchemy.exc import DataError

from backstop.migrate import LOCK_TRIES, PAUSE_SECONDS, current_revision, migrate
from backstop.progress import Trouble
from shared.db import transaction

pytestmark = pytest.mark.integration

FIRST = 'op.execute("CREATE TABLE sla.a (n int)")'
SECOND = 'op.execute("ALTER TABLE sla.a ADD COLUMN m int")'
BROKEN = f'{SECOND}\n    op.execute("SELECT 1 / 0")'


@pytest.fixture
def url(database: Callable[..., str]) -> str:
    return database().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One schema of one table, with the migrations that a test writes."""
    metadata = MetaData(schema="sla")
    grants = {"sla": ("SELECT",)}
    Table("a", metadata, Column("n", Integer), Column("m", Integer), info={"grants": grants})
    monkeypatch.setattr("backstop.migrate.catalogue", lambda: {"sla": metadata})
    monkeypatch.setattr("backstop.migrate.folder_of", lambda _schema: tmp_path)
    monkeypatch.setattr("backstop.migrate.LOCK_SECONDS", 0.05)
    write(tmp_path, 1, FIRST)
    return tmp_path


def write(folder: Path, number: int, act: str) -> None:
    before = f'"{number - 1:04d}_pre"' if number > 1 else None
    script = f"""
    from alembic import op

    revision = "{number:04d}_pre"
    down_revision = {before}


    def upgrade() -> None:
        """
    (folder / f"{number:04d}_pre_step.py").write_text(dedent(script).rstrip() + f"\n    {act}\n")


def stands(db: Connection) -> tuple[str | None, bool]:
    """Return the revision, and whether the second migration has left anything."""
    column = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'm'"
    there = text(f"{column} AND table_schema = 'sla'")
    return current_revision(db, "sla"), bool(db.scalar(there))


def test_one_that_fails_leaves_those_before_it_and_the_next_run_goes_on(
    url: str, engine: Engine, scripts: Path
) -> None:
    write(scripts, 2, BROKEN)
    with pytest.raises(DataError):
        migrate(url)
    with engine.connect() as db:
        assert stands(db) == ("0001_pre", False)

    write(scripts, 2, SECOND)

    assert migrate(url) == 1
    with engine.connect() as db:
        assert stands(db) == ("0002_pre", True)
    with transaction(engine, "sla") as db:
        db.execute(text("SELECT n, m FROM sla.a"))


def test_a_table_that_stays_in_use_is_named_after_bounded_waiting(
    url: str, engine: Engine, scripts: Path
) -> None:
    migrate(url)
    write(scripts, 2, SECOND)
    pauses: list[float] = []
    with engine.connect() as other, other.begin():
        other.execute(text("LOCK TABLE sla.a IN ACCESS SHARE MODE"))
        with pytest.raises(Trouble, match="pg_blocking_pids") as trouble:
            migrate(url, pause=pauses.append)

    assert pauses == [PAUSE_SECONDS] * (LOCK_TRIES - 1)
    assert "0001_pre" in str(trouble.value)
    with engine.connect() as db:
        assert stands(db) == ("0001_pre", False)


def test_a_table_that_becomes_free_is_changed_at_the_next_try(
    url: str, engine: Engine, scripts: Path
) -> None:
    migrate(url)
    write(scripts, 2, SECOND)
    with engine.connect() as other:
        other.execute(text("LOCK TABLE sla.a IN ACCESS SHARE MODE"))

        assert migrate(url, pause=lambda _seconds: other.rollback()) == 1

    with engine.connect() as db:
        assert stands(db) == ("0002_pre", True)
