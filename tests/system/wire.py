"""A piece of network between two programs of this host: it can be cut, fall silent, and be mended.

Cut, connections break and new ones are refused, as when a line is down. Silent, everything stays
open and nothing comes through, as when a firewall drops what it once let pass; one-way, what goes
out still arrives, and no answer comes back.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

LOOPBACK = "127.0.0.1"
CHUNK = 65_536


class Cable(Protocol):
    """What lies between two hosts, and what may befall it."""

    def cut(self) -> None:
        """Break every connection and take no new one."""

    def silence(self) -> None:
        """Let nothing through any more; nobody is told."""

    def silence_answers(self) -> None:
        """Let nothing back to who dialled; what they send arrives."""

    def mend(self) -> None:
        """Let everything through again."""


class Wire:
    """Forwards one port of its own to another one of this host."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._answers = threading.Event()
        self._flows.set()
        self._answers.set()
        self._door = _listening(0)
        self.port: int = self._door.getsockname()[1]
        self._serve(self._door)

    def cut(self) -> None:
        """Break every connection and take no new one."""
        _close(self._door)
        self._let_all_flow()
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            _close(end)

    def silence(self) -> None:
        """Let nothing through any more; nobody is told."""
        self._flows.clear()
        self._answers.clear()

    def silence_answers(self) -> None:
        """Let nothing back to who dialled; what they send arrives."""
        self._answers.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self._let_all_flow()
        if self._door.fileno() == -1:
            self._door = _listening(self.port)
            self._serve(self._door)

    def _let_all_flow(self) -> None:
        self._flows.set()
        self._answers.set()

    def _serve(self, door: socket.socket) -> None:
        _in_background(partial(self._take_in, door))

    def _take_in(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = door.accept()
                _in_background(partial(self._join, near))

    def _join(self, near: socket.socket) -> None:
        self._flows.wait()
        try:
            far = socket.create_connection((LOOPBACK, self._target), timeout=5)
        except OSError:
            _close(near)
            return
        far.settimeout(None)
        with self._lock:
            self._ends += [near, far]
        _in_background(partial(_pump, near, far, self._flows))
        _pump(far, near, self._answers)


def _pump(source: socket.socket, sink: socket.socket, flows: threading.Event) -> None:
    with suppress(OSError):
        while chunk := source.recv(CHUNK):
            flows.wait()
            sink.sendall(chunk)
    _close(source)
    _close(sink)


def _listening(port: int) -> socket.socket:
    return socket.create_server((LOOPBACK, port), backlog=16)


def _close(end: socket.socket) -> None:
    # Who waits in `accept` or `recv` on it is woken by the shutdown, not by the close.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _in_background(act: Callable[[], None]) -> None:
    threading.Thread(target=act, daemon=True).start()
