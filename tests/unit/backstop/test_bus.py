"""The bus process ends when any of its containers dies, and soon when it is told to."""

import eventlet
import pytest
from eventlet.event import Event

from backstop.bus import BusProcess


class Busy:
    """An entrypoint that always has something to do, and is polite about it."""

    def __init__(self) -> None:
        self.turns = 0
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            self.turns += 1
            eventlet.sleep(0)

    def kill(self) -> None:
        self.is_over = True


class Container:
    """Lives until its `end` is sent."""

    def __init__(self) -> None:
        self.end = Event()
        self.entrypoints = [Busy()]

    def wait(self) -> None:
        self.end.wait()

    def stop(self) -> None:
        self.end.send()


@pytest.fixture
def containers() -> list[Container]:
    return [Container() for _ in range(3)]


def process(containers: list[Container]) -> BusProcess:
    bus = BusProcess([], ["sla"], 0)
    bus._containers = list(containers)
    return bus


def test_a_container_that_dies_ends_the_process_while_the_others_live(
    containers: list[Container],
) -> None:
    waiting = eventlet.spawn(process(containers).wait)
    eventlet.sleep(0)

    containers[1].end.send_exception(ZeroDivisionError("a bug"))

    with eventlet.Timeout(5), pytest.raises(ZeroDivisionError):
        waiting.wait()


def test_it_waits_until_all_have_stopped(containers: list[Container]) -> None:
    waiting = eventlet.spawn(process(containers).wait)
    for container in containers:
        eventlet.sleep(0)
        assert not waiting.dead
        container.end.send()

    with eventlet.Timeout(5):
        waiting.wait()


def test_who_is_told_to_end_begins_nothing_more_not_even_until_its_turn_to_stop(
    containers: list[Container],
) -> None:
    bus = process(containers)
    waiting = eventlet.spawn(bus.wait)
    busy = [each for container in containers for each in container.entrypoints]
    for each in busy:
        eventlet.spawn(each.run)
    eventlet.sleep(0)

    turns = [each.turns for each in busy]
    bus.end()
    with eventlet.Timeout(5):
        waiting.wait()

    assert [each.turns for each in busy] == turns
