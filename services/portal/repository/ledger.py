"""The ledger: any filters together, page by page, each page of bounded cost.

A page walks through one index that fits the order and at most one filter; the other filters are
asked of each case on the way. It walks no further than `WALK` cases: where few of them fit, the
page says how far it looked, and the next one goes on from there. So no question can read a table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    Select,
    and_,
    false,
    func,
    null,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from services.portal.policy import CHINA, Status
from services.portal.policy.ledger import EVERYTHING_THERE_IS, Asked, Order
from services.portal.repository.lists import LISTED
from services.portal.repository.scopes import ListedCase, ListScope, Slice
from services.portal.repository.words import found_by
from services.portal.tables import live
from shared.complaints import means
from shared.db import written_out
from shared.db.within import Place, reached
from shared.errors import Refused

WALK = 20_000
"""Cases that one page looks at within the time of a page."""
WALK_BY_WORDS = 4_000
"""Where each is also looked up among the words, which costs several times as much."""

Values = tuple[str, ...]
Condition = ColumnElement[bool]
Columns = ReadOnlyColumnCollection[str, Any]

_case = live.cases.c
_SHOWN = [column.name for column in LISTED]
_HELD = Place(unit=_case.unit_code)
_REST = frozenset(status for status in Status if status.is_at_rest)


def _one_of(column: ColumnElement[Any]) -> Callable[[Values], Condition]:
    return lambda values: column.in_(values)


def _from(column: ColumnElement[Any]) -> Callable[[Values], Condition]:
    return lambda values: column >= _begin_of(values[0], days=0)


def _up_to(column: ColumnElement[Any]) -> Callable[[Values], Condition]:
    return lambda values: column < _begin_of(values[0], days=1)


def _begin_of(day: str, days: int) -> datetime:
    moved = date.fromisoformat(day) + timedelta(days=days)
    return datetime.combine(moved, time.min, CHINA)


def _items_of_kind(kind: str) -> Select[tuple[str]]:
    return select(live.items.c.code).where(live.items.c.kind == kind)


def _in_region(values: Values) -> Condition:
    area = _area(values[0])
    return _case.region == area if area == values[0] else _case.region.startswith(area)


def _area(code: str) -> str:
    for pairs in ("0000", "00"):
        if code.endswith(pairs):
            return code.removesuffix(pairs)
    return code


CONDITIONS: Mapping[str, Callable[[Values], Condition]] = {
    "status": _one_of(_case.status),
    "lamp": _one_of(_case.lamp),
    "complexity": _one_of(_case.complexity),
    "channel": _one_of(_case.channel),
    "demand": _one_of(_case.demand),
    "outcome": _one_of(_case.outcome),
    "party": _one_of(_case.party_kind),
    "level": lambda values: _case.level.in_([int(value) for value in values]),
    "unit": _one_of(_case.unit_code),
    "region": _in_region,
    "item": _one_of(_case.item_code),
    "kind": lambda values: _case.item_code.in_(_items_of_kind(values[0])),
    "since": _from(_case.registered_at),
    "until": _up_to(_case.registered_at),
    "due_since": _from(_case.citizen_due_at),
    "due_until": _up_to(_case.citizen_due_at),
    "ended_since": _from(_case.finished_at),
    "ended_until": _up_to(_case.finished_at),
    "again": lambda _values: _case.round > 1,
    "urged": lambda _values: _case.urges.is_not(None),
    "number": _one_of(_case.number),
}
"""Which cases a filter keeps, by its name."""


@dataclass(frozen=True, slots=True)
class _Way:
    by: Column[Any]
    latest_first: bool
    where: Condition
    leads: tuple[str, ...]
    """Filters of one value for which there is an index in this order, the narrowest first."""


_REGISTERED = and_(_case.is_ours, _case.registered_at.is_not(None))
_OF_REGISTERED = ("item", "unit", "region", "channel", "status")
_WAYS: Mapping[Order, _Way] = {
    Order.NEWEST: _Way(_case.registered_at, True, _REGISTERED, _OF_REGISTERED),
    Order.OLDEST: _Way(_case.registered_at, False, _REGISTERED, _OF_REGISTERED),
    Order.DUE: _Way(_case.sort_at, False, _case.is_open, ("unit", "status", "lamp")),
    Order.ENDED: _Way(_case.sort_at, True, _case.is_at_rest, ("unit",)),
}
_BOUNDS = ("since", "until")
"""Filters that only say where on the way of what was registered to begin and to end."""


@dataclass(frozen=True, slots=True)
class _Walk:
    """What one question walks through, and what each case on the way must fit."""

    way: _Way
    through: Sequence[Condition]
    fits: Sequence[Condition]
    most: int | None
    """None where the index leads to few cases anyway."""


def ledger_list(
    db: Connection, scope: ListScope, after: Sequence[str] | None, limit: int
) -> Slice:
    """Return a page of the ledger behind the key `after`."""
    walk = _walk(db, scope)
    behind = [] if after is None else [_behind(walk.way, after)]
    with _on_its_way(db, walk):
        rows = db.execute(_page(walk, behind, limit + 1)).mappings().all()
    found = [ListedCase(**{name: row[name] for name in _SHOWN}) for row in rows if row["fits"]]
    if len(found) > limit:
        return Slice(found[:limit], _key(found[limit - 1], walk.way))
    end = next((row for row in rows if not row["fits"]), None)
    if end is None:
        return Slice(found, None)
    at = end[walk.way.by.name]
    return Slice(found, (at.isoformat(), str(end["case_id"])), looked_to=at)


@contextmanager
def _on_its_way(db: Connection, walk: _Walk) -> Iterator[None]:
    """Let a long walk go along its index; else PostgreSQL may collect all behind it, and sort."""
    if walk.most != WALK:
        yield
        return
    db.execute(text("SET LOCAL enable_bitmapscan = off"))
    yield
    db.execute(text("SET LOCAL enable_bitmapscan = on"))


def ledger_count(db: Connection, scope: ListScope, most: int) -> int:
    """Count the cases of a ledger, but no further than `most`; only who reads them all asks."""
    walk = _walk(db, scope)
    counted = select(_case.case_id).where(*walk.through, *walk.fits).limit(most).subquery()
    return db.scalar(select(func.count()).select_from(counted)) or 0


def _walk(db: Connection, scope: ListScope) -> _Walk:
    asked = scope.ledger or EVERYTHING_THERE_IS
    way = _WAYS[asked.order]
    fits = [*_sight(scope), _case.number.is_not(None)]
    conditions = {name: CONDITIONS[name](values) for name, values in asked.by.items()}
    if scope.text.strip():
        found = found_by(db, _case.case_id, scope.text)
        if found.few:
            return _Walk(way, [found.condition, way.where], [*fits, *conditions.values()], None)
        fits.append(found.condition)
    if "number" in conditions:
        through = [conditions.pop("number"), way.where]
        return _Walk(way, through, [*fits, *conditions.values()], None)
    through = [way.where, *_through(asked, scope, way, conditions)]
    most = WALK_BY_WORDS if scope.text.strip() else WALK
    return _Walk(way, through, [*fits, *conditions.values()], most)


def _through(
    asked: Asked, scope: ListScope, way: _Way, conditions: dict[str, Condition]
) -> Iterator[Condition]:
    """Yield what an index leads to; of the conditions it takes out what is settled by that."""
    if way.by is _case.registered_at:
        yield from (conditions.pop(name) for name in _BOUNDS if name in conditions)
    held = scope.sight.ours.unit
    if held is not None:
        yield _case.unit_code == held
        return
    lead = next((name for name in way.leads if _leads(asked, name)), None)
    if lead is not None:
        yield _led(asked, lead, conditions.pop(lead))


def _leads(asked: Asked, name: str) -> bool:
    value = asked.one(name)
    if value is None:
        return False
    if name == "region":
        return _area(value) == value
    return name != "status" or Status(value) not in _REST


def _led(asked: Asked, lead: str, condition: Condition) -> Condition:
    if lead in ("status", "lamp"):  # of a partial index
        return _case[lead] == written_out(asked.by[lead][0])
    return condition if lead == "region" else _case[_COLUMN[lead]] == asked.by[lead][0]


_COLUMN = {"item": "item_code", "unit": "unit_code", "channel": "channel"}


def _sight(scope: ListScope) -> Iterator[Condition]:
    """Yield the conditions that the reader may look at a case that was registered here."""
    yield _case.is_ours if not scope.sight.ours.nothing else false()
    yield reached(scope.sight.ours, _HELD)
    if scope.reader is not None:
        meant = means(scope.reader, _case.complained_units, _case.complained_persons)
        yield true() if meant is None else meant.is_not(true())


def _page(walk: _Walk, behind: Sequence[Condition], limit: int) -> Executable:
    """Select what fits; of a walk that found less also the case at its end, as one that does not.

    One statement: whether the end is looked for follows from how much was found.
    """
    fits = and_(*walk.fits)
    if walk.most is None:
        found = select(*LISTED, true().label("fits")).where(*walk.through, *behind, fits)
        return _sorted(found, walk.way).limit(limit)
    # The inner limit holds the walk; what fits is asked outside of it, case by case.
    passed = select(*LISTED, fits.label("fits")).where(*walk.through, *behind)
    walked = _sorted(passed, walk.way).limit(walk.most).subquery()
    shown = _sorted(select(*walked.c).where(walked.c.fits), walk.way, walked.c)
    page = shown.limit(limit).cte("page")
    is_short = select(func.count()).select_from(page).scalar_subquery() < limit
    end = _end(walk, behind, walk.most).subquery()
    ends = [end.c[name] if name in end.c else null() for name in _SHOWN]
    return union_all(select(*page.c), select(*ends, false()).where(is_short))


def _end(walk: _Walk, behind: Sequence[Condition], most: int) -> Select[Any]:
    ends = select(walk.way.by, _case.case_id).where(*walk.through, *behind)
    return _sorted(ends, walk.way).offset(most - 1).limit(1)


def _sorted(query: Select[Any], way: _Way, of: Columns = _case) -> Select[Any]:
    keys = (of[way.by.name], of["case_id"])
    return query.order_by(*(key.desc() if way.latest_first else key for key in keys))


def _behind(way: _Way, after: Sequence[str]) -> Condition:
    try:
        at, case_id = datetime.fromisoformat(after[0]), UUID(after[1])
    except (IndexError, ValueError) as error:
        raise Refused("bad_cursor", field="cursor") from error
    if at.tzinfo is None:
        raise Refused("bad_cursor", field="cursor")
    place, key = tuple_(way.by, _case.case_id), tuple_(at, case_id)
    return place < key if way.latest_first else place > key


def _key(last: ListedCase, way: _Way) -> tuple[str, str]:
    return getattr(last, way.by.name).isoformat(), str(last.case_id)
