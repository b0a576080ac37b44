"""The bus process ends when any of its containers dies, not only the first."""

import eventlet
import pytest
from eventlet.event import Event

from backstop.bus import BusProcess


class Container:
    """Lives until its `end` is sent."""

    def __init__(self) -> None:
        self.end = Event()

    def wait(self) -> None:
        self.end.wait()


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
