"""Orders that units out of use still hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, array

from services.dispatch.policy import OPEN_STATES
from services.dispatch.repository.catalogue import in_use
from services.dispatch.repository.orders import Order, read_orders
from services.dispatch.tables import complaints, orders, units
from shared.complaints import shown_to
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedUnit:
    """A unit out of use with how many orders it still holds."""

    code: str
    title: str
    valid_until: date | None
    successors: Sequence[str]
    successor_titles: Sequence[str]
    open_orders: int


_OPEN = orders.c.state.in_(sorted(OPEN_STATES))


def ended_units(db: Connection, reader: Actor) -> Sequence[EndedUnit]:
    """Return the units out of use that hold open orders of cases which the reader may see."""
    shown = (units.c.code, units.c.title, units.c.valid_until, units.c.successors)
    heir = units.alias("heirs")
    titles = select(func.array_agg(aggregate_order_by(heir.c.title, heir.c.code)))
    heirs = titles.where(heir.c.code == func.any(units.c.successors)).scalar_subquery()
    named = func.coalesce(heirs, cast(array([]), ARRAY(Text))).label("successor_titles")
    query = select(*shown, named, func.count().label("open_orders")).join(
        orders, orders.c.unit_code == units.c.code
    )
    mine = shown_to(reader, complaints, orders.c.case_id)
    query = query.where(~in_use(), _OPEN, mine).group_by(units.c.code).order_by(units.c.code)
    return [EndedUnit(**row) for row in db.execute(query).mappings()]


def open_orders_of(db: Connection, code: str, reader: Actor, limit: int) -> Sequence[Order]:
    """Return open orders of a unit, the oldest first, without those hidden from the reader."""
    mine = shown_to(reader, complaints, orders.c.case_id)
    query = select(orders).where(orders.c.unit_code == code, _OPEN, mine)
    return read_orders(db, query.order_by(orders.c.order_id).limit(limit))
