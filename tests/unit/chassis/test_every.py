"""Time as a cue: what fails is told, once where it lasts, and tried again."""

from typing import Any

import eventlet
import pytest
from sqlalchemy.exc import OperationalError

from shared.chassis.every import Every
from tests.unit.chassis.containers import Container

AWAY = OperationalError("SELECT 1", {}, Exception("refused"))


class Service:
    """Ends each call as the next of `ends` says; afterwards with nothing more to do."""

    def __init__(self, *ends: bool | Exception) -> None:
        self.ends = list(ends)
        self.calls = 0
        self.container: Container | None = None

    def sweep(self) -> bool:
        self.calls += 1
        end = self.ends.pop(0) if self.ends else False
        if isinstance(end, Exception):
            raise end
        return end


def ticking(service: Service, seconds: float = 0.001) -> Any:
    service.container = Container(service)  # Nameko holds it by a weak reference only
    timer = Every(seconds).bind(service.container, "sweep")
    timer.start()
    return timer


def until_called(service: Service, times: int) -> None:
    with eventlet.Timeout(10):
        while service.calls < times:
            eventlet.sleep(0.001)


def test_a_bug_is_told_and_the_next_tick_comes(caplog: pytest.LogCaptureFixture) -> None:
    service = Service(ZeroDivisionError("a bug"))
    timer = ticking(service)

    until_called(service, 2)
    timer.stop()

    [told] = caplog.records
    assert told.exc_info is not None
    assert told.levelname == "ERROR"


def test_a_database_that_is_away_is_told_once_however_long_it_lasts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service(*[AWAY] * 20, False, AWAY)
    timer = ticking(service)

    until_called(service, 23)
    timer.stop()

    assert [told.levelname for told in caplog.records] == ["WARNING", "WARNING"]
    assert all(told.exc_info is None for told in caplog.records)


def test_while_there_is_more_it_is_done_at_once() -> None:
    service = Service(True, True, True)
    timer = ticking(service, seconds=0.2)

    with eventlet.Timeout(0.2 * 3):
        until_called(service, 4)
    timer.stop()

    assert service.calls == 4


def test_it_stops_between_two_calls_however_much_there_is() -> None:
    service = Service(*[True] * 1_000_000)
    timer = ticking(service)
    until_called(service, 1)

    with eventlet.Timeout(2):
        timer.stop()

    assert service.ends
