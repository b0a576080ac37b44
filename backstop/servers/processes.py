"""Look at running processes through /proc: who they are, whose children, still the same one.

Standard library only and light: the guardian imports it into an otherwise empty interpreter.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
GLANCE_SECONDS = 0.02


class Sighting(NamedTuple):
    """One process as seen at one moment."""

    pid: int
    is_zombie: bool
    parent: int
    group: int
    started: int
    """Clock ticks since boot; with the pid it names a process for good."""


def look(pid: int) -> Sighting | None:
    """Return what is known of a process, or None when there is none of that id."""
    try:
        stat = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name in parentheses may itself hold spaces and parentheses.
    fields = stat.rpartition(b")")[2].split()
    zombie = fields[0] in (b"Z", b"X")
    return Sighting(pid, zombie, int(fields[1]), int(fields[2]), int(fields[19]))


def everyone() -> Iterator[Sighting]:
    """Yield each process that can be seen and is not just a zombie."""
    for name in os.listdir(PROC):
        if name.isdigit():
            seen = look(int(name))
            if seen is not None and not seen.is_zombie:
                yield seen


def is_running(pid: int, started: int | None = None) -> bool:
    """Tell whether the process lives; with `started`, whether it is still that very one."""
    seen = look(pid)
    if seen is None or seen.is_zombie:
        return False
    return started is None or seen.started == started


def descendants(pid: int) -> list[int]:
    """Return the living children of a process and theirs, parents first."""
    children: dict[int, list[int]] = {}
    for seen in everyone():
        children.setdefault(seen.parent, []).append(seen.pid)
    found = list(children.get(pid, ()))
    for parent in found:
        found.extend(children.get(parent, ()))
    return found


def members(group: int) -> list[int]:
    """Return the living processes of a process group."""
    return [seen.pid for seen in everyone() if seen.group == group]


def workers_in(folder: Path) -> list[int]:
    """Return the processes whose working directory is exactly this folder."""
    found = []
    for seen in everyone():
        try:
            where = os.readlink(PROC / str(seen.pid) / "cwd")
        except OSError:
            continue
        if where == str(folder):
            found.append(seen.pid)
    return found


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Look again and again until the condition holds; False when time ran out first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(GLANCE_SECONDS)
    return True
