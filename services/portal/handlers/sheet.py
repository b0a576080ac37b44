"""The working sheet of the projector: the rows a batch touches, read once and written once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table

from services.portal import repository
from services.portal.policy import Counted, HandOverState, Status, is_below, tallies
from services.portal.repository import Row
from services.portal.tables import Projection, live
from shared.events.base import Envelope, Event

_BLANK_CASE: Row = dict.fromkeys(repository.names_of(live.cases)) | {
    "status": Status.REGISTERED.value,
    **dict.fromkeys(("is_open", "is_at_rest", "is_ours", "is_away", "is_below"), False),
    "is_awaited": False,
    "round": 1,
}
_BLANK_ORDER: Row = dict.fromkeys(repository.names_of(live.orders)) | {"version": 0}
_BLANK_CLOCK: Row = dict.fromkeys(repository.names_of(live.clocks)) | {"version": 0}
_BLANK_HAND_OVER: Row = dict.fromkeys(repository.names_of(live.hand_overs)) | {
    "state": HandOverState.OPEN.value
}
_BLANK_PART: Row = dict.fromkeys(repository.names_of(live.parts)) | {
    "state": "open",
    "is_live": False,
}
_BLANK_SUPERVISION: Row = dict.fromkeys(repository.names_of(live.supervisions))


@dataclass(slots=True)
class Sheet:
    """Rows by key; whatever is on it is written back, so only what changes is put on it."""

    node: str
    """Whose projection it is: what another node said is shown, and never taken for its own."""
    cases: dict[UUID, Row] = field(default_factory=dict)
    orders: dict[UUID, Row] = field(default_factory=dict)
    clocks: dict[UUID, Row] = field(default_factory=dict)
    hand_overs: dict[UUID, Row] = field(default_factory=dict)
    supervisions: dict[UUID, Row] = field(default_factory=dict)
    parts: dict[UUID, Row] = field(default_factory=dict)
    units: dict[UUID, Row] = field(default_factory=dict)
    items: dict[UUID, Row] = field(default_factory=dict)
    node_facts: dict[UUID, Row] = field(default_factory=dict)
    timeline: dict[UUID, Row] = field(default_factory=dict)
    evaluations: dict[UUID, Row] = field(default_factory=dict)
    texts: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    reached: dict[tuple[str, UUID], int] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: set[UUID] = field(default_factory=set)
    """Orders, clocks, hand-overs, supervisions and parts to be written."""

    def is_own(self, envelope: Envelope) -> bool:
        """Tell whether the node said this itself."""
        return envelope.node == self.node

    def case(self, case_id: UUID) -> Row:
        """Return the row of a case, born now if nothing had been heard of it."""
        row = self.cases.get(case_id)
        if row is None:
            row = self.cases[case_id] = _BLANK_CASE | {"case_id": case_id}
        return row

    def order(self, order_id: UUID, case_id: UUID) -> Row:
        """Return the row of an order, to be changed."""
        born = _BLANK_ORDER | {"order_id": order_id, "case_id": case_id}
        return self._changing(self.orders, order_id, born)

    def clock(self, clock_id: UUID, case_id: UUID) -> Row:
        """Return the row of a clock, to be changed."""
        born = _BLANK_CLOCK | {"clock_id": clock_id, "case_id": case_id}
        return self._changing(self.clocks, clock_id, born)

    def hand_over(self, hand_over_id: UUID, case_id: UUID) -> Row:
        """Return the row of a hand-over, to be changed."""
        self.case(case_id)
        born = _BLANK_HAND_OVER | {"hand_over_id": hand_over_id, "case_id": case_id}
        return self._changing(self.hand_overs, hand_over_id, born)

    def supervision(self, supervision_id: UUID, case_id: UUID) -> Row:
        """Return the row of a supervision, to be changed."""
        self.case(case_id)
        born = _BLANK_SUPERVISION | {"supervision_id": supervision_id, "case_id": case_id}
        return self._changing(self.supervisions, supervision_id, born)

    def part(self, part_id: UUID, case_id: UUID) -> Row:
        """Return the row of a part, to be changed."""
        born = _BLANK_PART | {"part_id": part_id, "case_id": case_id}
        return self._changing(self.parts, part_id, born)

    def _changing(self, rows: dict[UUID, Row], key: UUID, born: Row) -> Row:
        self.changed.add(key)
        return rows.setdefault(key, born)


Facts = Mapping[type[Event], Callable[[Sheet, Envelope, Any], None]]
"""What each kind of event changes on the sheet."""


def open_sheet(
    db: Connection, projection: Projection, node: str, cases: Collection[UUID]
) -> Sheet:
    """Lock the rows of these cases; what they added to the counts is taken off on the sheet."""
    sheet = Sheet(node)
    if cases:
        rows = repository.rows_of_cases(db, projection, cases)
        sheet.cases = {row["case_id"]: row for row in rows.cases}
        sheet.orders = {row["order_id"]: row for row in rows.orders}
        sheet.clocks = {row["clock_id"]: row for row in rows.clocks}
        sheet.hand_overs = {row["hand_over_id"]: row for row in rows.hand_overs}
        sheet.supervisions = {row["supervision_id"]: row for row in rows.supervisions}
        sheet.parts = {row["part_id"]: row for row in rows.parts}
    for row in sheet.cases.values():
        sheet.counts.subtract(tallies(_counted(row, node)))
    return sheet


def write_sheet(db: Connection, projection: Projection, sheet: Sheet) -> None:
    """Write the sheet back and add what its cases now add to the counts."""
    for row in sheet.cases.values():
        sheet.counts.update(tallies(_counted(row, sheet.node)))
    upsert = repository.upsert_rows
    upsert(db, projection.cases, list(sheet.cases.values()))
    for table, rows in _hanging_on_cases(projection, sheet):
        upsert(db, table, [row for key, row in rows.items() if key in sheet.changed])
    upsert(db, projection.units, list(sheet.units.values()))
    upsert(db, projection.items, list(sheet.items.values()))
    upsert(db, projection.node_facts, list(sheet.node_facts.values()))
    upsert(db, projection.timeline, list(sheet.timeline.values()))
    upsert(db, projection.evaluations, list(sheet.evaluations.values()))
    repository.add_words(db, projection, sheet.texts)
    repository.mark_reached(db, projection, sheet.reached)
    repository.add_counts(db, projection, sheet.counts)


def _hanging_on_cases(
    projection: Projection, sheet: Sheet
) -> tuple[tuple[Table, dict[UUID, Row]], ...]:
    return (
        (projection.orders, sheet.orders),
        (projection.clocks, sheet.clocks),
        (projection.hand_overs, sheet.hand_overs),
        (projection.supervisions, sheet.supervisions),
        (projection.parts, sheet.parts),
    )


def grouped(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    """Return rows by their case."""
    of_case: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        of_case[row["case_id"]].append(row)
    return of_case


def _counted(row: Row, node: str) -> Counted:
    is_origin, holder, offers = row["origin"] == node, row["holder"], row["incoming_from"]
    return Counted(
        status=Status(row["status"]),
        channel=row["channel"],
        lamp=row["lamp"],
        unit=row["unit_code"] if row["is_open"] else None,
        registered_at=row["registered_at"],
        finished_at=row["finished_at"],
        on_time=row["citizen_on_time"],
        withdrawn_at=row["withdrawn_at"],
        is_origin=is_origin,
        owes=is_origin or row["is_open"] or row["is_away"],
        registered_below=row["origin"] if is_below(row["origin"], node) else None,
        held_below=holder if row["is_below"] else None,
        offered_below=offers if is_below(offers, node) else None,
        item=row["item_code"],
        tries=row["attempts"],
        round=row["round"] - (0 < (row["taken_back_round"] or 0) < row["round"]),
        declined=row["decline_reason"],
    )
