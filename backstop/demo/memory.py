"""What the loader has done already, kept beside the node's keys, so that a run cut short goes on.

The node remembers idempotency keys for a day; this file remembers for as long as the data lives.
It holds the query codes of the demonstration's made-up people: its owner alone may read it.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Self

from pydantic import AwareDatetime, BaseModel, ValidationError


class Known(BaseModel):
    """A line that has been registered, and the steps of its story that are done."""

    case_id: str
    number: str
    query_code: str
    done: list[str] = []


class Told(BaseModel):
    """The content of the file."""

    started_at: AwareDatetime
    """Every time of the demonstration counts back from here, in this run and the ones after."""
    furnished: bool = False
    finished: bool = False
    nodes: list[str] = []
    """Those that ran when it was finished: no story goes on where another one is added later."""
    lines: dict[str, Known] = {}


class Memory:
    """The file and its content; may be used by several threads at once."""

    def __init__(self, file: Path, told: Told) -> None:
        self._file = file
        self._lock = Lock()
        self.told = told
        self.resumed = bool(told.lines)

    @classmethod
    def read(cls, file: Path, now: datetime) -> Self:
        """Return what was remembered; an unreadable file is as good as none."""
        try:
            return cls(file, Told.model_validate_json(file.read_bytes()))
        except (OSError, ValidationError):
            return cls(file, Told(started_at=now))

    def begin_anew(self, now: datetime) -> None:
        """Forget everything, for the node's data is another."""
        self.told, self.resumed = Told(started_at=now), False
        self.keep()

    def furnished(self) -> None:
        """Remember that the catalogue stands."""
        self.told.furnished = True
        self.keep()

    def registered(self, line: str, known: Known) -> None:
        """Remember the case of a line."""
        self.told.lines[line] = known
        self.keep()

    def has_done(self, line: str, step: str) -> bool:
        """Tell whether a step was done, now or before."""
        return step in self.told.lines[line].done

    def did(self, line: str, step: str) -> None:
        """Remember a step."""
        with self._lock:
            self.told.lines[line].done.append(step)
        self.keep()

    def finish(self, nodes: Iterable[str]) -> None:
        """Remember that nothing is left to do, and which nodes took part."""
        self.told.finished, self.told.nodes = True, sorted(nodes)
        self.keep()

    def keep(self) -> None:
        """Write the file anew, whole or not at all."""
        fresh = self._file.with_suffix(".new")
        with self._lock:
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(self.told.model_dump_json())
            fresh.replace(self._file)
