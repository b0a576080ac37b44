"""Transactions: what they may tell when something fails, and what they get over."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from backstop.rights import ensure_role
from shared.db import connect_engine, direct_dsn, transaction

pytestmark = pytest.mark.integration


@pytest.fixture
def engine(database: Callable[..., str]) -> Iterator[Engine]:
    url = database().replace("postgresql://", "postgresql+psycopg://")
    engine = connect_engine(url, pool=1, application="test")
    yield engine
    engine.dispose()


def test_an_error_repeats_neither_the_row_nor_the_parameters(
    engine: Engine,
) -> None:
    query = text("INSERT INTO people VALUES (:name, NULL)")

    with engine.connect() as db:
        db.execute(text("CREATE TEMP TABLE people (name text, phone text NOT NULL)"))
        with pytest.raises(IntegrityError) as caught:
            db.execute(query, {"name": "张三丰"})

    told = f"{caught.value} {caught.value.orig}"
    assert "张三丰" not in told
    assert "null value in column" in told


def test_the_first_transaction_after_a_restart_of_the_server_succeeds(engine: Engine) -> None:
    with engine.begin() as db:
        ensure_role(db, "sla")
    with transaction(engine, "sla") as db:
        lost = db.scalar(text("SELECT pg_backend_pid()"))

    end_session(engine, lost)

    with transaction(engine, "sla") as db:
        assert db.scalar(text("SELECT pg_backend_pid()")) != lost
        assert db.scalar(text("SELECT current_user")) == "backstop_sla"


def test_of_several_pooled_connections_that_outlived_their_server_none_is_tried(
    database: Callable[..., str],
) -> None:
    url = database().replace("postgresql://", "postgresql+psycopg://")
    engine = connect_engine(url, pool=3, application="test")
    with engine.begin() as db:
        ensure_role(db, "sla")
    with ExitStack() as hands:
        held = [hands.enter_context(transaction(engine, "sla")) for _ in range(3)]
        lost = [db.scalar(text("SELECT pg_backend_pid()")) for db in held]
    for pid in lost:
        end_session(engine, pid)

    with transaction(engine, "sla") as db:
        assert db.scalar(text("SELECT pg_backend_pid()")) not in lost
    engine.dispose()


def test_a_transaction_that_loses_its_server_on_the_way_fails(engine: Engine) -> None:
    with engine.begin() as db:
        ensure_role(db, "sla")

    with pytest.raises(OperationalError):
        lose_the_server(engine)


def lose_the_server(engine: Engine) -> None:
    with transaction(engine, "sla") as db:
        end_session(engine, db.scalar(text("SELECT pg_backend_pid()")))
        db.execute(text("SELECT 1"))


def end_session(engine: Engine, pid: int | None) -> None:
    with psycopg.connect(
        direct_dsn(engine.url.render_as_string(hide_password=False)), autocommit=True
    ) as db:
        db.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
