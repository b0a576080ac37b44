"""`backstop run` as a person meets it: it greets, outlives what dies, leaves nothing behind."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals

import httpx
import psycopg
import pytest

from backstop.servers.processes import descendants, is_running, look
from backstop.settings import OPERATIONS_PORT_OFFSET
from backstop.state import ROOT, VARIABLE, State
from tests.conftest import need
from tests.system.harness import CODE, eventually, free_pair

pytestmark = [pytest.mark.system, pytest.mark.long]

GREETED = "Ctrl-C ends all of it"
LEFT = "nothing is left running"
REGISTERED = "cases are registered"
PARTS = ("guardian", "postgres", "bus_main", "gunicorn: worker")
CASES = "SELECT case_id, number FROM intake.cases ORDER BY number"
KEPT = {"BACKSTOP_POSTGRES_BIN", "BACKSTOP_RABBITMQ_BIN", "BACKSTOP_INSTALL"}


@dataclass
class Launched:
    """One `backstop run` with its output in a file."""

    process: subprocess.Popen[bytes]
    output: Path
    state: State
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, text: str, seconds: float = 90) -> None:
        def seen() -> bool:
            assert self.process.poll() is None, self.said()
            return text in self.said()

        eventually(f"“{text}” in {self.output}", seen, seconds)

    def family(self) -> dict[int, int]:
        """Return every process below the launcher with the tick at which it started."""
        seen = map(look, descendants(self.process.pid))
        return {one.pid: one.started for one in seen if one is not None}

    def child(self, title: str) -> int:
        """Return the youngest process below the launcher whose command line has `title`."""
        found = [pid for pid in descendants(self.process.pid) if title in command_line(pid)]
        return eventually(title, lambda: max(found, default=None))

    def answers(self) -> bool:
        ports = (self.port, self.port + OPERATIONS_PORT_OFFSET)
        return all(ready(f"http://127.0.0.1:{port}/readyz") for port in ports)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Read the database of the suite as it tells other commands to find it."""
        url = self.state.read_environment()["BACKSTOP_DATABASE_URL"].format(node=CODE)
        with psycopg.connect(url.replace("+psycopg", "")) as db:
            return db.execute(query).fetchall()

    def end(self, number: Signals = SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(40)


def environment_of(folder: Path, port: int) -> dict[str, str]:
    given = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BACKSTOP_") or name in KEPT
    }
    return {**given, VARIABLE: str(folder), "BACKSTOP_WEB_PORT": str(port)}


def launch(folder: Path, *options: str, port: int = 0, **changed: str) -> Launched:
    need("postgresql")
    folder.mkdir(exist_ok=True)
    port = port or free_pair()
    environment = {**environment_of(folder, port), **changed}
    output = folder / f"output-{len(list(folder.glob('output-*')))}"
    with output.open("wb") as written:
        process = subprocess.Popen(
            # One tier: what is looked at here does not depend on how many there are.
            [sys.executable, "-m", "backstop", "run", "--tiers", "1", *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Launched(process, output, State.chosen_by(environment), port)


def refusal(folder: Path, port: int, *options: str, **changed: str) -> str:
    """Return what a start says that is refused."""
    return refused(launch(folder, *options, port=port, **changed))


def refused(suite: Launched) -> str:
    """Return what a start says that must end by itself, with status 1 and no traceback."""
    assert suite.process.wait(40) == 1, suite.said()
    assert "Traceback" not in suite.said()
    return suite.said()


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def all_gone(family: Mapping[int, int]) -> bool:
    return not any(is_running(pid, started) for pid, started in family.items())


@pytest.fixture(scope="module")
def empty(scratch: Path) -> Iterator[Launched]:
    """A suite without cases that the tests of this file share."""
    suite = launch(scratch / "launched", "--empty")
    try:
        suite.wait_for(GREETED)
        yield suite
    finally:
        suite.end()


@pytest.fixture
def fresh(scratch: Path) -> Iterator[Callable[..., Launched]]:
    """Call it for a start that is ended after the test, however that goes."""
    started: list[Launched] = []

    def start(name: str, *options: str) -> Launched:
        started.append(launch(scratch / name, *options))
        return started[-1]

    yield start
    for one in started:
        one.end(SIGKILL)


def test_it_greets_with_addresses_that_answer(empty: Launched) -> None:
    said = empty.said()

    assert f"{empty.url}/desk" in said
    assert "started empty: no demo cases" in said
    assert ready(f"{empty.url}/")
    assert ready(f"{empty.url}/board")
    assert empty.rows("SELECT count(*) FROM intake.cases") == [(0,)]


@pytest.mark.parametrize("title", ["bus_main", "gunicorn: master", "gunicorn: worker"])
def test_what_is_killed_comes_back(empty: Launched, title: str) -> None:
    eventually("the suite is ready", empty.answers)
    pid = empty.child(title)

    os.kill(pid, SIGKILL)

    eventually("it has ended", lambda: not is_running(pid))
    eventually("its successor answers", empty.answers)
    assert empty.child(title) != pid


def test_a_second_launcher_on_the_same_data_is_refused_and_harms_nothing(empty: Launched) -> None:
    folder = empty.output.parent

    said = refusal(folder, free_pair(), "--fresh")

    assert f"process {empty.process.pid}" in said
    assert "请先停止它" in said
    assert empty.rows("SELECT 1") == [(1,)]


@pytest.mark.parametrize("offset", [0, OPERATIONS_PORT_OFFSET], ids=["web", "operations"])
def test_a_taken_port_is_told_in_a_sentence(scratch: Path, empty: Launched, offset: int) -> None:
    eventually("the suite is ready", empty.answers)

    said = refusal(scratch / "taken", empty.port - offset)

    assert f"端口 {empty.port} 已被占用" in said
    assert "BACKSTOP_WEB_PORT" in said


def test_a_wrong_setting_is_named(scratch: Path) -> None:
    wrong = (
        ("BACKSTOP_WEB_PORT", "abc"),
        ("BACKSTOP_WEB_PORT", "64536"),
        ("BACKSTOP_TIER", "village"),
        ("BACKSTOP_SLA_YELLOW_HOURS", "0"),
    )
    started = [
        (name, launch(scratch / f"wrong-{place}", port=free_pair(), **{name: value}))
        for place, (name, value) in enumerate(wrong)
    ]

    assert [name in refused(suite) for name, suite in started] == [True] * len(wrong)


def ends_completely(suite: Launched, number: Signals, whom: str) -> None:
    """End a suite by a signal to its launcher or to the launcher's group; nothing may be left."""
    family = suite.family()
    titles = " ".join(map(command_line, family))
    assert all(part in titles for part in PARTS)

    (os.killpg if whom == "group" else os.kill)(suite.process.pid, number)

    status = suite.process.wait(40)
    assert status == (-SIGKILL if number is SIGKILL else 0)
    assert suite.said().rstrip().endswith(LEFT) == (number is not SIGKILL)
    eventually("all have ended", partial(all_gone, family), 30)


@pytest.mark.parametrize("number", [SIGINT, SIGKILL])
def test_no_end_leaves_a_process_of_rabbitmq_behind(
    fresh: Callable[..., Launched], number: Signals
) -> None:
    need("rabbitmq")
    suite = fresh("ended", "--empty", "--bus", "rabbitmq")
    suite.wait_for(GREETED)
    assert any("epmd" in command_line(pid) for pid in suite.family())

    ends_completely(suite, number, "launcher")


def test_an_end_in_the_middle_of_the_start_is_complete_too(
    fresh: Callable[..., Launched],
) -> None:
    suite = fresh("ended")
    suite.wait_for("PostgreSQL is up")
    family = suite.family()

    status = suite.end(SIGTERM)

    assert status in {0, 130}
    assert "Traceback" not in suite.said()
    eventually("all have ended", partial(all_gone, family), 20)


def test_an_end_in_the_middle_of_the_demo_waits_for_nobody_and_later_starts_keep_its_cases(
    fresh: Callable[..., Launched],
) -> None:
    def start(text: str, *options: str) -> tuple[Launched, list[tuple[object, ...]]]:
        suite = fresh("kept", "--tiers", "1", *options)
        suite.wait_for(text)
        return suite, suite.rows(CASES)

    cut_short, begun = start(REGISTERED)
    ends_completely(cut_short, SIGINT, "launcher")
    finished, kept = start(GREETED)
    ends_completely(finished, SIGTERM, "launcher")
    again, still_kept = start(GREETED)
    ends_completely(again, SIGINT, "group")
    _, anew = start(REGISTERED, "--fresh")

    assert len(begun) == len(anew) == 22
    assert begun == kept == still_kept
    assert not set(anew) & set(begun)
    assert all("演示账号" in suite.said() for suite in (finished, again))
