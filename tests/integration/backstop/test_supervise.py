"""A supervisor with real processes: it restarts what ends and leaves nothing behind."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals

import psycopg
import pytest

from backstop.program import Happening, Kind, Program
from backstop.servers.postgres import PostgresServer
from backstop.servers.processes import is_running, wait_until
from backstop.supervise import Supervisor
from tests.conftest import need

pytestmark = pytest.mark.integration

FOR_EVER = ("/bin/sh", "-c", "sleep 600 & wait")
STUBBORN = ("/bin/sh", "-c", "trap '' TERM; while :; do sleep 600; done")

RUNNER = """
import sys
from backstop.program import Program
from backstop.supervise import Supervisor

say = lambda happening: print(happening.name, happening.kind.value, happening.pid, flush=True)
commands = [("first", "exec sleep 600"), ("second", "sleep 600 & wait")]
programs = [Program(name, ("/bin/sh", "-c", command)) for name, command in commands]
print("ended by", Supervisor(programs, observe=say).run_until_signalled(), flush=True)
"""


@dataclass
class Watch:
    """What a supervisor told, in order."""

    told: list[Happening] = field(default_factory=list)

    def names(self, kind: Kind) -> list[str]:
        return [happening.name for happening in self.told if happening.kind is kind]

    def wait_for(self, kind: Kind, name: str, times: int = 1) -> Happening:
        assert wait_until(lambda: self.names(kind).count(name) >= times, seconds=10), self.told
        return [x for x in self.told if x.kind is kind and x.name == name][times - 1]


@contextmanager
def running(
    *programs: Program, watch: Watch, output: io.BytesIO | None = None, stop_within: float = 10
) -> Iterator[Supervisor]:
    supervisor = Supervisor(
        programs, observe=watch.told.append, output=output or io.BytesIO(), stop_within=stop_within
    )
    with in_background(supervisor):
        yield supervisor


@contextmanager
def in_background(supervisor: Supervisor) -> Iterator[None]:
    loop = threading.Thread(target=supervisor.run)
    loop.start()
    try:
        yield
    finally:
        supervisor.stop()
        loop.join(timeout=30)
    assert not loop.is_alive()


def pid_of_server(server: PostgresServer) -> int:
    assert server.pid is not None
    return server.pid


def pid_of(happening: Happening) -> int:
    assert happening.pid is not None
    return happening.pid


def test_a_killed_process_is_started_again_after_half_a_second() -> None:
    watch = Watch()
    with running(Program("node", FOR_EVER), watch=watch) as supervisor:
        first = pid_of(watch.wait_for(Kind.STARTED, "node"))

        os.kill(first, SIGKILL)

        ended = watch.wait_for(Kind.ENDED, "node")
        second = pid_of(watch.wait_for(Kind.STARTED, "node", times=2))
        assert (ended.status, ended.again_in) == (-SIGKILL, 0.5)
        assert supervisor.pid("node") == second != first


def test_the_children_of_a_killed_process_do_not_stay_behind(tmp_path: Path) -> None:
    watch = Watch()
    child = tmp_path / "child"
    command = f"sleep 600 & echo $! >{child}.new; mv {child}.new {child}; wait"
    with running(Program("node", ("/bin/sh", "-c", command)), watch=watch):
        assert wait_until(child.exists, seconds=10)
        worker = int(child.read_text())

        os.kill(pid_of(watch.wait_for(Kind.STARTED, "node")), SIGKILL)

        assert wait_until(lambda: not is_running(worker), seconds=10)


def test_a_program_that_ends_again_and_again_is_started_ever_more_seldom() -> None:
    watch = Watch()
    with running(Program("node", ("/bin/false",)), watch=watch):
        watch.wait_for(Kind.ENDED, "node", times=2)

    assert [x.again_in for x in watch.told if x.kind is Kind.ENDED][:2] == [0.5, 1.0]


def test_a_program_that_cannot_start_is_told_with_its_reason(tmp_path: Path) -> None:
    watch = Watch()
    with running(Program("node", FOR_EVER, log=tmp_path / "no" / "log"), watch=watch):
        told = watch.wait_for(Kind.NOT_STARTED, "node")

    assert "FileNotFoundError" in told.reason


def test_a_restart_on_request_does_not_wait() -> None:
    watch = Watch()
    with running(Program("node", FOR_EVER), watch=watch) as supervisor:
        watch.wait_for(Kind.STARTED, "node")

        supervisor.restart("node")

        assert watch.wait_for(Kind.ENDED, "node").again_in == 0.0
        watch.wait_for(Kind.STARTED, "node", times=2)


def test_a_database_that_is_running_already_is_taken_over_and_restarted(scratch: Path) -> None:
    need("postgresql")
    watch = Watch()
    with PostgresServer(scratch / "supervised", durable=False) as server:
        url = server.create_database("county")
        supervisor = Supervisor(observe=watch.told.append)
        supervisor.add(server, server.process)
        with in_background(supervisor):
            os.kill(pid_of_server(server), SIGKILL)
            watch.wait_for(Kind.STARTED, "postgres")
            assert wait_until(server.is_ready, seconds=10)

            with psycopg.connect(url) as db:
                assert db.execute("SELECT 1").fetchone() == (1,)

        assert server.pids() == []


def test_everything_is_stopped_in_reverse_order() -> None:
    watch = Watch()
    programs = [Program(name, FOR_EVER) for name in ("database", "bus", "web")]
    with running(*programs, watch=watch):
        watch.wait_for(Kind.STARTED, "web")

    assert watch.names(Kind.STARTED) == ["database", "bus", "web"]
    assert watch.names(Kind.ENDED) == ["web", "bus", "database"]


def test_what_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    watch = Watch()
    with running(Program("node", STUBBORN), watch=watch, stop_within=0.2):
        watch.wait_for(Kind.STARTED, "node")

    pid = pid_of(watch.wait_for(Kind.ENDED, "node"))
    assert not is_running(pid)


def test_output_goes_to_ours_with_the_name_or_to_its_log(tmp_path: Path) -> None:
    watch = Watch()
    ours = io.BytesIO()
    talk = ("/bin/sh", "-c", "echo 启动; exec sleep 600")
    programs = (Program("open", talk), Program("logged", talk, log=tmp_path / "log"))
    with running(*programs, watch=watch, output=ours):
        assert wait_until(lambda: ours.getvalue() == "open | 启动\n".encode(), seconds=10)
        assert wait_until(lambda: (tmp_path / "log").read_text() == "启动\n", seconds=10)


@pytest.fixture
def runner() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER], stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def started_by(runner: subprocess.Popen[str]) -> list[int]:
    assert runner.stdout is not None
    return [int(runner.stdout.readline().split()[2]) for _ in range(2)]


@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
def test_a_signal_ends_all_and_the_supervisor_says_which(
    runner: subprocess.Popen[str], number: Signals
) -> None:
    pids = started_by(runner)

    runner.send_signal(number)

    told, _ = runner.communicate(timeout=20)
    assert told.splitlines()[-1] == f"ended by {number.value}"
    assert not any(map(is_running, pids))


def test_nothing_outlives_a_supervisor_that_is_killed(runner: subprocess.Popen[str]) -> None:
    pids = started_by(runner)

    runner.kill()
    runner.wait()

    assert wait_until(lambda: not any(map(is_running, pids)), seconds=15)
