"""What a supervisor runs, what it prints, and what it tells of it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from signal import SIGTERM, Signals
from typing import IO, BinaryIO, Protocol

from backstop.servers.leash import Launch, leash

CHUNK_BYTES = 65_536


class Supervised(Protocol):
    """What can be supervised: a program here, or one of the private servers."""

    @property
    def name(self) -> str:
        """The name in log lines; one per supervisor."""

    @property
    def stop_signal(self) -> Signals:
        """The signal that asks it to end in good order."""

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process, as leader of its own group, and return at once."""


@dataclass(frozen=True, slots=True)
class Program:
    """A command that runs for ever; its output goes to `log`, else to ours with its name."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    log: Path | None = None
    folder: Path | None = None
    stop_signal: Signals = SIGTERM

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process, as leader of its own group, and return at once."""
        if self.log is None:
            return leash().start(self._launch(subprocess.PIPE))
        with self.log.open("ab") as log:
            return leash().start(self._launch(log))

    def _launch(self, output: int | IO[bytes]) -> Launch:
        return Launch(
            self.argv, self.env, self.folder, output, account=None, stop_signal=self.stop_signal
        )


class Kind(StrEnum):
    """What may happen to a supervised process."""

    STARTED = "started"
    ENDED = "ended"
    NOT_STARTED = "not started"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to one process, for the log or a test."""

    kind: Kind
    name: str
    pid: int | None = None
    status: int | None = None
    again_in: float | None = None
    reason: str = ""

    def __str__(self) -> str:
        """Return the line for the log."""
        facts = {"pid": self.pid, "status": self.status, "again_in": self.again_in}
        told = " ".join(f"{key}={value:g}" for key, value in facts.items() if value is not None)
        return " ".join(filter(None, (f"{self.name} {self.kind}", told, self.reason)))


class PrefixedLines:
    """Copies what one process prints to our output, line by line, with its name before each."""

    def __init__(self, name: str, source: IO[bytes], target: BinaryIO) -> None:
        self._prefix = f"{name} | ".encode()
        self.source = source
        self._target = target
        self._unfinished = b""
        os.set_blocking(source.fileno(), False)

    def copy(self) -> bool:
        """Copy what is there now; False once the process has closed its end."""
        try:
            while chunk := os.read(self.source.fileno(), CHUNK_BYTES):
                self._write(chunk)
        except BlockingIOError:
            return True
        if self._unfinished:
            self._write(b"\n")
        return False

    def _write(self, chunk: bytes) -> None:
        *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
        self._target.writelines(self._prefix + line + b"\n" for line in lines)
        self._target.flush()
