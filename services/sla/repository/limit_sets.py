"""Versions of the limits: the draft, and those that were signed and never change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from services.sla.policy.ladders import LadderRow, LadderTable
from services.sla.policy.limit_book import LimitSet
from services.sla.policy.limit_sets import LimitRow, LimitTable
from services.sla.tables import limit_replays, limit_sets
from shared.clock import new_id
from shared.db.bulk import among

DRAFT, SIGNED = "draft", "signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSet:
    """One version as it is kept."""

    set_id: UUID
    number: int
    state: str
    title: str
    based_on: UUID | None
    opened_at: datetime
    edition: int
    moves: bool
    rows: tuple[LimitRow, ...]
    tier: str
    ladders: tuple[LadderRow, ...] | None = None
    """What follows from the limits; None in a version of an earlier release."""
    first_by: str | None = None
    first_name: str | None = None
    first_at: datetime | None = None
    second_by: str | None = None
    second_name: str | None = None
    second_at: datetime | None = None
    live_from: datetime | None = None
    moved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a draft begins with."""

    title: str
    rows: Sequence[LimitRow]
    ladders: Sequence[LadderRow]
    tier: str
    based_on: UUID | None
    at: datetime


def open_draft(db: Connection, opening: Opening) -> KeptSet | None:
    """Insert a draft; None if there is one already, of two at once one waits."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("sla.limit_sets"))))
    if lock_draft(db) is not None:
        return None
    number = (db.scalar(select(func.max(limit_sets.c.number))) or 0) + 1
    draft = KeptSet(
        set_id=new_id(),
        number=number,
        state=DRAFT,
        title=opening.title,
        based_on=opening.based_on,
        opened_at=opening.at,
        edition=0,
        moves=False,
        rows=tuple(opening.rows),
        tier=opening.tier,
        ladders=tuple(opening.ladders),
    )
    told = {name: getattr(draft, name) for name in KeptSet.__dataclass_fields__}
    records = {"rows": _records(draft.rows), "ladders": _records(opening.ladders)}
    db.execute(insert(limit_sets).values(told | records))
    return draft


def lock_draft(db: Connection) -> KeptSet | None:
    """Lock and return the one draft, if there is one."""
    return _one(db, select(limit_sets).where(limit_sets.c.state == DRAFT).with_for_update())


def find_set(db: Connection, number: int) -> KeptSet | None:
    """Return a version by its number."""
    return _one(db, select(limit_sets).where(limit_sets.c.number == number))


def set_by_id(db: Connection, set_id: UUID) -> KeptSet | None:
    """Return a version."""
    return _one(db, select(limit_sets).where(limit_sets.c.set_id == set_id))


def in_force(db: Connection, at: datetime) -> KeptSet | None:
    """Return the version for what is accepted at a moment; None while there was none."""
    c = limit_sets.c
    query = select(limit_sets).where(c.state == SIGNED, c.live_from <= at)
    return _one(db, query.order_by(c.number.desc()).limit(1))


def last_signed(db: Connection) -> KeptSet | None:
    """Return the version that was signed last, in force already or not."""
    query = select(limit_sets).where(limit_sets.c.state == SIGNED)
    return _one(db, query.order_by(limit_sets.c.number.desc()).limit(1))


def sets_before(db: Connection, number: int | None, limit: int) -> Sequence[KeptSet]:
    """Return versions, the newest first, from the one before a number."""
    query = select(limit_sets).order_by(limit_sets.c.number.desc()).limit(limit)
    if number is not None:
        query = query.where(limit_sets.c.number < number)
    return _kept(db, query)


def signed_ids(db: Connection) -> Sequence[UUID]:
    """Return the signed versions by their numbers."""
    query = select(limit_sets.c.set_id).where(limit_sets.c.state == SIGNED)
    return db.scalars(query.order_by(limit_sets.c.number)).all()


def signed_sets(db: Connection, ids: Iterable[UUID]) -> tuple[LimitSet, ...]:
    """Return signed versions, ready to be asked, by their numbers."""
    query = select(limit_sets).where(among(limit_sets.c.set_id, ids))
    return tuple(
        _asked(kept, kept.live_from)
        for kept in _kept(db, query.order_by(limit_sets.c.number))
        if kept.live_from is not None
    )


def tried_set(kept: KeptSet) -> LimitSet:
    """Return a version, also a draft, as if it were in force."""
    return _asked(kept, kept.opened_at)


def _asked(kept: KeptSet, since: datetime) -> LimitSet:
    ladders = None if kept.ladders is None else LadderTable(kept.ladders, kept.tier)
    return LimitSet(kept.number, kept.title, since, kept.moves, table_of(kept), ladders)


def table_of(kept: KeptSet) -> LimitTable:
    """Return the rows of a version, ready to be asked."""
    return LimitTable(kept.rows, kept.tier)


def set_to_move(db: Connection, now: datetime) -> KeptSet | None:
    """Return the newest version in force to which open cases still have to be moved."""
    c = limit_sets.c
    due = select(limit_sets).where(c.state == SIGNED, c.moves, c.moved_at.is_(None))
    return _one(db, due.where(c.live_from <= now).order_by(c.number.desc()).limit(1))


def note_moved(db: Connection, number: int, at: datetime) -> None:
    """Write that open cases are moved to this version; earlier ones are passed over by it."""
    c = limit_sets.c
    mine = (c.state == SIGNED) & c.moves & (c.number <= number) & c.moved_at.is_(None)
    db.execute(update(limit_sets).where(mine).values(moved_at=at))


def change_set(db: Connection, set_id: UUID, **changes: object) -> None:
    """Write columns of a version; rows and ladders as the policy knows them."""
    for name in ("rows", "ladders"):
        if name in changes:
            changes[name] = _records(changes[name])  # type: ignore[arg-type]
    db.execute(update(limit_sets).where(limit_sets.c.set_id == set_id).values(changes))


def touch(db: Connection, draft: KeptSet, **changes: object) -> None:
    """Change a draft and count the change: whoever signed has signed something else."""
    unsigned = dict.fromkeys(("first_by", "first_name", "first_at", "live_from"))
    change_set(db, draft.set_id, edition=draft.edition + 1, **unsigned, **changes)


def drop_draft(db: Connection, set_id: UUID) -> None:
    """Remove a draft and its replays."""
    for table in (limit_replays, limit_sets):
        db.execute(delete(table).where(table.c.set_id == set_id))


def _records(rows: Iterable[LimitRow | LadderRow]) -> list[dict[str, Any]]:
    return [row.as_record() for row in rows]


def _one(db: Connection, query: Select[Any]) -> KeptSet | None:
    return next(iter(_kept(db, query)), None)


def _kept(db: Connection, query: Select[Any]) -> list[KeptSet]:
    return [
        KeptSet(**{**row, "rows": tuple(map(LimitRow.of_record, row["rows"])), **_ladders(row)})
        for row in db.execute(query).mappings()
    ]


def _ladders(row: RowMapping) -> dict[str, Any]:
    told = row["ladders"]
    return {"ladders": None if told is None else tuple(map(LadderRow.of_record, told))}
