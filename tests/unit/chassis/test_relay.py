"""The relay between its rounds: who does not lead rests, who is told to stop stops."""

from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from eventlet.event import Event as Signal

from shared.chassis.glance import Glance
from shared.chassis.relay import Relay
from tests.unit.chassis.containers import Container


class Direct:
    """Says who leads, and counts how often it is asked."""

    def __init__(self, leads: bool) -> None:
        self.is_leading = leads
        self.asked = 0

    def leads(self, _service: str) -> bool:
        self.asked += 1
        return self.is_leading

    def wake_on(self, *_: Any) -> None: ...


@pytest.fixture
def direct() -> Direct:
    return Direct(leads=False)


@pytest.fixture
def relay(direct: Direct) -> Any:
    relay: Any = Relay()
    relay.unmarked = []
    relay.container = Container()
    relay.direct, relay.glance = direct, Glance({})
    relay.service = "sla"
    relay.labels = {"node": "341523", "service": "sla"}
    relay.publisher = SimpleNamespace(stop=lambda: None, close=lambda: None)
    relay.signal, relay.ended = Signal(), Signal()
    relay.thread = eventlet.spawn(relay.run)
    return relay


def test_who_does_not_lead_rests_also_when_something_was_said(
    relay: Relay, direct: Direct
) -> None:
    with eventlet.Timeout(5):
        eventlet.sleep(0)
        for _ in range(10):
            relay.wake()
            eventlet.sleep(0)
        eventlet.sleep(0)
        asked = direct.asked
        eventlet.sleep(0)

    assert direct.asked == asked <= 12
    relay.stop()


def test_it_stops_at_once_while_it_rests(relay: Relay) -> None:
    eventlet.sleep(0)

    with eventlet.Timeout(0.5):
        relay.stop()
