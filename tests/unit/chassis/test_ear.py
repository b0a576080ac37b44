"""The consumer on the embedded bus: what it takes at once, how it waits, how it ends."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast
from uuid import uuid4

import eventlet
import kombu
import pytest

from shared.bus import embedded
from shared.bus.topology import declare
from shared.chassis.backoff import Backoff
from shared.chassis.ear import Ear
from shared.chassis.hearing import Hearing
from shared.errors import Unavailable
from shared.metrics import BUS_CONNECTED
from tests.unit.chassis.containers import Container

IN_TIME = 10


class Notebook:
    """Hears by writing down; away as long as `away` says so."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.away = False
        self.tries = 0

    def wants(self, _names: Sequence[str]) -> bool:
        return True

    def hear(self, bodies: list[bytes]) -> None:
        self.tries += 1
        if self.away:
            raise Unavailable("the database is away")
        self.batches.append(bodies)

    def tick(self, _now: object) -> None: ...


class ListeningEar(Ear):
    """An ear that writes down what it hears and how long it paused."""

    def begin(self, url: str, notebook: Notebook) -> None:
        self.notebook = notebook
        self.pauses: list[float] = []
        self.container = Container(url=url)
        self.start()

    def hearing(self) -> Hearing:
        return cast(Hearing, self.notebook)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        eventlet.sleep(0)


@pytest.fixture
def url() -> Iterator[str]:
    embedded.register()
    vhost = uuid4().hex
    yield f"bus://localhost/{vhost}"
    embedded.reset(vhost)


@pytest.fixture
def listen(url: str) -> Iterator[Callable[[Notebook], ListeningEar]]:
    ears: list[ListeningEar] = []

    def begin(notebook: Notebook) -> ListeningEar:
        ears.append(ListeningEar())
        ears[-1].begin(url, notebook)
        return ears[-1]

    yield begin
    for ear in ears:
        ear.stop()


def publish(url: str, *bodies: bytes) -> None:
    with kombu.Connection(url) as bus:
        declare(bus.default_channel, 1)
        for body in bodies:
            bus.Producer().publish(
                body,
                exchange="events",
                routing_key="intake.0",
                content_type="application/json",
                content_encoding="binary",
            )


def until(is_so: Callable[[], Any]) -> None:
    with eventlet.Timeout(IN_TIME):
        while not is_so():
            eventlet.sleep(0.01)


def test_what_waits_is_heard_together_but_no_more_than_a_megabyte(
    url: str, listen: Callable[[Notebook], ListeningEar]
) -> None:
    small, large = [b"%d" % number for number in range(5)], [b"x" * 400_000] * 3
    publish(url, *small, *large)
    notebook = Notebook()

    listen(notebook)

    until(lambda: sum(map(len, notebook.batches)) == 8)
    assert notebook.batches == [[*small, *large[:2]], large[2:]]


def test_a_message_larger_than_a_batch_is_heard_alone(
    url: str, listen: Callable[[Notebook], ListeningEar]
) -> None:
    publish(url, b"x" * 3_000_000, b"y")
    notebook = Notebook()

    listen(notebook)

    until(lambda: len(notebook.batches) == 2)
    assert notebook.batches[1] == [b"y"]


def test_a_backlog_lets_the_others_have_their_turn(
    url: str, listen: Callable[[Notebook], ListeningEar]
) -> None:
    publish(url, *[b"x" * 900_000] * 5)
    notebook = Notebook()
    turns: list[int] = []

    def others() -> None:
        while len(notebook.batches) < 5:
            turns.append(len(notebook.batches))
            eventlet.sleep(0)

    other = eventlet.spawn(others)
    listen(notebook)
    other.wait()

    assert set(turns) >= {1, 2, 3, 4}


def test_while_the_database_is_away_nothing_is_lost_and_the_connection_stays(
    url: str, listen: Callable[[Notebook], ListeningEar]
) -> None:
    publish(url, b"1", b"2")
    notebook = Notebook()
    notebook.away = True
    ear = listen(notebook)
    until(lambda: notebook.tries == 2)

    notebook.away = False
    until(lambda: notebook.batches)

    assert notebook.batches == [[b"1", b"2"]]
    assert ear.pauses == []


def test_stopping_while_the_database_is_away_gives_everything_back_in_order(
    url: str, listen: Callable[[Notebook], ListeningEar]
) -> None:
    bodies = [b"%d" % number for number in range(500)]
    publish(url, *bodies)
    away = Notebook()
    away.away = True
    ear = listen(away)
    until(lambda: away.tries)

    with eventlet.Timeout(2):
        ear.stop()

    again = Notebook()
    listen(again)
    until(lambda: sum(map(len, again.batches)) == 500)
    assert [body for batch in again.batches for body in batch] == bodies


def test_a_broker_that_accepts_and_then_refuses_is_tried_ever_more_rarely(
    url: str, listen: Callable[[Notebook], ListeningEar]
) -> None:
    with kombu.Connection(url) as bus:
        kombu.Queue("sla.0", durable=True)(bus.default_channel).declare()

    ear = listen(Notebook())

    until(lambda: len(ear.pauses) >= 4)
    patience = Backoff()
    assert ear.pauses[:4] == [patience.next() for _ in range(4)]


def test_the_gauge_tells_whether_every_shard_is_heard(
    url: str, listen: Callable[[Notebook], ListeningEar]
) -> None:
    def shown() -> float:
        return float(BUS_CONNECTED.labels(node="341523", service="sla")._value.get())

    ear = listen(Notebook())
    until(lambda: shown() == 1)

    ear.stop()
    assert shown() == 0
