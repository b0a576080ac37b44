"""Enter many units or items at once: all of them, or none and what is wrong with each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum, unique

from sqlalchemy import Connection, Table

from services.dispatch.handlers.items import ItemListing
from services.dispatch.handlers.listing import Listed, UnitListing
from services.dispatch.repository.catalogue import entry_of
from shared.errors import Refused
from shared.security.caller import Caller


@unique
class Kind(StrEnum):
    """What a line does to the catalogue."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"
    """Also a change: it puts an entry out of use, or gives it a last day."""
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with the line of the file on which it stands, and how it is entered."""

    number: int
    listing: UnitListing | ItemListing
    enter: Callable[[Connection, Caller], Listed]


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


def import_lines(db: Connection, table: Table, lines: Sequence[Line], caller: Caller) -> Imported:
    """Enter lines in an order in which each finds those it names; who calls keeps it or not."""
    refused, changes = _twice(lines), list[Change]()
    waiting = [line for line in lines if line.number not in refused]
    while waiting:
        wrong: dict[int, Refused] = {}
        for line in waiting:
            try:
                changes.append(_entered(db, table, line, caller))
            except Refused as refusal:
                wrong[line.number] = refusal
        if len(wrong) == len(waiting):
            refused |= wrong
            break
        waiting = [line for line in waiting if line.number in wrong]
    return Imported(sorted(changes, key=lambda change: change.line), refused)


def _entered(db: Connection, table: Table, line: Line, caller: Caller) -> Change:
    told, code, title = asdict(line.listing), line.listing.code, line.listing.title
    before = entry_of(db, table, code, told)
    line.enter(db, caller)
    after = entry_of(db, table, code, told)
    if before is None or after is None:
        return Change(line.number, code, title, Kind.NEW)
    differs = tuple(name for name in told if before[name] != after[name])
    return Change(line.number, code, title, _kind(before, after, differs), differs)


def _kind(
    before: Mapping[str, object], after: Mapping[str, object], differs: Sequence[str]
) -> Kind:
    if _is_ended(after) and not _is_ended(before):
        return Kind.ENDED
    return Kind.CHANGED if differs else Kind.SAME


def _is_ended(entry: Mapping[str, object]) -> bool:
    return not entry["active"] or entry["valid_until"] is not None


def _twice(lines: Sequence[Line]) -> dict[int, Refused]:
    seen: set[str] = set()
    found: dict[int, Refused] = {}
    for line in lines:
        if line.listing.code in seen:
            found[line.number] = Refused("code_twice", field="code")
        seen.add(line.listing.code)
    return found
