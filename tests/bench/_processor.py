"""Processor time: what does not grow when others work on the same machine."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

TICKS = os.sysconf("SC_CLK_TCK")
PIDS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the wall, of this process, and of its backends of PostgreSQL."""

    wall: float
    own: float
    backends: float

    def since(self, earlier: "Spent") -> str:
        """Tell what was spent since then, and the load of the machine."""
        wall, own = self.wall - earlier.wall, self.own - earlier.own
        backends = self.backends - earlier.backends
        return (
            f"{wall:.1f} s; processor: {own:.1f} s here, {backends:.1f} s in PostgreSQL;"
            f" load {os.getloadavg()[0]:.0f}"
        )


def spent(engine: Engine) -> Spent:
    """Return what was spent so far; the connections of the engine must stay open between."""
    return Spent(time.perf_counter(), time.process_time(), backends_seconds(engine))


def backends_seconds(engine: Engine) -> float:
    """Return the processor time of whoever is connected to the engine's database now."""
    with engine.connect() as db:
        pids = db.scalars(PIDS).all()
    total = 0
    for pid in pids:
        with suppress(OSError):  # one that has ended
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return total / 1e9


def process_seconds(pids: Iterable[int]) -> float:
    """Return the processor time of processes with all their threads."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return (
        sum(int(user) + int(system) for *_, user, system in (each[:13] for each in fields)) / TICKS
    )
