"""The cases behind one number of the board, as conditions of lists."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, and_, case, exists, func, literal, select

from services.portal.policy import OF_A_PART, Cell
from services.portal.tables import live

_case, _clock, _item = live.cases.c, live.clocks.c, live.items.c

USUAL_WARNING = timedelta(hours=24)
"""Of clocks of which a node of the release before told: so long before the limit it warns."""

KIND_OF_ITEM: ColumnElement[Any] = func.coalesce(
    select(func.max(_item.kind)).where(_item.code == _case.item_code).scalar_subquery(), ""
)
HOLDER: ColumnElement[Any] = func.coalesce(_case.unit_code, "")
LAMP: ColumnElement[Any] = func.coalesce(_case.lamp, "")
LATE_SINCE = func.least(
    case((_case.citizen_lamp == "red", _case.citizen_due_at)),
    case((_case.custody_lamp == "red", _case.custody_due_at)),
)
"""The earliest limit of those shown that has passed; null where none has."""
CHARGED: ColumnElement[Any] = func.coalesce(_clock.unit_code, "")
RUNS = and_(_clock.stopped_at.is_(None), _clock.rests_until.is_(None))
OF_THE_HOLDER = _clock.kind != OF_A_PART
_WARNS_AT = func.coalesce(_clock.turns_at, _clock.due_at - literal(USUAL_WARNING, Interval))
TURNS_AT = {
    "yellow": case((_clock.lamp == "green", _WARNS_AT)),
    "red": case((_clock.lamp.in_(("green", "yellow")), _clock.due_at)),
}
"""When a running clock shows a lamp, if nothing is done; null where it has."""


def counted_by(cell: Cell) -> list[ColumnElement[bool]]:
    """Return the conditions that a case is counted by a cell."""
    of_case = None if cell.clock else cell.lamp
    found = _equal((HOLDER, cell.unit), (KIND_OF_ITEM, cell.kind), (LAMP, of_case))
    if cell.late:
        found += [_case.lamp == "red", *within(cell, LATE_SINCE)]
    if cell.of_clocks:
        found.append(exists().where(_clock.case_id == _case.case_id, *_fits(cell)))
    return found


def within(cell: Cell, at: ColumnElement[object]) -> list[ColumnElement[bool]]:
    """Return the conditions that a moment lies in the time of a cell."""
    since = [] if cell.since is None else [at >= cell.since]
    return since if cell.until is None else [*since, at < cell.until]


def _fits(cell: Cell) -> list[ColumnElement[bool]]:
    lamp = cell.lamp if cell.clock else None
    found = _equal((_clock.kind, cell.clock), (_clock.lamp, lamp), (CHARGED, cell.of))
    found.append(_clock.stopped_at.is_(None))
    if cell.turns is not None:
        found += [RUNS, OF_THE_HOLDER, *within(cell, TURNS_AT[cell.turns])]
    if cell.due:
        found += [RUNS, OF_THE_HOLDER, _clock.lamp != "red", *within(cell, _clock.due_at)]
    return found


def _equal(*narrowed: tuple[ColumnElement[Any], str | None]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in narrowed if value is not None]
