"""What an earlier key sealed comes under the present one, batch by batch; nothing else moves."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, select, text, update
from sqlalchemy.schema import CreateSchema

from shared.db import new_metadata
from shared.idempotency import idempotency_table, sealed_answers
from shared.security import vault
from shared.security.resealing import SealedColumn, key_name, left_under, reseal, sealed_under
from shared.security.sealing import NodeKeys
from shared.security.vault import case_keys, create_key, destroy, sealer_of_case

pytestmark = pytest.mark.integration

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
OLD = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)
NEW = replace(OLD, current="2", wrapping={"1": b"w" * 16, "2": b"x" * 16})
ONLY_NEW = replace(NEW, wrapping={"2": b"x" * 16})
CASES = [uuid4() for _ in range(7)]


@pytest.fixture
def engine(database: Callable[..., str]) -> Iterator[Engine]:
    engine = create_engine(database())
    with engine.begin() as db:
        db.execute(CreateSchema("vault"))
        vault.metadata.create_all(db)
    yield engine
    engine.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin():
        yield connection


def walk(db: Connection, sealed: SealedColumn, limit: int) -> list[int]:
    """Take batches until one says that nothing is left behind it; return how much each did."""
    done, after = [], ()
    while True:
        batch = reseal(sealed, db, NEW, after, limit)
        done.append(batch.done)
        if batch.end is None:
            return done
        after = batch.end


def test_every_data_key_comes_under_the_new_key_and_opens_the_same(db: Connection) -> None:
    texts = {case: create_key(db, OLD, case, NINE).seal("name", str(case)) for case in CASES}
    create_key(db, NEW, young := uuid4(), NINE)
    assert left_under(vault.sealed, db, NEW) == len(CASES)

    assert walk(db, vault.sealed, 3) == [3, 3, 1]

    assert left_under(vault.sealed, db, NEW) == 0
    assert sealed_under(db, vault.sealed) == {"2": len(CASES) + 1}
    for case, sealed in texts.items():
        assert sealer_of_case(db, ONLY_NEW, case).open(sealed) == str(case)
    assert sealer_of_case(db, ONLY_NEW, young)


def test_an_erased_key_stays_erased(db: Connection) -> None:
    create_key(db, OLD, CASES[0], NINE)
    destroy(db, CASES[0], NINE)

    assert walk(db, vault.sealed, 3) == [0]
    assert db.scalars(select(case_keys.c.wrapped)).all() == [None]
    assert sealed_under(db, vault.sealed) == {}


def test_a_row_that_cannot_be_opened_keeps_nobody_waiting_and_is_counted(db: Connection) -> None:
    for case in CASES:
        create_key(db, OLD, case, NINE)
    broken = update(case_keys).where(case_keys.c.case_id == CASES[2])
    db.execute(broken.values(wrapped=b"1:" + b"z" * 44))

    assert sum(walk(db, vault.sealed, 2)) == len(CASES) - 1
    assert left_under(vault.sealed, db, NEW) == 1


def test_a_row_that_somebody_holds_is_left_for_the_next_walk(engine: Engine) -> None:
    with engine.begin() as db:
        for case in CASES:
            create_key(db, OLD, case, NINE)
    held = select(case_keys.c.id).where(case_keys.c.case_id == CASES[3]).with_for_update()
    with engine.connect() as other, engine.begin() as db:
        other.execute(held)
        assert sum(walk(db, vault.sealed, 3)) == len(CASES) - 1
    with engine.begin() as db:
        assert walk(db, vault.sealed, 3) == [1]


def test_remembered_answers_come_along(db: Connection) -> None:
    metadata = new_metadata("vault")
    table = idempotency_table(metadata)
    metadata.create_all(db)
    sealed = sealed_answers(table)
    for key in ("a", "b", "c"):
        label = f"idempotency/vault/staff:zhang/{key}"
        row = {"actor": "staff:zhang", "key": key, "digest": "d", "at": NINE}
        answer = OLD.seal_bytes(key.encode(), label)
        db.execute(table.insert().values(row | {"answer": answer}))

    assert walk(db, sealed, 2) == [2, 1]

    for found in db.execute(select(table)):
        label = f"idempotency/vault/staff:zhang/{found.key}"
        assert ONLY_NEW.open_bytes(found.answer, label).decode() == found.key


def test_what_is_left_is_found_by_an_index(db: Connection) -> None:
    for case in CASES:
        create_key(db, OLD, case, NINE)
    db.execute(text("SET LOCAL enable_seqscan = off"))
    query = str(
        select(case_keys.c.id)
        .where(key_name(case_keys.c.wrapped).in_(["1"]))
        .compile(db, compile_kwargs={"literal_binds": True})
    )

    plan = "\n".join(db.scalars(text(f"EXPLAIN {query}")))

    assert "ix_case_keys_wrapped_by" in plan
