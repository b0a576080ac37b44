"""Which running clocks a notice may move, in batches, and how far they have been gone through."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    case,
    cast,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONPATH

from services.sla.policy import ClockKind, Due, Lamp, Scope
from services.sla.repository.clocks import AGREED, COLUMNS, Clock, read_clocks
from services.sla.tables import clocks, complaints, recomputes
from shared.complaints import shown_to
from shared.db.bulk import Row, among, as_json, listed, unfolded_in_order
from shared.security.actor import Actor

EXPLAINED = ("calendar_version", "steps")
OWN = {"id": "UUID", "digest": "TEXT", "place": "INTEGER"}
"""What each has for itself, with its type, and the place of what it has alike with others."""

_CHANGES = case(
    (
        clocks.c.kind == ClockKind.RESOLVE,
        func.jsonb_path_query_array(
            clocks.c.steps, cast('$[*] ? (@.rule == "rested" || @.rule == "extended")', JSONPATH)
        ),
    ),
    else_=None,
)
"""Of how a due date was explained only what moved it later: a unit's clock alone rests."""
_SLIM = [_CHANGES.label("steps") if column.name == "steps" else column for column in COLUMNS]
Place = tuple[datetime, UUID]
"""Due date and id of the last clock that was looked at."""


class Shown(NamedTuple):
    """Where a clock ends now, by which limit, and what it shows: alike for many of one day."""

    due_at: datetime
    provisional: bool
    lamp: Lamp
    next_step_at: datetime | None
    missed_at: datetime | None
    limit_rule: str
    limit_set: int
    limit_row: str | None


class Spot(NamedTuple):
    """Where a clock stands in the order in which they are gone through."""

    due_at: datetime
    id: UUID
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Recompute:
    """How far the running clocks have been gone through for a notice or version of the limits."""

    recompute_id: UUID
    notice_id: UUID
    due_from: datetime
    to_examine: int
    started_at: datetime
    after_due: datetime | None = None
    after_id: UUID | None = None
    examined: int = 0
    moved: int = 0
    ended_at: datetime | None = None
    region: str = ""
    unit_code: str = ""
    """After a local notice whose clocks are gone through."""

    @property
    def scope(self) -> Scope:
        """Whose clocks are gone through."""
        return Scope(self.region, self.unit_code)

    @property
    def place(self) -> Place | None:
        """Where the next batch goes on."""
        if self.after_due is None or self.after_id is None:
            return None
        return self.after_due, self.after_id


_FIELDS = [recomputes.c[name] for name in Recompute.__dataclass_fields__]


def count_running(db: Connection, due_from: datetime, *only: ColumnElement[bool]) -> int:
    """Return how many running clocks end then or later, of those that meet all conditions."""
    counting = select(func.count()).select_from(clocks)
    return db.scalar(counting.where(*_running(due_from), *only)) or 0


def running_after(
    db: Connection,
    due_from: datetime,
    after: Place | None,
    limit: int,
    *only: ColumnElement[bool],
) -> list[Clock]:
    """Return running clocks that end then or later, in the order of their due dates; no lock.

    Of how a due date was explained only rests and extensions are read.
    """
    return read_clocks(db, _after(select(*_SLIM).where(*only), due_from, after, limit))


def spots_after(
    db: Connection,
    begun: Recompute,
    counted: tuple[str, int, ColumnElement[bool]],
    limit: int,
    *only: ColumnElement[bool],
) -> list[Spot]:
    """Return where the next running clocks stand that are still to be gone through; no lock.

    Those that are counted by this calendar and by limits of this number or later already are left
    out, so that none is met again farther on; those that may count by a local one never are.
    """
    version, number, apart = counted
    other_days = clocks.c.calendar_version != version
    other_limits = func.coalesce(clocks.c.limit_set, 0).between(0, number - 1)
    spots = select(*(clocks.c[name] for name in Spot._fields)).where(
        or_(other_days, other_limits, apart), *only
    )
    some = _after(spots, begun.due_from, begun.place, limit)
    return [Spot(*row) for row in db.execute(some).all()]


def _after(
    query: Select[*tuple[Any, ...]], due_from: datetime, after: Place | None, limit: int
) -> Select[*tuple[Any, ...]]:
    some = query.where(*_running(due_from))
    if after is not None:
        some = some.where(tuple_(clocks.c.due_at, clocks.c.id) > after)
    return some.order_by(clocks.c.due_at, clocks.c.id).limit(limit)


def lock_running(db: Connection, ids: Iterable[UUID]) -> list[Clock]:
    """Lock these clocks and return those that still run."""
    query = select(*_SLIM).where(among(clocks.c.id, ids), clocks.c.stopped_at.is_(None))
    return read_clocks(db, query.order_by(clocks.c.id).with_for_update())


def shown_cases(db: Connection, actor: Actor, cases: Iterable[UUID]) -> set[UUID]:
    """Return those of the cases that do not complain of the actor."""
    query = select(clocks.c.case_id).distinct().where(among(clocks.c.case_id, cases))
    return set(db.scalars(query.where(shown_to(actor, complaints, clocks.c.case_id))))


def move_clocks(db: Connection, moved: Sequence[tuple[UUID, Shown, Due]]) -> None:
    """Write, by one statement, where clocks end now, why, and what they show."""
    if not moved:
        return
    places: dict[tuple[Shown, int], int] = {}
    alike: list[Row] = []
    own: list[tuple[UUID, str, int]] = []
    for clock_id, shown, due in moved:
        # By its identity: explanations that are the same are one object, as they were counted.
        place = places.setdefault((shown, id(due.steps)), len(alike) + 1)
        if place > len(alike):
            explained = (due.calendar_version, due.steps)
            alike.append(shown._asdict() | dict(zip(EXPLAINED, explained, strict=True)))
        own.append((clock_id, due.digest, place))
    given = {f"own_{name}": told for name, told in zip(OWN, zip(*own, strict=True), strict=True)}
    db.execute(_moving(), given | {"rows": as_json(alike)})


@cache
def _moving() -> Executable:
    own = (
        func.unnest(*(listed(f"own_{name}", kind) for name, kind in OWN.items()))
        .table_valued(*OWN, name="own")
        .render_derived()
    )
    names = (*Shown._fields, *EXPLAINED)
    alike = unfolded_in_order(clocks, names).subquery("alike")
    changed = {name: alike.c[name] for name in names} | {"digest": own.c.digest}
    moving = update(clocks).where(clocks.c.id == own.c.id, alike.c.place == own.c.place)
    return moving.values(changed)


def add_recompute(db: Connection, begun: Recompute) -> None:
    """Begin to go through the clocks; what was under way for an earlier notice ends with it."""
    ended = update(recomputes).where(recomputes.c.ended_at.is_(None))
    db.execute(ended.values(ended_at=begun.started_at))
    row = {name: getattr(begun, name) for name in Recompute.__dataclass_fields__}
    db.execute(recomputes.insert().values(row))


def lock_recompute(db: Connection) -> Recompute | None:
    """Lock and return what is under way; None if nothing is, or another process is at it."""
    query = select(*_FIELDS).where(recomputes.c.ended_at.is_(None)).limit(1)
    return next(iter(_read(db, query.with_for_update(skip_locked=True))), None)


def open_recompute(db: Connection) -> Recompute | None:
    """Return what is under way."""
    return next(iter(_read(db, select(*_FIELDS).where(recomputes.c.ended_at.is_(None)))), None)


def recompute_of(db: Connection, notice_id: UUID) -> Recompute | None:
    """Return the last time when the clocks were gone through for a notice."""
    query = select(*_FIELDS).where(recomputes.c.notice_id == notice_id)
    return next(iter(_read(db, query.order_by(recomputes.c.started_at.desc()).limit(1))), None)


def write_progress(db: Connection, done: Recompute) -> None:
    """Write how far it has come."""
    names = ("after_due", "after_id", "examined", "moved", "ended_at")
    changed = {name: getattr(done, name) for name in names}
    mine = recomputes.c.recompute_id == done.recompute_id
    db.execute(update(recomputes).where(mine).values(changed))


def _running(due_from: datetime) -> tuple[ColumnElement[bool], ...]:
    counted = clocks.c.limit_rule.is_distinct_from(AGREED)
    return clocks.c.stopped_at.is_(None), clocks.c.due_at >= due_from, counted


def _read(db: Connection, query: Select[tuple[object, ...]]) -> list[Recompute]:
    return [Recompute(**dict(row._mapping)) for row in db.execute(query)]
