from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.schema import CreateSchema

from shared.audit import AuditOutcome, Entry, audit_table, digest_of, record
from shared.db import grants_of, new_metadata
from shared.security.actor import Actor, ActorKind, Role, citizen

pytestmark = pytest.mark.integration

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
METADATA = new_metadata("intake")
AUDIT = audit_table(METADATA)
OFFICER = Actor(
    kind=ActorKind.STAFF,
    node="341523",
    id="u1",
    name="李专员",
    roles=frozenset({Role.DISPOSAL_OFFICER}),
)


@pytest.fixture
def db(database: Callable[..., str]) -> Iterator[Connection]:
    engine = create_engine(database())
    with engine.connect() as connection, connection.begin():
        connection.execute(CreateSchema("intake"))
        METADATA.create_all(connection)
        yield connection
    engine.dispose()


def look(actor: Actor) -> Entry:
    return Entry(
        at=NINE,
        actor=actor,
        action="person.reveal",
        object_kind="case",
        object_id="BCS-1",
        outcome=AuditOutcome.DENIED,
        purpose="回电核实",
        after=digest_of({"b": 1, "a": "甲"}),
        trace_id="0af7",
    )


def test_an_entry_says_who_did_what_to_what(db: Connection) -> None:
    record(db, AUDIT, look(OFFICER))

    row = db.execute(select(AUDIT)).one()
    assert (row.at, row.node, row.actor_kind, row.actor_id) == (NINE, "341523", "staff", "u1")
    assert (row.actor_name, row.action, row.outcome) == ("李专员", "person.reveal", "denied")
    assert (row.object_kind, row.object_id, row.purpose) == ("case", "BCS-1", "回电核实")
    assert (row.before, row.after) == (None, digest_of({"a": "甲", "b": 1}))


def test_the_name_of_a_person_from_outside_is_left_out(db: Connection) -> None:
    person = citizen("341523", uuid4(), "BCS-1")
    named = Actor(kind=person.kind, node=person.node, id=person.id, name="张三丰")

    record(db, AUDIT, look(named))

    assert db.execute(select(AUDIT.c.actor_name)).scalar_one() == ""


def test_the_own_service_may_add_and_read_only() -> None:
    assert grants_of(AUDIT) == {"intake": ("SELECT", "INSERT")}
