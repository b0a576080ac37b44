"""Run a node's processes: start them in order, restart what ends, stop all in reverse order.

One thread and one selector: it sleeps until a process ends, prints, is due again, or a signal
arrives. What it starts is on the leash, so nothing is left when the supervisor itself is killed.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM, Signals
from types import FrameType
from typing import BinaryIO

from backstop.program import Happening, Kind, PrefixedLines, Supervised
from backstop.servers.leash import leash

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
STOP_WITHIN_SECONDS = 15.0


def restart_delay(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: doubling, with a ceiling."""
    doublings = min(failures - 1, 16)
    return min(FIRST_DELAY_SECONDS * 2.0**doublings, LONGEST_DELAY_SECONDS)


def failures_in_a_row(before: int, lasted: float) -> int:
    """Count one more failure; what stayed up for a full minute begins anew at one."""
    return 1 if lasted >= STEADY_AFTER_SECONDS else before + 1


@dataclass(slots=True)
class Ward:
    """One supervised thing and how it is doing."""

    what: Supervised
    process: subprocess.Popen[bytes] | None = None
    exit_handle: int = -1
    output: PrefixedLines | None = None
    started_at: float = 0.0
    failures: int = 0
    due_at: float | None = None
    is_asked_to_restart: bool = False


class Supervisor:
    """Keeps its programs running until it is told to stop."""

    def __init__(
        self,
        programs: Iterable[Supervised] = (),
        *,
        observe: Callable[[Happening], None] | None = None,
        output: BinaryIO | None = None,
        stop_within: float = STOP_WITHIN_SECONDS,
    ) -> None:
        self._observe = _to_terminal if observe is None else observe
        self._output = sys.stdout.buffer if output is None else output
        self._stop_within = stop_within
        self._wards: dict[str, Ward] = {}
        self._selector = selectors.DefaultSelector()
        self._orders: deque[Callable[[], None]] = deque()
        self._signals: list[int] = []
        self._is_stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._take_orders)
        for program in programs:
            self.add(program)

    def add(self, what: Supervised, process: subprocess.Popen[bytes] | None = None) -> None:
        """Supervise one thing more, after those before; it may be running as `process`."""
        if what.name in self._wards:
            raise ValueError(f"two programs are named {what.name}")
        self._wards[what.name] = Ward(what)
        if process is not None:
            self._follow(self._wards[what.name], process)

    def run_until_signalled(self) -> int:
        """Start all, keep them running, stop all at SIGINT, SIGTERM or SIGHUP; return which."""
        before = {
            number: signal.signal(number, self._on_signal) for number in (SIGINT, SIGTERM, SIGHUP)
        }
        try:
            self.run()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        return self._signals[0] if self._signals else 0

    def run(self) -> None:
        """Start all and keep them running until `stop` is called, from whichever thread."""
        try:
            for ward in self._wards.values():
                if ward.process is None and not self._is_stopping:
                    self._start(ward)
            while not self._is_stopping:
                self._turn(self._seconds_to_next())
        finally:
            self._stop_all()

    def stop(self) -> None:
        """Ask the running loop to end everything; from any thread or signal handler."""
        self._is_stopping = True
        self._wake()

    def restart(self, name: str) -> None:
        """End one process in good order and start it again at once; from any thread."""
        self._orders.append(partial(self._restart, self._wards[name]))
        self._wake()

    def pid(self, name: str) -> int | None:
        """Return the id of the running process, None while it waits to be started again."""
        process = self._wards[name].process
        return None if process is None else process.pid

    def _turn(self, timeout: float | None) -> None:
        for key, _ in self._selector.select(timeout):
            key.data()
        now = time.monotonic()
        for ward in self._wards.values():
            if ward.due_at is not None and ward.due_at <= now and not self._is_stopping:
                self._start(ward)

    def _seconds_to_next(self) -> float | None:
        due = [ward.due_at for ward in self._wards.values() if ward.due_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _start(self, ward: Ward) -> None:
        ward.due_at = None
        try:
            process = ward.what.spawn()
        # Whatever keeps it from starting is told, and tried again with back-off.
        except Exception as error:  # noqa: BLE001
            delay = self._put_off(ward, lasted=0.0)
            self._tell(Kind.NOT_STARTED, ward, again_in=delay, reason=repr(error))
            return
        self._follow(ward, process)
        self._tell(Kind.STARTED, ward, pid=process.pid)

    def _follow(self, ward: Ward, process: subprocess.Popen[bytes]) -> None:
        ward.process = process
        ward.started_at = time.monotonic()
        ward.exit_handle = os.pidfd_open(process.pid)
        self._selector.register(
            ward.exit_handle, selectors.EVENT_READ, partial(self._ended, ward, process)
        )
        if process.stdout is not None:
            ward.output = PrefixedLines(ward.what.name, process.stdout, self._output)
            self._selector.register(
                process.stdout, selectors.EVENT_READ, partial(self._pass_on, ward)
            )

    def _pass_on(self, ward: Ward) -> None:
        if ward.output is not None and not ward.output.copy():
            self._close_output(ward)

    def _close_output(self, ward: Ward) -> None:
        if ward.output is not None:
            ward.output.copy()
            self._selector.unregister(ward.output.source)
            ward.output.source.close()
            ward.output = None

    def _ended(self, ward: Ward, process: subprocess.Popen[bytes]) -> None:
        status = process.wait()
        self._selector.unregister(ward.exit_handle)
        os.close(ward.exit_handle)
        leash().untie(process.pid)
        # Workers of a process that was killed still hold its port.
        _signal_group(process.pid, SIGKILL)
        ward.process = None
        # What it printed last may still be in the pipe; whoever else holds its other end is
        # not ours any more.
        self._close_output(ward)
        lasted = time.monotonic() - ward.started_at
        delay = None if self._is_stopping else self._put_off(ward, lasted)
        self._tell(Kind.ENDED, ward, pid=process.pid, status=status, again_in=delay)

    def _put_off(self, ward: Ward, lasted: float) -> float:
        if ward.is_asked_to_restart:
            ward.is_asked_to_restart = False
            delay = 0.0
        else:
            ward.failures = failures_in_a_row(ward.failures, lasted)
            delay = restart_delay(ward.failures)
        ward.due_at = time.monotonic() + delay
        return delay

    def _restart(self, ward: Ward) -> None:
        if ward.process is None:
            ward.due_at = time.monotonic()
            return
        ward.is_asked_to_restart = True
        ward.process.send_signal(ward.what.stop_signal)

    def _stop_all(self) -> None:
        self._is_stopping = True
        deadline = time.monotonic() + self._stop_within
        for ward in reversed(self._wards.values()):
            if ward.process is not None:
                ward.process.send_signal(ward.what.stop_signal)
            self._wait_for_end(ward, deadline)
        for ward in self._wards.values():
            if ward.process is not None:
                self._tell(Kind.KILLED, ward, pid=ward.process.pid)
                _signal_group(ward.process.pid, SIGKILL)
                self._wait_for_end(ward, float("inf"))
        self._close()

    def _wait_for_end(self, ward: Ward, deadline: float) -> None:
        while ward.process is not None:
            left = deadline - time.monotonic()
            # A second signal means: not so politely.
            if left <= 0 or (len(self._signals) > 1 and deadline != float("inf")):
                return
            self._turn(None if left == float("inf") else left)

    def _close(self) -> None:
        for ward in self._wards.values():
            self._close_output(ward)
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)
        self.stop()

    def _wake(self) -> None:
        # A full pipe wakes as well; a closed one means that the loop has ended.
        with suppress(BlockingIOError, OSError):
            os.write(self._wake_write, b"!")

    def _take_orders(self) -> None:
        os.read(self._wake_read, 4096)
        while self._orders:
            self._orders.popleft()()

    def _tell(self, kind: Kind, ward: Ward, **facts: int | float | str | None) -> None:
        self._observe(Happening(kind, ward.what.name, **facts))  # type: ignore[arg-type]


def _signal_group(group: int, number: Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _to_terminal(happening: Happening) -> None:
    sys.stderr.write(f"{happening}\n")
    sys.stderr.flush()
