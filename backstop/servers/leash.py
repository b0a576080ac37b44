"""Start processes that cannot outlive this one, not even when it is killed outright."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from signal import SIGTERM, Signals
from typing import IO, cast

from backstop.servers.accounts import Account
from backstop.servers.processes import look

# The program waits for a word before it becomes what it is to be. Until that word is given the
# guardian has it written down, so there is no moment at which a killed launcher leaves it behind.
WAIT_FOR_THE_WORD = ("/bin/sh", "-c", 'read -r word && exec "$@" </dev/null', "backstop")

GUARDIAN = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from backstop.servers.guardian import main; main(sys.stdin.buffer)"
)
SOURCE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Launch:
    """What is started: program, surroundings, and how it is asked to end."""

    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    folder: Path | None = None
    output: int | IO[bytes] | None = None
    account: Account | None = None
    stop_signal: Signals = SIGTERM


@dataclass(slots=True)
class Leash:
    """The launcher's line to its guardian, and what is tied to it."""

    guardian: subprocess.Popen[bytes] | None = None
    tied: dict[int, bytes] = field(default_factory=dict)
    lent: tuple[int, ...] = ()
    """Open files, locks for example, that end only when the guardian has ended everything."""

    def start(self, launch: Launch) -> subprocess.Popen[bytes]:
        """Start a program as the leader of its own session, tied to this process."""
        process = _held_back(launch)
        seen = look(process.pid)
        if seen is not None:
            self._tie(process.pid, seen.started, launch.stop_signal)
        pipe = cast(IO[bytes], process.stdin)
        # It may have died already; its exit status tells, not this pipe.
        with suppress(BrokenPipeError), pipe:
            pipe.write(b"go\n")
        return process

    def lend(self, descriptor: int) -> None:
        """Let the guardian hold an open file too; call it before the first start."""
        self.lent = (*self.lent, descriptor)

    def untie(self, pid: int) -> None:
        """Forget a process that has ended."""
        if self.tied.pop(pid, None) is not None:
            self._say(b"- %d\n" % pid)

    def _tie(self, pid: int, started: int, stop_signal: Signals) -> None:
        self.tied[pid] = b"+ %d %d %d\n" % (pid, started, stop_signal)
        self._say(self.tied[pid])

    def _say(self, line: bytes) -> None:
        if self.guardian is None or self.guardian.poll() is not None:
            self.guardian = _new_guardian(self.lent)
            line = b"".join(self.tied.values())
        pipe = cast(IO[bytes], self.guardian.stdin)
        pipe.write(line)
        pipe.flush()


@cache
def leash() -> Leash:
    """Return this process's leash; its guardian starts with the first program."""
    return Leash()


def _held_back(launch: Launch) -> subprocess.Popen[bytes]:
    account = launch.account
    return subprocess.Popen(
        [*WAIT_FOR_THE_WORD, *launch.argv],
        stdin=subprocess.PIPE,
        stdout=launch.output,
        stderr=None if launch.output is None else subprocess.STDOUT,
        env=None if launch.env is None else dict(launch.env),
        cwd=launch.folder,
        start_new_session=True,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else account.groups,
    )


def _new_guardian(lent: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", GUARDIAN, str(SOURCE)],
        stdin=subprocess.PIPE,
        # Nothing of ours: who waits for the end of our output must not wait for the guardian.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath},
        cwd="/",
        start_new_session=True,
        pass_fds=lent,
    )
