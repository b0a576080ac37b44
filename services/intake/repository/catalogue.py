"""The service items and units that dispatch has listed."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import insert

from services.intake.tables import items, units


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A service item of the catalogue."""

    code: str
    title: str
    normal_title: str
    complexity: str
    active: bool
    listed_at: datetime
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEntry:
    """A unit as people may call it."""

    code: str
    title: str
    phone: str | None
    listed_at: datetime


def list_item(db: Connection, item: Item) -> None:
    """Write an entry of the catalogue, unless a later one was heard."""
    _write_latest(db, items, asdict(item))


def list_unit(db: Connection, unit: UnitEntry) -> None:
    """Write an entry of the unit tree, unless a later one was heard."""
    _write_latest(db, units, asdict(unit))


_TODAY = literal_column("(now() AT TIME ZONE 'Asia/Shanghai')::date", Date)
_IN_USE = and_(
    items.c.active,
    func.coalesce(items.c.valid_from <= _TODAY, true()),
    func.coalesce(items.c.valid_until >= _TODAY, true()),
)
# Built once: every registration asks.
FINDING_ITEM = (
    select(items)
    .where(
        _IN_USE,
        or_(items.c.code == bindparam("name"), items.c.normal_title == bindparam("normal")),
    )
    .order_by(items.c.code != bindparam("name"), items.c.code)
    .limit(1)
)


def find_item(db: Connection, name: str, normal: str) -> Item | None:
    """Return the item in use today of this code, else the one of this normalised title."""
    row = db.execute(FINDING_ITEM, {"name": name, "normal": normal}).mappings().one_or_none()
    return None if row is None else Item(**row)


def active_items(db: Connection) -> Sequence[Item]:
    """Return all items in use today, by code."""
    query = select(items).where(_IN_USE).order_by(items.c.code)
    return [Item(**row) for row in db.execute(query).mappings()]


def phone_of_unit(db: Connection, code: str) -> str | None:
    """Return a unit's public telephone."""
    return db.scalar(select(units.c.phone).where(units.c.code == code))


def titles_of_units(db: Connection, codes: Collection[str]) -> dict[str, str]:
    """Return the titles of those of these units that are listed, by code."""
    query = select(units.c.code, units.c.title).where(units.c.code.in_(codes))
    return {row.code: row.title for row in db.execute(query)}


def codes_of_units(
    db: Connection, codes: Collection[str], titles: Collection[str]
) -> dict[str, str]:
    """Return the codes of listed units by code and, where it is one unit's alone, by title."""
    if not codes and not titles:
        return {}
    query = select(units.c.code, units.c.title)
    found = db.execute(query.where(or_(units.c.code.in_(codes), units.c.title.in_(titles)))).all()
    times = Counter(row.title for row in found)
    by_title = {row.title: row.code for row in found if times[row.title] == 1}
    return by_title | {row.code: row.code for row in found}


def _write_latest(db: Connection, table: Table, row: dict[str, Any]) -> None:
    entry = insert(table).values(row)
    changed = {name: value for name, value in entry.excluded.items() if name != "code"}
    db.execute(
        entry.on_conflict_do_update(
            index_elements=[table.c.code],
            set_=changed,
            where=table.c.listed_at <= entry.excluded.listed_at,
        )
    )
