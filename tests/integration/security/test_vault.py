from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.schema import CreateSchema

from shared.db import grants_of, role_of
from shared.security.sealing import KeyDestroyed, NodeKeys
from shared.security.vault import (
    case_keys,
    create_key,
    destroy,
    metadata,
    sealer_for,
    sealer_of_case,
    sealers_for,
    was_erased,
)

pytestmark = pytest.mark.integration

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)
CASE = uuid4()


@pytest.fixture
def engine(database: Callable[..., str]) -> Iterator[Engine]:
    engine = create_engine(database())
    with engine.begin() as db:
        db.execute(CreateSchema("vault"))
        metadata.create_all(db)
    yield engine
    engine.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin():
        yield connection


def test_what_one_service_seals_another_opens(db: Connection) -> None:
    sealed = create_key(db, KEYS, CASE, NINE).seal("name", "张三丰")

    assert sealer_for(db, KEYS, sealed.key_id).open(sealed) == "张三丰"
    assert sealer_of_case(db, KEYS, CASE).open(sealed) == "张三丰"


def test_no_plain_key_is_in_the_table(db: Connection) -> None:
    key = create_key(db, KEYS, CASE, NINE).key

    assert key not in db.scalars(select(case_keys.c.wrapped)).one()


def test_a_destroyed_key_opens_nothing_a_moment_later(db: Connection) -> None:
    key_id = create_key(db, KEYS, CASE, NINE).key_id

    assert destroy(db, CASE, NINE) == 1
    with pytest.raises(KeyDestroyed):
        sealer_for(db, KEYS, key_id)
    with pytest.raises(KeyDestroyed):
        sealer_of_case(db, KEYS, CASE)
    assert db.execute(select(case_keys.c.wrapped, case_keys.c.destroyed_at)).one() == (None, NINE)


def test_destroying_twice_destroys_once(db: Connection) -> None:
    create_key(db, KEYS, CASE, NINE)

    assert [destroy(db, CASE, NINE), destroy(db, CASE, NINE), destroy(db, uuid4(), NINE)] == [
        1,
        0,
        0,
    ]


def test_a_key_that_never_was_opens_nothing(db: Connection) -> None:
    with pytest.raises(KeyDestroyed):
        sealer_for(db, KEYS, uuid4())


def test_a_case_is_erased_when_a_key_was_destroyed_not_while_one_is_on_its_way(
    db: Connection,
) -> None:
    assert not was_erased(db, CASE)
    create_key(db, KEYS, CASE, NINE)
    assert not was_erased(db, CASE)  # whoever found none a moment ago must not call this erased

    destroy(db, CASE, NINE)

    assert was_erased(db, CASE)


def test_a_case_has_one_living_key(db: Connection) -> None:
    create_key(db, KEYS, CASE, NINE)
    destroy(db, CASE, NINE)
    second = create_key(db, KEYS, CASE, NINE)

    with pytest.raises(IntegrityError), db.begin_nested():
        create_key(db, KEYS, CASE, NINE)
    assert sealer_of_case(db, KEYS, CASE) == second


def test_a_list_is_opened_by_one_query_without_what_was_erased(db: Connection) -> None:
    erased, living = create_key(db, KEYS, uuid4(), NINE), create_key(db, KEYS, CASE, NINE)
    destroy(db, erased.case_id, NINE)

    found = sealers_for(db, KEYS, [erased.key_id, living.key_id, uuid4()])

    assert found == {living.key_id: living}


def test_a_row_is_either_whole_or_destroyed(db: Connection) -> None:
    create_key(db, KEYS, CASE, NINE)

    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(update(case_keys).values(wrapped=None))


def test_only_intake_may_destroy_keys_link_may_add_one_and_sla_sees_none(engine: Engine) -> None:
    allowed = grants_of(case_keys)

    assert set(allowed) == {"intake", "link", "notify", "portal", "review", "dispatch"}
    with engine.connect() as db, db.begin() as attempt:
        _grant(db)
        _become(db, "notify")
        db.execute(select(case_keys)).all()
        with pytest.raises(ProgrammingError), db.begin_nested():
            destroy(db, CASE, NINE)
        with pytest.raises(ProgrammingError), db.begin_nested():
            create_key(db, KEYS, CASE, NINE)
        _become(db, "link")
        create_key(db, KEYS, CASE, NINE)
        with pytest.raises(ProgrammingError), db.begin_nested():
            destroy(db, CASE, NINE)
        _become(db, "intake")
        assert destroy(db, CASE, NINE) == 1
        attempt.rollback()  # roles belong to the whole server


def _grant(db: Connection) -> None:
    for service, rights in grants_of(case_keys).items():
        role = role_of(service)
        if db.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is None:
            db.execute(text(f"CREATE ROLE {role} NOLOGIN"))
        db.execute(text(f"GRANT USAGE ON SCHEMA vault TO {role}"))
        db.execute(text(f"GRANT {', '.join(rights)} ON vault.case_keys TO {role}"))


def _become(db: Connection, service: str) -> None:
    db.execute(text(f"SET LOCAL ROLE {role_of(service)}"))
