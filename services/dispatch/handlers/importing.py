"""Enter many units at once: all of them, or none and what is wrong with each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum, unique

from sqlalchemy import Connection

from services.dispatch.handlers.listing import UnitListing, list_unit
from services.dispatch.repository.catalogue import entry_of
from services.dispatch.tables import units
from shared.errors import Refused
from shared.security.caller import Caller


@unique
class Kind(StrEnum):
    """What a line does to the tree."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with the line of the file on which it stands."""

    number: int
    listing: UnitListing


@dataclass(frozen=True, slots=True)
class Change:
    """What a line does; `fields` are those that differ from what is there."""

    line: int
    code: str
    title: str
    kind: Kind
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What all lines do, and why some of them cannot."""

    changes: Sequence[Change]
    refused: Mapping[int, Refused]


def import_units(db: Connection, lines: Sequence[Line], caller: Caller) -> Imported:
    """Enter units in an order in which each finds those it names; who calls keeps it or not."""
    refused, changes = _twice(lines), list[Change]()
    waiting = [line for line in lines if line.number not in refused]
    while waiting:
        wrong: dict[int, Refused] = {}
        for line in waiting:
            try:
                changes.append(_entered(db, line, caller))
            except Refused as refusal:
                wrong[line.number] = refusal
        if len(wrong) == len(waiting):
            refused |= wrong
            break
        waiting = [line for line in waiting if line.number in wrong]
    return Imported(sorted(changes, key=lambda change: change.line), refused)


def _entered(db: Connection, line: Line, caller: Caller) -> Change:
    told = asdict(line.listing)
    before = entry_of(db, units, line.listing.code, told)
    list_unit(db, line.listing, caller)
    code, title = line.listing.code, line.listing.title
    if before is None:
        return Change(line.number, code, title, Kind.NEW)
    differs = tuple(name for name, value in told.items() if _plain(before[name]) != _plain(value))
    return Change(line.number, code, title, Kind.CHANGED if differs else Kind.SAME, differs)


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _twice(lines: Sequence[Line]) -> dict[int, Refused]:
    seen: set[str] = set()
    found: dict[int, Refused] = {}
    for line in lines:
        if line.listing.code in seen:
            found[line.number] = Refused("unit_twice", field="code")
        seen.add(line.listing.code)
    return found
