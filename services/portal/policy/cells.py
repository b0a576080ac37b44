"""What one number of the board counts: some of the open cases, under a code for addresses.

Every number is a number of cases, so that it leads to the list of these. A code has parts as
`lamp.red~unit.SCJGJ`; an empty value says that there is none: `unit.` is no unit.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Self

from services.portal.policy.lamps import SEVERITY

TURNING = ("yellow", "red")
MOST_CELL = 300
_TIME = "%Y%m%dT%H%MZ"
_FLAGS = frozenset({"due", "late"})
_TIMES = frozenset({"since", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Which of the open cases are counted; what is None narrows nothing.

    With any of `clock`, `of`, `turns` and `due` a running clock of the case fits all of them.
    """

    lamp: str | None = None
    """Of the case; with `clock` alone of that clock."""
    unit: str | None = None
    """Who holds the case."""
    kind: str | None = None
    """What kind of service the item is."""
    clock: str | None = None
    of: str | None = None
    """The unit that the clock charges."""
    turns: str | None = None
    """The lamp that the clock turns to between `since` and `until`, if nothing is done."""
    due: bool = False
    """The limit of the clock, which has not passed, lies between `since` and `until`."""
    late: bool = False
    """The earliest limit that has passed lies between `since` and `until`."""
    since: datetime | None = None
    """The moment itself included."""
    until: datetime | None = None
    """The moment itself not included."""

    @property
    def of_clocks(self) -> bool:
        """Whether a running clock has to fit."""
        return self.due or any((self.clock, self.of is not None, self.turns))

    @property
    def code(self) -> str:
        """The cell as an address names it."""
        told = ((field.name, _written(getattr(self, field.name))) for field in fields(self))
        return "~".join(f"{name}.{value}" for name, value in told if value is not None)

    @classmethod
    def read(cls, code: str) -> Self:
        """Read a code; a ValueError if it is none."""
        if len(code) > MOST_CELL or "\0" in code:
            raise ValueError("no code of a cell is so long, or has such signs")
        parts = [part.partition(".") for part in code.split("~")]
        given: dict[str, Any] = {name: _read(name, value) for name, dot, value in parts if dot}
        known = {field.name for field in fields(cls)}
        if len(given) != len(parts) or not known.issuperset(given):
            raise ValueError("not the parts of a cell")
        cell = cls(**given)
        if cell.lamp not in (None, "", *SEVERITY) or cell.turns not in (None, *TURNING):
            raise ValueError("no lamp")
        return cell


EVERY_CASE = Cell()
"""Narrows nothing; its code is empty."""


def cell_read(code: str) -> Cell:
    """Return the cell of a code, of an empty one that which narrows nothing; else a ValueError."""
    return Cell.read(code) if code else EVERY_CASE


def _written(value: str | bool | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(_TIME)
    if isinstance(value, bool):
        return "1" if value else None
    return value


def _read(name: str, value: str) -> str | bool | datetime:
    if name in _TIMES:
        return datetime.strptime(value, _TIME).replace(tzinfo=UTC)
    if name in _FLAGS:
        return value == "1"
    return value
