"""The working sheet of the projector: the rows a batch touches, read once and written once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.policy import Counted, Status, tallies
from services.portal.repository import Row
from services.portal.tables import Projection, live
from shared.events.base import Envelope, Event

_BLANK_CASE: Row = dict.fromkeys(repository.names_of(live.cases)) | {
    "status": Status.REGISTERED.value,
    "is_open": False,
    "is_at_rest": False,
    "round": 1,
}
_BLANK_ORDER: Row = dict.fromkeys(repository.names_of(live.orders)) | {"version": 0}
_BLANK_CLOCK: Row = dict.fromkeys(repository.names_of(live.clocks)) | {"version": 0}


@dataclass(slots=True)
class Sheet:
    """Rows by key; whatever is on it is written back, so only what changes is put on it."""

    cases: dict[UUID, Row] = field(default_factory=dict)
    orders: dict[UUID, Row] = field(default_factory=dict)
    clocks: dict[UUID, Row] = field(default_factory=dict)
    units: dict[UUID, Row] = field(default_factory=dict)
    items: dict[UUID, Row] = field(default_factory=dict)
    timeline: list[Row] = field(default_factory=list)
    evaluations: list[Row] = field(default_factory=list)
    texts: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    reached: dict[tuple[str, UUID], int] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: set[UUID] = field(default_factory=set)
    """Orders and clocks to be written."""

    def case(self, case_id: UUID) -> Row:
        """Return the row of a case, born now if nothing had been heard of it."""
        row = self.cases.get(case_id)
        if row is None:
            row = self.cases[case_id] = _BLANK_CASE | {"case_id": case_id}
        return row

    def order(self, order_id: UUID, case_id: UUID) -> Row:
        """Return the row of an order, to be changed."""
        self.changed.add(order_id)
        row = self.orders.get(order_id)
        if row is None:
            row = _BLANK_ORDER | {"order_id": order_id, "case_id": case_id}
            self.orders[order_id] = row
        return row

    def clock(self, clock_id: UUID, case_id: UUID) -> Row:
        """Return the row of a clock, to be changed."""
        self.changed.add(clock_id)
        row = self.clocks.get(clock_id)
        if row is None:
            row = _BLANK_CLOCK | {"clock_id": clock_id, "case_id": case_id}
            self.clocks[clock_id] = row
        return row


Facts = Mapping[type[Event], Callable[[Sheet, Envelope, Any], None]]
"""What each kind of event changes on the sheet."""


def open_sheet(db: Connection, projection: Projection, cases: Collection[UUID]) -> Sheet:
    """Lock the rows of these cases; what they added to the counts is taken off on the sheet."""
    sheet = Sheet()
    if cases:
        rows, orders, clocks = repository.rows_of_cases(db, projection, cases)
        sheet.cases = {row["case_id"]: row for row in rows}
        sheet.orders = {row["order_id"]: row for row in orders}
        sheet.clocks = {row["clock_id"]: row for row in clocks}
    for row in sheet.cases.values():
        sheet.counts.subtract(tallies(_counted(row)))
    return sheet


def write_sheet(db: Connection, projection: Projection, sheet: Sheet) -> None:
    """Write the sheet back and add what its cases now add to the counts."""
    for row in sheet.cases.values():
        sheet.counts.update(tallies(_counted(row)))
    upsert = repository.upsert_rows
    upsert(db, projection.cases, list(sheet.cases.values()))
    upsert(db, projection.orders, _changed(sheet, sheet.orders))
    upsert(db, projection.clocks, _changed(sheet, sheet.clocks))
    upsert(db, projection.units, list(sheet.units.values()))
    upsert(db, projection.items, list(sheet.items.values()))
    upsert(db, projection.timeline, sheet.timeline)
    upsert(db, projection.evaluations, sheet.evaluations)
    repository.add_words(db, projection, sheet.texts)
    repository.mark_reached(db, projection, sheet.reached)
    repository.add_counts(db, projection, sheet.counts)


def grouped(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    """Return rows by their case."""
    of_case: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        of_case[row["case_id"]].append(row)
    return of_case


def _changed(sheet: Sheet, rows: dict[UUID, Row]) -> list[Row]:
    return [row for key, row in rows.items() if key in sheet.changed]


def _counted(row: dict[str, Any]) -> Counted:
    return Counted(
        status=Status(row["status"]),
        channel=row["channel"],
        lamp=row["lamp"],
        unit=row["unit_code"],
        registered_at=row["registered_at"],
        finished_at=row["finished_at"],
        on_time=row["citizen_on_time"],
    )
