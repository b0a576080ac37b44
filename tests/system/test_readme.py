"""Every command of both READMEs does, in a fresh clone, what the text around it says."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from typing import Any

import pytest

from backstop import checkout
from backstop.state import ROOT, VARIABLE
from tests.conftest import go_without, need
from tests.system.harness import eventually, free_pair

pytestmark = [pytest.mark.system, pytest.mark.long]

READMES = ("README.md", "README.zh-CN.md")
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`(\./dev [^`]*)`")
GREETED = "Ctrl-C ends all of it"
DEMO_PORT = "8002"
KEPT = {"BACKSTOP_POSTGRES_BIN", "BACKSTOP_RABBITMQ_BIN", "BACKSTOP_INSTALL"}
SET_UP = (".venv", "services/portal/static/vendor", ".state/dev")
"""What `./dev` makes in a checkout: a clone borrows it, for making it takes minutes."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone of this repository, and the surroundings in which its commands are run."""

    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        given = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("BACKSTOP_") or name in KEPT
        }
        state = self.folder.with_name("state")
        return {**given, VARIABLE: str(state), "BACKSTOP_WEB_PORT": str(self.port)}

    def run(self, command: str) -> str:
        """Run a command to its end, which must be a good one; return what it prints."""
        done = subprocess.run(
            ["/bin/bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout

    @contextmanager
    def running(self, command: str) -> Iterator[str]:
        """Run a command until it greets, lend what it printed, then press Ctrl-C."""
        output = self.folder.with_name("output")
        with output.open("wb") as written:
            process = subprocess.Popen(
                ["/bin/bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

        def has_greeted() -> bool:
            assert process.poll() is None, output.read_text(encoding="utf-8")
            return GREETED in output.read_text(encoding="utf-8")

        try:
            eventually(f"{command} greets", has_greeted, 120)
            yield output.read_text(encoding="utf-8")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, SIGINT)
            assert process.wait(40) == 0


@pytest.fixture(scope="module")
def clone(scratch: Path) -> Clone:
    """A clone that borrows this checkout's environment and page libraries."""
    need("postgresql")
    folder = scratch / "clone" / "backstop"
    cloning = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)]
    done = subprocess.run(cloning, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        go_without(f"this checkout cannot be cloned: {done.stderr.strip()}")
    locks = ("requirements.lock", "package.json", "package-lock.json")
    same = all((folder / lock).read_bytes() == (ROOT / lock).read_bytes() for lock in locks)
    if not (same and checkout.environment_is_ready() and checkout.pages_are_ready()):
        go_without("this checkout has no environment of ./dev that its clone could borrow")
    for made in SET_UP:
        (folder / made).parent.mkdir(parents=True, exist_ok=True)
        (folder / made).symlink_to(ROOT / made)
    return Clone(folder, free_pair(tiers=3))


def blocks(kind: str, page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [block for found, block in BLOCK.findall(text) if found == kind]


def commands(beginning: str) -> list[str]:
    """Return the commands of both pages, blocks and lines, that begin like this; each once."""
    found: dict[str, None] = {}
    for page in READMES:
        inline = INLINE.findall((ROOT / page).read_text(encoding="utf-8"))
        told = [command.strip() for command in (*blocks("sh", page), *inline)]
        found |= dict.fromkeys(one for one in told if one.startswith(beginning))
    return list(found)


def shape(value: Any) -> Any:
    """Return an answer with what is one's own taken out."""
    own = {"case_id", "number", "query_code", "follow_url"}
    return {name: None if name in own else told for name, told in value.items()}


def test_there_is_no_command_that_this_file_does_not_run() -> None:
    every = set(commands(""))

    ends = {one for one in every if one.endswith("--help")}
    assert ends | set(commands("./dev run")) | set(commands("curl")) | {"./dev test"} == every
    assert {"./dev run", "./dev run --empty", "./dev run --bus rabbitmq"} <= every


def test_the_report_by_hand_is_answered_as_both_pages_show(clone: Clone) -> None:
    [curl] = commands("curl")
    [told] = {block for page in READMES for block in blocks("json", page)}
    here = curl.replace(f":{DEMO_PORT}/", f":{clone.port}/")

    with clone.running("./dev run") as greeting:
        answer = json.loads(clone.run(here))
        again = json.loads(clone.run(here))

    assert shape(answer) == shape(json.loads(told))
    assert list(answer) == list(json.loads(told))
    assert again == answer
    assert re.fullmatch(r"BCS-341523-\d{8}-\d{5}-[0-9A-Z]", answer["number"])
    assert answer["follow_url"].startswith(f"http://127.0.0.1:{clone.port}/follow#number=BCS-")
    for shown in (f":{clone.port}/desk", f":{clone.port}/board", "演示账号", "try first"):
        assert shown in greeting


@pytest.mark.parametrize("command", commands("./dev run "))
def test_each_other_way_to_run_it_greets_too(clone: Clone, command: str) -> None:
    if "rabbitmq" in command:
        need("rabbitmq")

    with clone.running(command) as greeting:
        assert f"http://127.0.0.1:{clone.port}/" in greeting


@pytest.mark.parametrize("command", [one for one in commands("./dev") if "--help" in one])
def test_each_help_helps(clone: Clone, command: str) -> None:
    assert "run" in clone.run(command)


def test_the_tests_are_found(clone: Clone) -> None:
    [command] = commands("./dev test")

    assert "pytest" in clone.run(f"{command} --help")
    assert "test_both_readmes" in clone.run(f"{command} --collect-only -q tests/contract")


def test_the_pages_name_the_port_of_the_demonstration() -> None:
    file = (ROOT / "deploy" / "nodes" / "341523.toml").read_text(encoding="utf-8")

    assert f"web_port = {DEMO_PORT}\n" in file
