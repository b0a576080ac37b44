"""What every private server has in common: start, readiness, orderly stop, sudden death."""

import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from signal import SIGKILL, Signals
from types import TracebackType
from typing import ClassVar, Self

from backstop.servers.errors import FolderInUse, ServerFailed
from backstop.servers.leash import leash
from backstop.servers.processes import descendants, is_running, wait_until, workers_in

START_SECONDS = 90.0
STOP_SECONDS = 20.0
# A launcher that was killed a moment ago has a guardian that is still ending its servers.
LEFTOVER_SECONDS = 15.0


class PrivateServer(ABC):
    """A server that this process starts on a folder of its own, and that ends with it."""

    name: str
    stop_signal: ClassVar[Signals]

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @abstractmethod
    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server's process without waiting until it can serve."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Tell whether the process started last can serve by now."""

    @property
    def pid(self) -> int | None:
        """The server's main process while it runs."""
        process = self.process
        return None if process is None or process.poll() is not None else process.pid

    def start(self) -> None:
        """Start the server on its folder, new or kept, and wait until it can serve."""
        if self.pid is None:
            self.wait_for(self.spawn())

    def wait_for(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until a process that was spawned a moment ago can serve."""
        has_ended = partial(_has_ended, process)
        came_up = wait_until(lambda: has_ended() or self.is_ready(), START_SECONDS)
        if has_ended() or not came_up:
            status = process.poll()
            self.kill()
            raise ServerFailed(self.name, f"exit status {status}", self.log)

    def stop(self) -> None:
        """End the server in good order, by force if that takes too long; its data stays."""
        if self.pid is not None:
            os.kill(self.pid, self.stop_signal)
            wait_until(lambda: self.pid is None, STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would; its data stays."""
        doomed = self.pids()
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, SIGKILL)
        if self.process is not None:
            self.process.wait()
            leash().untie(self.process.pid)
        wait_until(lambda: not any(map(is_running, doomed)), STOP_SECONDS)

    def restart(self) -> None:
        """Stop and start again on the same data and the same ports."""
        self.stop()
        self.start()

    def pids(self) -> list[int]:
        """Return the ids of all living processes of the server, the main one first."""
        return [] if self.pid is None else [self.pid, *descendants(self.pid)]

    def claim(self, data: Path) -> None:
        """Wait for the end of a killed launcher's server in `data`; refuse if it stays."""
        if not wait_until(lambda: not workers_in(data), LEFTOVER_SECONDS):
            raise FolderInUse(data, workers_in(data)[0])


def start_together(servers: Sequence[PrivateServer]) -> None:
    """Start servers and wait for all of them; each takes its time at the same time."""
    spawned = [(server, server.spawn()) for server in servers if server.pid is None]
    for server, process in spawned:
        server.wait_for(process)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is not None
