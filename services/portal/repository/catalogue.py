"""Units and items as dispatch listed them, for forms and filters."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Date, and_, func, literal_column, select, true

from services.portal.repository.cards import ItemCard, UnitCard
from services.portal.repository.columns import columns_of
from services.portal.tables import live

OUTSIDE = "outside"
_TODAY = literal_column("(now() AT TIME ZONE 'Asia/Shanghai')::date", Date)


def _in_use() -> ColumnElement[bool]:
    unit = live.units.c
    begun = func.coalesce(unit.valid_from <= _TODAY, true())
    goes_on = func.coalesce(unit.valid_until >= _TODAY, true())
    return and_(unit.active, unit.kind != OUTSIDE, begun, goes_on)


def units(db: Connection, *, active_only: bool = True) -> Sequence[UnitCard]:
    """Return the units of the node by code; `active_only` are those that may get an order."""
    unit = live.units.c
    query = select(*columns_of(UnitCard, live.units)).order_by(unit.code)
    if active_only:
        query = query.where(_in_use())
    return [UnitCard(**row) for row in db.execute(query).mappings()]


def unit(db: Connection, code: str) -> UnitCard | None:
    """Return the unit of a code, active or not."""
    query = select(*columns_of(UnitCard, live.units)).where(live.units.c.code == code)
    row = db.execute(query.limit(1)).mappings().one_or_none()
    return None if row is None else UnitCard(**row)


def items(db: Connection, search: str, limit: int) -> Sequence[ItemCard]:
    """Return active items whose title or code holds `search`, those that begin with it first.

    A catalogue has some thousand rows: a scan of it takes less than its smallest index would save.
    """
    item, asked = live.items.c, search.strip()
    held = item.title.icontains(asked, autoescape=True) | item.code.istartswith(
        asked, autoescape=True
    )
    begins = item.title.istartswith(asked, autoescape=True)
    query = select(*columns_of(ItemCard, live.items)).where(item.active, held)
    query = query.order_by(begins.desc(), item.title, item.code).limit(limit)
    return [ItemCard(**row) for row in db.execute(query).mappings()]


def item(db: Connection, code: str) -> ItemCard | None:
    """Return the item of a code, active or not."""
    query = select(*columns_of(ItemCard, live.items)).where(live.items.c.code == code)
    row = db.execute(query.limit(1)).mappings().one_or_none()
    return None if row is None else ItemCard(**row)
