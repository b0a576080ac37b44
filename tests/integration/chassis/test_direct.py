"""The direct connection on a real PostgreSQL: locks, notices, and what a lost session means."""

from collections.abc import Callable, Iterator

import eventlet
import psycopg
import pytest

from shared.chassis.direct import Direct
from shared.chassis.glance import Glance
from shared.unit import SAID_CHANNEL

pytestmark = pytest.mark.integration


@pytest.fixture
def dsn(database: Callable[..., str]) -> str:
    return database()


@pytest.fixture
def begin(dsn: str) -> Iterator[Callable[[str], Direct]]:
    running: list[tuple[Direct, eventlet.greenthread.GreenThread]] = []

    def run(application: str) -> Direct:
        direct = Direct(dsn, application, Glance({}))
        running.append((direct, eventlet.spawn(direct.run)))
        return direct

    yield run
    for direct, _ in running:
        direct.stop()
    for _, thread in running:
        thread.wait()


def until(is_so: Callable[[], bool]) -> None:
    with eventlet.Timeout(10):
        while not is_so():
            eventlet.sleep(0.01)


def test_one_leads_and_the_next_takes_over_when_its_session_ends(
    dsn: str, begin: Callable[[str], Direct]
) -> None:
    first, second = begin("first"), begin("second")
    until(lambda: first.leads("sla"))
    until(lambda: second.leads("intake"))
    assert not second.leads("sla")

    end_session(dsn, "first")

    until(lambda: second.leads("sla"))
    until(lambda: not first.leads("sla"))


def test_after_a_lost_session_it_listens_again(dsn: str, begin: Callable[[str], Direct]) -> None:
    direct = begin("only")
    woken: list[str] = []
    direct.wake_on("sla", lambda: woken.append("sla"))
    until(lambda: direct.leads("sla"))

    end_session(dsn, "only")
    until(lambda: not direct.leads("sla"))
    until(lambda: direct.leads("sla"))
    before = len(woken)
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("SELECT pg_notify(%s, 'sla')", [SAID_CHANNEL])

    until(lambda: len(woken) > before)


def test_each_time_that_it_leads_is_a_later_term(dsn: str, begin: Callable[[str], Direct]) -> None:
    direct = begin("only")
    until(lambda: direct.leads("sla"))
    first = direct.term_of("sla")
    assert first == direct.term_of("sla")

    end_session(dsn, "only")
    until(lambda: direct.term_of("sla") is None)
    until(lambda: direct.leads("sla"))

    second = direct.term_of("sla")
    assert first is not None
    assert second is not None
    assert first < second


def test_the_server_is_told_to_notice_a_dead_leader(
    dsn: str, begin: Callable[[str], Direct]
) -> None:
    direct = begin("only")
    until(lambda: direct.leads("sla"))

    assert direct._connection is not None
    [idle] = direct._connection.execute("SHOW tcp_keepalives_idle").fetchone() or [""]
    assert idle in {"30", "0"}  # over a local socket there is nothing to keep alive


def end_session(dsn: str, application: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as db:
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
        )
        db.execute(query, [application])
