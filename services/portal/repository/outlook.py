"""How the limits of open cases stand and what turns next: what the board of the staff shows.

Counted from the cases themselves, under the conditions of the list that each number leads to: a
rollup knows nothing of who may look at what.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Select,
    and_,
    cast,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.portal.policy import CALLBACK, CENTRE_CALLBACK, STEPS, Age, Ended, Running, Span
from services.portal.repository.cells import (
    CHARGED,
    HOLDER,
    LAMP,
    LATE_SINCE,
    OF_THE_HOLDER,
    RUNS,
    TURNS_AT,
)
from services.portal.repository.lists import wanted
from services.portal.repository.scopes import ListKind, ListScope
from services.portal.tables import journal, live

_case, _clock = live.cases.c, live.clocks.c
CALLBACK_LISTS = {
    CALLBACK: ListKind.CALLBACKS,
    CENTRE_CALLBACK: ListKind.CENTRE_CALLBACKS,
}
_PATIENCE = text("SET LOCAL statement_timeout = '1min'")

ByLamp = Mapping[str, int]
"""Cases by their lamp; an empty one is of those whose time has not begun, or rests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The open cases of a scope, counted; codes are empty where there is none."""

    at: datetime
    lamps: ByLamp
    units: Mapping[str, ByLamp]
    kinds: Mapping[str, ByLamp]
    clocks: Mapping[str, ByLamp]
    """By the kind of a running clock and its lamp: cases that have such a one."""
    holders: Mapping[str, ByLamp]
    """By the node below that holds them."""
    turning: Mapping[str, Sequence[int]]
    """By lamp: in each span, the cases of which a clock turns to it."""
    late: Sequence[int]
    """In each age, the cases whose earliest limit passed so long ago."""
    running: Sequence[Running]
    """The clocks whose limits lie within the spans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookScope:
    """What is counted: the spans follow each other without a gap."""

    scope: ListScope
    below: ListScope | None
    """The cases of the tiers below, where one may look at any."""
    spans: Sequence[Span]
    ages: Sequence[Age]


def outlook(db: Connection, view: OutlookScope, now: datetime) -> Outlook:
    """Count the open cases of a scope in every way that the board shows."""
    conditions = wanted(db, view.scope)
    units, kinds, lamps = _groups(db, conditions)
    return Outlook(
        at=now,
        lamps=lamps,
        units=units,
        kinds=kinds,
        clocks=_by_clock(db, conditions) | _of_callbacks(db, view.scope),
        holders={} if view.below is None else _by_holder(db, wanted(db, view.below)),
        turning={lamp: _turning(db, conditions, view.spans, lamp) for lamp in TURNS_AT},
        late=_late(db, conditions, view.ages),
        running=_running(db, conditions, view.spans),
    )


def position_of_journal(db: Connection) -> int:
    """Return up to where the journal is written: another number says that something moved."""
    return db.scalar(select(func.max(journal.c.position))) or 0


def past_clocks(db: Connection, since: datetime, now: datetime) -> list[Ended]:
    """Return how the clocks ended whose limits lay in a time, by unit, kind and step.

    Clocks that were taken back or went with a hand-over say nothing; those that still run past
    their limit have missed it. Limits that lie ahead do not count: only quick ends are known of.
    """
    db.execute(_PATIENCE)
    spent = func.extract("epoch", _clock.stopped_at - _clock.started_at)
    whole = func.greatest(func.extract("epoch", _clock.due_at - _clock.started_at), 1)
    step = func.least(func.greatest(func.floor(STEPS * spent / whole), 0), STEPS - 1)
    missed = _clock.on_time.is_not(true())
    told = (
        CHARGED.label("unit"),
        _clock.kind,
        func.coalesce(step, 0).label("step"),
        missed.label("missed"),
    )
    ended = and_(_clock.stopped_at.is_not(None), _clock.reason == "met")
    overrun = and_(_clock.stopped_at.is_(None), _clock.lamp == "red")
    query = (
        select(*told, func.count().label("count"))
        .where(_clock.started_at.is_not(None), or_(ended, overrun))
        .where(_clock.due_at >= since, _clock.due_at < now)
        .group_by(*told)
    )
    return [
        Ended(unit=unit, kind=kind, step=int(step), missed=missed, count=count)
        for unit, kind, step, missed, count in db.execute(query)
    ]


def _groups(
    db: Connection, conditions: Sequence[ColumnElement[bool]]
) -> tuple[Mapping[str, ByLamp], Mapping[str, ByLamp], ByLamp]:
    item = live.items.c
    # Joined, not asked for each case: the same kind as `KIND_OF_ITEM`, of many cases at once.
    known = select(item.code, func.max(item.kind).label("kind")).group_by(item.code).subquery()
    groups = (HOLDER, func.coalesce(known.c.kind, ""), LAMP)
    query = (
        select(*groups, func.count())
        .join_from(live.cases, known, known.c.code == _case.item_code, isouter=True)
        .where(*conditions)
        .group_by(*groups)
    )
    units, kinds = defaultdict[str, Counter[str]](Counter), defaultdict[str, Counter[str]](Counter)
    lamps = Counter[str]()
    for unit, kind, lamp, n in db.execute(query):
        units[unit][lamp] += n
        kinds[kind][lamp] += n
        lamps[lamp] += n
    return units, kinds, lamps


def _by_clock(
    db: Connection, conditions: Sequence[ColumnElement[bool]]
) -> dict[str, Counter[str]]:
    query = (
        select(_clock.kind, _clock.lamp, func.count(_clock.case_id.distinct()))
        .join_from(live.clocks, live.cases, _clock.case_id == _case.case_id)
        .where(_clock.stopped_at.is_(None), *conditions)
        .group_by(_clock.kind, _clock.lamp)
    )
    found = defaultdict[str, Counter[str]](Counter)
    for kind, lamp, n in db.execute(query):
        found[kind][lamp] = n
    return found


def _of_callbacks(db: Connection, scope: ListScope) -> dict[str, ByLamp]:
    """Count what is owed when nobody works on a case any more, as the lists of it show."""
    found: dict[str, ByLamp] = {}
    for kind, listed in CALLBACK_LISTS.items():
        if scope.unit is not None and kind == CENTRE_CALLBACK:
            continue  # no list of a unit
        conditions = [*wanted(db, replace(scope, kind=listed)), _clock.kind == kind]
        found |= _by_clock(db, conditions)
    return found


def _by_holder(
    db: Connection, conditions: Sequence[ColumnElement[bool]]
) -> Mapping[str, Counter[str]]:
    query = select(_case.holder, LAMP, func.count()).where(*conditions)
    found = defaultdict[str, Counter[str]](Counter)
    for holder, lamp, n in db.execute(query.group_by(_case.holder, LAMP)):
        found[holder][lamp] = n
    return found


def _turning(
    db: Connection, conditions: Sequence[ColumnElement[bool]], spans: Sequence[Span], lamp: str
) -> Sequence[int]:
    at = TURNS_AT[lamp]
    edges = [span.since for span in spans]
    query = (
        select(_place(at, edges).label("place"), func.count(_clock.case_id.distinct()))
        .join_from(live.clocks, live.cases, _clock.case_id == _case.case_id)
        .where(RUNS, OF_THE_HOLDER, at >= edges[0], at < spans[-1].until, *conditions)
        .group_by("place")
    )
    return _counts(db, query, len(spans))


def _late(
    db: Connection, conditions: Sequence[ColumnElement[bool]], ages: Sequence[Age]
) -> Sequence[int]:
    edges = [age.since for age in reversed(ages) if age.since is not None]
    place = (_place(LATE_SINCE, edges) + 1).label("place")
    query = select(place, func.count()).where(*conditions, _case.lamp == "red")
    query = query.where(ages[0].until > LATE_SINCE).group_by("place")
    return list(reversed(_counts(db, query, len(ages))))


def _place(at: ColumnElement[datetime], edges: Sequence[datetime]) -> ColumnElement[int]:
    return func.width_bucket(at, cast(edges, ARRAY(DateTime(timezone=True))))


def _counts(db: Connection, query: Select[int, int], places: int) -> list[int]:
    counted = {row[0]: row[1] for row in db.execute(query)}
    return [counted.get(place, 0) for place in range(1, places + 1)]


def _running(
    db: Connection, conditions: Sequence[ColumnElement[bool]], spans: Sequence[Span]
) -> list[Running]:
    query = (
        select(CHARGED, _clock.kind, _clock.started_at, _clock.due_at)
        .join_from(live.clocks, live.cases, _clock.case_id == _case.case_id)
        .where(RUNS, OF_THE_HOLDER, _clock.lamp != "red", _clock.started_at.is_not(None))
        .where(_clock.due_at >= spans[0].since, _clock.due_at < spans[-1].until, *conditions)
    )
    return [
        Running(unit=unit, kind=kind, started_at=begun, due_at=due)
        for unit, kind, begun, due in db.execute(query)
    ]
