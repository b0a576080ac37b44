"""The glance on a real PostgreSQL: who finds nothing in it rests, and nobody is left to wait."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from services.sla.tables import metadata, plumbing
from shared.audit import Entry, record
from shared.chassis.glance import HOLDS_SECONDS, LOOK_SECONDS, Glance, Kind
from shared.db import direct_dsn
from shared.events.review import CaseReopened
from shared.inbox import ask_replay, keep, park, parked
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.unit import Unit
from tests.integration.conftest import ServiceDatabase

pytestmark = pytest.mark.integration

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(service_database: ServiceDatabase) -> Engine:
    return service_database(metadata)


@pytest.fixture
def unit(engine: Engine) -> Unit:
    return Unit(engine, "341523", "sla", plumbing)


@pytest.fixture
def db(engine: Engine) -> Iterator[psycopg.Connection]:
    with psycopg.connect(direct_dsn(address_of(engine)), autocommit=True) as connection:
        yield connection


@pytest.fixture
def glance(clock: Clock) -> Glance:
    return Glance({"sla": plumbing}, clock)


def address_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def taken(glance: Glance) -> set[Kind]:
    return {kind for kind in Kind if glance.take("sla", kind)}


def says(unit: Unit) -> None:
    with unit.transaction() as db:
        say(db, CaseReopened(case_id=uuid4(), occurred_at=NOON, round=2, because="没有解决"))


def test_each_kind_of_what_waits_is_seen_and_given_to_one_once_a_look(
    unit: Unit, db: psycopg.Connection, glance: Glance, clock: Clock
) -> None:
    itself = Actor(kind=ActorKind.SYSTEM, node="341523", id="x")
    entry = Entry(at=NOON, actor=itself, action="x.y", object_kind="case", object_id="7")
    steps: Mapping[Kind, Callable[[], None]] = {
        Kind.SAID: lambda: says(unit),
        Kind.UNSEALED: lambda: writes_down(unit, entry),
        Kind.KEPT: lambda: keeps(unit),
    }
    woken: list[Kind] = []
    for kind in Kind:
        glance.wake_on("sla", kind, lambda kind=kind: woken.append(kind))  # type: ignore[misc]
    seen: list[set[Kind]] = []
    for step in (lambda: None, *steps.values()):
        step()
        clock.now += LOOK_SECONDS
        glance.look(db)
        seen.append(taken(glance))

    assert seen == [set(), {Kind.SAID}, {Kind.SAID, Kind.UNSEALED}, set(Kind)]
    assert Counter(woken) == {Kind.SAID: 3, Kind.UNSEALED: 2, Kind.KEPT: 1}
    assert taken(glance) == set()


def writes_down(unit: Unit, entry: Entry) -> None:
    with unit.transaction() as db:
        record(db, plumbing.audit, entry)


def keeps(unit: Unit) -> None:
    with unit.transaction() as db:
        keep(db, plumbing.inbox, (uuid4(), "dispatch", b"{}"))


def test_a_parked_event_waits_only_when_somebody_wants_it_tried_again(
    unit: Unit, db: psycopg.Connection, glance: Glance, clock: Clock
) -> None:
    row = {"message_id": uuid4(), "name": "x", "subject_id": None, "body": b"{}"}
    with unit.transaction() as work:
        park(work, plumbing.inbox, {**row, "reason": "broken", "traceback": ""})
    glance.look(db)
    before = taken(glance)

    with unit.transaction() as work:
        [one] = parked(work, plumbing.inbox)
        ask_replay(work, plumbing.inbox, one.position)
    clock.now += LOOK_SECONDS
    glance.look(db)

    assert (before, taken(glance)) == (set(), {Kind.KEPT})


def test_it_looks_once_a_second_and_what_it_saw_long_ago_tells_nothing(
    unit: Unit, db: psycopg.Connection, glance: Glance, clock: Clock
) -> None:
    assert taken(glance) == set(Kind)
    glance.look(db)
    says(unit)
    clock.now += LOOK_SECONDS / 2
    glance.look(db)
    assert taken(glance) == set()

    clock.now += HOLDS_SECONDS

    assert taken(glance) == set(Kind)


def test_where_it_cannot_look_everybody_looks_and_the_connection_lives_on(
    unit: Unit, db: psycopg.Connection, glance: Glance, clock: Clock
) -> None:
    glance.look(db)
    db.execute("SET ROLE backstop_notify")  # which may read nothing of sla's
    clock.now += LOOK_SECONDS

    glance.look(db)

    assert taken(glance) == set(Kind)
    assert db.execute("SELECT 1").fetchone() == (1,)
