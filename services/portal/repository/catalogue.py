"""Units and items as dispatch listed them, for forms and filters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, and_, func, literal_column, select, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from services.portal.repository.cards import ItemCard, UnitCard
from services.portal.repository.columns import columns_of
from services.portal.tables import live

OUTSIDE = "outside"
Edition = tuple[str, ...]
"""Of the catalogue: equal only as long as nothing in it has changed."""
_TODAY = literal_column("(now() AT TIME ZONE 'Asia/Shanghai')::date", Date)


def in_use(entry: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Return the condition that a unit or an item is in use today."""
    begun = func.coalesce(entry.valid_from <= _TODAY, true())
    goes_on = func.coalesce(entry.valid_until >= _TODAY, true())
    return and_(entry.active, begun, goes_on)


def edition(db: Connection) -> Edition:
    """Return what changes when an item or a unit does, or when a day begins."""
    told = [
        select(counted).select_from(table).scalar_subquery()
        for table in (live.items, live.units)
        for counted in (func.count(), func.sum(table.c.version))
    ]
    row = db.execute(select(_TODAY, *told)).one()
    return tuple(map(str, row))


def units(db: Connection, *, active_only: bool = True) -> Sequence[UnitCard]:
    """Return the units of the node by code; `active_only` are those that may get an order."""
    unit = live.units.c
    query = select(*columns_of(UnitCard, live.units)).order_by(unit.code)
    if active_only:
        query = query.where(in_use(unit), unit.kind != OUTSIDE)
    return [UnitCard(**row) for row in db.execute(query).mappings()]


def unit(db: Connection, code: str) -> UnitCard | None:
    """Return the unit of a code, active or not."""
    query = select(*columns_of(UnitCard, live.units)).where(live.units.c.code == code)
    row = db.execute(query.limit(1)).mappings().one_or_none()
    return None if row is None else UnitCard(**row)


def items(db: Connection, search: str, limit: int) -> Sequence[ItemCard]:
    """Return items in use whose title or code holds `search`, those that begin with it first.

    A catalogue has some thousand rows: a scan of it takes less than its smallest index would save.
    """
    item, asked = live.items.c, search.strip()
    held = item.title.icontains(asked, autoescape=True) | item.code.istartswith(
        asked, autoescape=True
    )
    begins = item.title.istartswith(asked, autoescape=True)
    query = select(*columns_of(ItemCard, live.items)).where(in_use(item), held)
    query = query.order_by(begins.desc(), item.title, item.code).limit(limit)
    return [ItemCard(**row) for row in db.execute(query).mappings()]


def item_kinds(db: Connection) -> Sequence[str]:
    """Return the kinds of items there are."""
    kind = live.items.c.kind
    return db.scalars(select(kind).distinct().order_by(kind)).all()


def item(db: Connection, code: str) -> ItemCard | None:
    """Return the item of a code, active or not."""
    query = select(*columns_of(ItemCard, live.items)).where(live.items.c.code == code)
    row = db.execute(query.limit(1)).mappings().one_or_none()
    return None if row is None else ItemCard(**row)
