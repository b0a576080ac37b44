"""A broker that has gone silent holds nobody up."""

from collections.abc import Iterator

import eventlet
import pytest
from kombu import Connection

from shared.bus import joining
from shared.errors import Unavailable


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of something that accepts connections and says nothing."""
    monkeypatch.setattr(joining, "CONNECT_WITHIN_SECONDS", 0.1)
    monkeypatch.setattr(joining, "LEAVE_WITHIN_SECONDS", 0.1)
    listener = eventlet.listen(("127.0.0.1", 0))
    yield f"amqp://127.0.0.1:{listener.getsockname()[1]}//"
    listener.close()


def test_joining_gives_up_on_a_silent_broker(silent: str) -> None:
    with eventlet.Timeout(5), pytest.raises((Unavailable, OSError)):
        joining.join(Connection(silent, connect_timeout=0.1), shards=1)


def test_leaving_a_connection_that_never_was_is_no_error(silent: str) -> None:
    with eventlet.Timeout(5):
        joining.leave(Connection(silent))
