"""Hosts that are network namespaces of this machine, and a line between two of them.

Nothing of the machine's own network is touched: the line is made within the namespaces. A process
that is killed before it takes its namespaces away leaves them to the next one.
"""

import ctypes
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "bs"
LEFT = re.compile(rf"{PREFIX}(\d+)-\w+")
"""A namespace of a process: which one."""
FOLDER = Path("/run/netns")
CLONE_NEWNET = 0x40000000
IP = shutil.which("ip") or "/usr/sbin/ip"
NOBODY = "02:00:00:00:00:01"
"""What is sent to this hardware address leaves, and nobody takes it."""


class NoNamespaces(Exception):
    """This machine, or this account, has no network namespaces; the text says why."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A host of its own as far as the network goes."""

    name: str

    @classmethod
    @contextmanager
    def made(cls, label: str) -> Iterator["Namespace"]:
        """Have one with its loopback up, gone when the block ends."""
        space = cls(f"{PREFIX}{os.getpid()}-{label}")
        _ip("netns", "add", space.name)
        try:
            space.ip("link", "set", "dev", "lo", "up")
            yield space
        finally:
            _ip("netns", "delete", space.name)

    def ip(self, *arguments: str) -> None:
        """Change its network."""
        _ip("-netns", self.name, *arguments)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be there: what this thread opens or starts meanwhile belongs to it for ever."""
        here = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
        try:
            there = os.open(FOLDER / self.name, os.O_RDONLY)
            try:
                _enter(there)
            finally:
                os.close(there)
            try:
                yield
            finally:
                _enter(here)
        finally:
            os.close(here)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a line: where, the name of its device, and its address."""

    space: Namespace
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """A cable between two hosts: it can be pulled, swallow what goes one way, and be mended."""

    below: End
    above: End

    @classmethod
    def between(cls, below: Namespace, above: Namespace, network: str = "10.77.2") -> "Line":
        """Join two namespaces; over it they have no way to anywhere else."""
        line = cls(End(below, "uplink0", f"{network}.2"), End(above, "child0", f"{network}.1"))
        there = ("peer", "name", line.above.device, "netns", above.name)
        below.ip("link", "add", "name", line.below.device, "type", "veth", *there)
        for end in line.ends:
            end.space.ip("address", "add", f"{end.address}/24", "dev", end.device)
            end.space.ip("link", "set", "dev", end.device, "up")
        return line

    @property
    def ends(self) -> tuple[End, End]:
        """The lower one, then the upper one."""
        return self.below, self.above

    def cut(self) -> None:
        """Pull the cable."""
        self.above.space.ip("link", "set", "dev", self.above.device, "down")

    def silence(self) -> None:
        """Let nothing through either way; nobody is told."""
        self.silence_requests()
        self.silence_answers()

    def silence_requests(self) -> None:
        """Let nothing up any more; what comes down arrives."""
        _swallow(self.below, self.above.address)

    def silence_answers(self) -> None:
        """Let nothing down any more; what goes up arrives."""
        _swallow(self.above, self.below.address)

    def mend(self) -> None:
        """Let everything through again."""
        for end, other in (self.ends, self.ends[::-1]):
            end.space.ip("link", "set", "dev", end.device, "up")
            with suppress(NoNamespaces):  # what was never swallowed has no such entry
                end.space.ip("neighbour", "delete", other.address, "dev", end.device)


def sweep() -> None:
    """Take away what killed processes have left."""
    names = [path.name for path in FOLDER.iterdir()] if FOLDER.is_dir() else []
    for pid, name in left_by(names):
        if not Path(f"/proc/{pid}").exists():
            _ip("netns", "delete", name)


def left_by(names: Sequence[str]) -> list[tuple[int, str]]:
    """Return those that were made here, each with the process that made it."""
    found = ((LEFT.fullmatch(name), name) for name in names)
    return [(int(match[1]), name) for match, name in found if match]


def _swallow(end: End, address: str) -> None:
    entry = (address, "lladdr", NOBODY, "dev", end.device, "nud", "permanent")
    end.space.ip("neighbour", "replace", *entry)


def _enter(descriptor: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET) != 0:
        raise NoNamespaces(os.strerror(ctypes.get_errno()))


def _ip(*arguments: str) -> None:
    try:
        subprocess.run([IP, *arguments], check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NoNamespaces("the program `ip` (iproute2) is not installed") from error
    except subprocess.CalledProcessError as error:
        raise NoNamespaces(f"ip {' '.join(arguments)}: {error.stderr.strip()}") from error
