"""What a node did on each day, and what nodes told of theirs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Date, and_, cast, func, select, text

from services.portal.policy import CHINA, Dimension
from services.portal.tables import live
from shared.events.portal import DayCounted

ZONE = "Asia/Shanghai"
OF_ORDERS = ("resolve", "tracking")
"""Clocks of a unit with its order: until its result, or until the next word on what goes on."""
OF_DAYS = (
    *(Dimension.REGISTERED_ON, Dimension.FINISHED_ON, Dimension.ON_TIME_ON),
    Dimension.WITHDRAWN_ON,
)
"""What rollups know of a day."""
PATIENCE = text("SET LOCAL statement_timeout = '5min'")

ByUnit = Mapping[date, Mapping[str, int]]
"""By the code of a unit of this node."""


@dataclass(frozen=True, slots=True)
class DaysWork:
    """What units of the node did, and how persons rated, by day."""

    dispatched: ByUnit
    finished: ByUnit
    late: ByUnit
    levels: Mapping[date, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in China, the first and the last one included."""

    first: date
    last: date

    def holds(self, at: ColumnElement[datetime]) -> ColumnElement[bool]:
        """Return the condition that a moment lies within."""
        begin = datetime.combine(self.first, datetime.min.time(), CHINA)
        end = datetime.combine(self.last + timedelta(days=1), datetime.min.time(), CHINA)
        return and_(at >= begin, at < end)


def work_of_days(db: Connection, node: str, window: Window) -> DaysWork:
    """Count what the node's own units did on each day, and the evaluations of its own cases.

    No index leads to these moments, for each would cost at every step of a case what this saves
    once an hour: the tables are read through, and may take the time.
    """
    db.execute(PATIENCE)
    orders, clocks = live.orders, live.clocks
    return DaysWork(
        dispatched=_by_unit(db, node, orders.c.dispatched_at, window),
        finished=_by_unit(db, node, orders.c.finished_at, window),
        late=_late(db, clocks.c.node == node, window),
        levels=_levels(db, node, window),
    )


def _day(at: ColumnElement[datetime]) -> ColumnElement[date]:
    return cast(func.timezone(ZONE, at), Date)


def _by_unit(db: Connection, node: str, at: Column[datetime], window: Window) -> ByUnit:
    c, day = live.orders.c, _day(at)
    query = select(day, c.unit_code, func.count())
    query = query.where(c.node == node, c.unit_code.is_not(None), window.holds(at))
    return _grouped(db.execute(query.group_by(day, c.unit_code)))


def _late(db: Connection, is_own: ColumnElement[bool], window: Window) -> ByUnit:
    clock, order = live.clocks.c, live.orders.c
    # A tracking clock names the report in place of the order, and its unit itself.
    day, unit = _day(clock.missed_at), func.coalesce(order.unit_code, clock.unit_code)
    query = (
        select(day, unit, func.count())
        .join_from(live.clocks, live.orders, clock.order_id == order.order_id, isouter=True)
        .where(is_own, clock.kind.in_(OF_ORDERS), unit.is_not(None))
        .where(window.holds(clock.missed_at))
    )
    return _grouped(db.execute(query.group_by(day, unit)))


def _grouped(rows: Iterable[Any]) -> ByUnit:
    found: defaultdict[date, dict[str, int]] = defaultdict(dict)
    for day, code, n in rows:
        found[day][code] = n
    return found


def _levels(db: Connection, node: str, window: Window) -> Mapping[date, Mapping[str, int]]:
    told, case = live.evaluations.c, live.cases.c
    day = _day(told.at)
    query = (
        select(day, told.level, func.count())
        .join_from(live.evaluations, live.cases, told.case_id == case.case_id)
        .where(case.origin == node, window.holds(told.at))
    )
    found: defaultdict[date, dict[str, int]] = defaultdict(dict)
    for on, level, n in db.execute(query.group_by(day, told.level)):
        found[on][str(level)] = n
    return found


def rollups_of_days(db: Connection, first: date) -> Mapping[Dimension, Mapping[date, int]]:
    """Return what was registered, finished, in time, and withdrawn on each day from the first."""
    count = live.counts.c
    query = select(count.dimension, count.key, count.n)
    query = query.where(count.dimension.in_(OF_DAYS), count.key >= first.isoformat())
    found: defaultdict[Dimension, dict[date, int]] = defaultdict(dict)
    for dimension, key, n in db.execute(query):
        found[Dimension(dimension)][date.fromisoformat(key)] = n
    return found


def lamps_now(db: Connection) -> dict[str, int]:
    """Return the open cases of the node by their lamp, as they stand."""
    count = live.counts.c
    query = select(count.key, count.n).where(count.dimension == Dimension.LAMP, count.n > 0)
    return {row.key: row.n for row in db.execute(query)}


def told_days(db: Connection, first: date) -> Sequence[DayCounted]:
    """Return what nodes told of their days from the first on, by node and day."""
    c = live.node_facts.c
    query = select(c.body).where(c.name == DayCounted.name, c.about >= first.isoformat())
    return [
        DayCounted.model_validate(body) for body in db.scalars(query.order_by(c.node, c.about))
    ]


def last_days(db: Connection, since: date) -> Mapping[str, date]:
    """Return the last day that each node has told of, since a day."""
    c = live.node_facts.c
    query = select(c.node, func.max(c.about)).group_by(c.node)
    query = query.where(c.name == DayCounted.name, c.about >= since.isoformat())
    return {node: date.fromisoformat(about) for node, about in db.execute(query)}
