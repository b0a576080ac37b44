"""What the relay does with what the bus has confirmed and the database will not take."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from eventlet.event import Event as Signal
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from shared.bus.messages import Outcome, Outgoing
from shared.chassis.glance import Glance
from shared.chassis.relay import Relay
from shared.clock import utcnow
from shared.db import new_metadata
from shared.events.base import Envelope
from shared.events.review import CaseReopened
from shared.outbox import say, unsent
from shared.unit import Unit, plumbing_tables

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
metadata = new_metadata("sla")
plumbing = plumbing_tables(metadata)
FULL = """
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER disk_is_full BEFORE UPDATE ON sla.outbox EXECUTE FUNCTION disk_is_full();
"""
FREE = "DROP FUNCTION disk_is_full CASCADE"


class Bus:
    """Confirms everything, and remembers how often it was told what."""

    def __init__(self) -> None:
        self.published: list[str] = []

    def publish(self, messages: Sequence[Outgoing], timeout: float) -> Outcome:
        ids = [message.id for message in messages]
        self.published += ids
        return Outcome(frozenset(ids), frozenset(), frozenset())

    def beat(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def engine(service_database: Callable[..., Engine]) -> Engine:
    return service_database(metadata)


@pytest.fixture
def relay(bus: Bus, engine: Engine) -> Relay:
    """A leader without a container, whose rounds a test runs one by one."""
    relay: Any = object.__new__(Relay)
    relay.unit = Unit(engine, "341523", "sla", plumbing, wake=lambda: None)
    relay.direct, relay.glance = SimpleNamespace(leads=lambda _service: True), Glance({})
    relay.service, relay.labels = "sla", {"node": "341523", "service": "sla"}
    relay.shards, relay.publisher, relay.signal = 1, bus, Signal()
    relay.tidy_at = utcnow() + timedelta(hours=1)
    relay.unmarked = []
    return relay  # type: ignore[no-any-return]


@contextmanager
def disk_full(engine: Engine) -> Iterator[None]:
    with engine.begin() as db:
        db.execute(text(FULL))
    yield
    with engine.begin() as db:
        db.execute(text(FREE))


def says_something(relay: Relay) -> None:
    fact = CaseReopened(case_id=uuid4(), occurred_at=NOON, round=2, because="没有解决")
    with relay.unit.transaction() as db:
        say(db, fact)


def test_what_cannot_be_marked_is_marked_later_and_not_said_again_each_time(
    relay: Relay, bus: Bus, engine: Engine
) -> None:
    says_something(relay)

    with disk_full(engine):
        assert relay.relay_once() == 1
        for _ in range(3):
            with pytest.raises(OperationalError):
                relay.relay_once()
    assert relay.relay_once() == 0

    assert len(bus.published) == 1
    with relay.unit.transaction() as db:
        assert unsent(db, plumbing.outbox, 10) == []


def test_facts_of_several_cases_are_written_in_the_order_in_which_they_were_said(
    relay: Relay,
) -> None:
    one, other = sorted((uuid4(), uuid4()), reverse=True)
    said = [[one, other, one, one], [other, one]]

    versions = []
    for subjects in said:
        with relay.unit.begin() as work:
            for case_id in subjects:
                say(work.db, CaseReopened(case_id=case_id, occurred_at=NOON, round=2, because="x"))
        versions.append(work.versions)

    with relay.unit.transaction() as db:
        bodies = [each.body for each in unsent(db, plumbing.outbox, 10)]
    written = [Envelope.model_validate_json(body) for body in bodies]
    assert [each.subject for each in written] == [*said[0], *said[1]]
    assert [each.version for each in written] == [1, 1, 2, 3, 2, 4]
    assert versions == [{one: 3, other: 1}, {one: 4, other: 2}]
    assert all(each.open(CaseReopened).because == "x" for each in written)


def test_what_was_said_meanwhile_follows(relay: Relay, bus: Bus, engine: Engine) -> None:
    says_something(relay)
    with disk_full(engine):
        relay.relay_once()
        says_something(relay)
        with pytest.raises(OperationalError):
            relay.relay_once()

    assert relay.relay_once() == 1

    assert len(set(bus.published)) == len(bus.published) == 2


def test_what_was_published_last_is_marked_before_it_ends(
    relay: Relay, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    says_something(relay)
    relay.ended, publish = Signal(), bus.publish

    def publish_and_end(messages: Sequence[Outgoing], timeout: float) -> Outcome:
        relay.ended.send()
        return publish(messages, timeout)

    monkeypatch.setattr(bus, "publish", publish_and_end)
    relay.run()

    assert len(bus.published) == 1
    with relay.unit.transaction() as db:
        assert unsent(db, plumbing.outbox, 10) == []


def test_it_reads_what_is_said_when_the_glance_saw_it_or_somebody_tells_it(
    relay: Relay, bus: Bus
) -> None:
    seen = False
    relay.glance = SimpleNamespace(take=lambda *_: seen)  # type: ignore[assignment]
    says_something(relay)
    unseen = relay.relay_once()

    relay.wake()
    told = relay.relay_once()
    relay.relay_once()  # which marks what was sent
    says_something(relay)
    unseen += relay.relay_once()
    seen = True

    assert (unseen, told, relay.relay_once()) == (0, 1, 1)
    assert len(bus.published) == 2
