"""Orders and the tries to reach the person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.dispatch.policy import OPEN_STATES, OrderState, Route
from services.dispatch.tables import complaints, contacts, orders, plumbing
from shared.complaints import NOBODY, Complaint, shown_to
from shared.db import written_out
from shared.db.bulk import insert_rows
from shared.db.within import Place, reached
from shared.security.actor import Actor
from shared.security.reach import EVERYTHING, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A case, or a part of it, given to one unit."""

    order_id: UUID
    case_id: UUID
    round: int
    unit_code: str
    unit_name: str
    complexity: str
    route: Route
    because: str
    state: OrderState
    dispatched_at: datetime
    signed_at: datetime | None = None
    reminded_at: datetime | None = None
    sign_by: datetime | None = None
    """The limit to sign or to give back, as sla told it; None until then."""
    forced_at: datetime | None = None
    """When the system signed for the unit."""
    attempted_at: datetime | None = None
    contacted_at: datetime | None = None
    returned_at: datetime | None = None
    return_ground: str | None = None
    legal_basis: str | None = None
    return_note_masked: str | None = None
    handed_over_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str | None = None
    answer: dict[str, Any] | None = None
    """Sealed, in the form in which events carry it."""
    answer_masked: str | None = None
    finish_basis: str | None = None
    evidence_masked: str | None = None
    override_reason: str | None = None
    """Why it was finished over a part that was not settled."""
    override_masked: str | None = None
    extensions_most: int | None = None
    extension_days: int | None = None
    """How far the row of its limit lets it be extended, as sla told it; None is as the node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One try of a unit to reach the person."""

    contact_id: UUID
    order_id: UUID
    at: datetime
    way: str
    reached: bool
    note_masked: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders a list shows; None is all."""

    state: OrderState | None = None
    unit: str | None = None
    before: UUID | None = None
    """Only orders older than this one."""
    case_id: UUID | None = None
    reach: Within = EVERYTHING
    """Which of them the reader may see by their unit."""
    reader: Actor | None = None
    """Who asks: no orders of cases that complain of them; None for one who may see all."""


def add_orders(db: Connection, given: Sequence[Order]) -> None:
    """Insert orders."""
    insert_rows(db, orders, [asdict(order) for order in given])


def find_order(db: Connection, order_id: UUID) -> Order | None:
    """Return an order as it stands; only under the lock of its case does it stay so."""
    return next(iter(read_orders(db, select(orders).where(orders.c.order_id == order_id))), None)


def orders_by_id(db: Connection, order_ids: Collection[UUID]) -> dict[UUID, Order]:
    """Return orders, unlocked."""
    found = read_orders(db, select(orders).where(orders.c.order_id.in_(order_ids)))
    return {order.order_id: order for order in found}


def change_order(db: Connection, order: Order, **changes: object) -> None:
    """Write the columns that a step changed."""
    db.execute(update(orders).where(orders.c.order_id == order.order_id).values(changes))


def note_sign_limits(db: Connection, limits: Mapping[UUID, datetime], *, anew: bool) -> None:
    """Write, by one statement, until when orders have to be signed; `anew` where that is known."""
    if not limits:
        return
    ids, moments = list(limits), list(limits.values())
    columns = (
        cast(ids, ARRAY(orders.c.order_id.type)),
        cast(moments, ARRAY(orders.c.sign_by.type)),
    )
    told = func.unnest(*columns).table_valued("id", "sign_by").render_derived()
    mine = [orders.c.order_id == told.c.id, *([] if anew else [orders.c.sign_by.is_(None)])]
    db.execute(update(orders).where(*mine).values(sign_by=told.c.sign_by))


def note_allowances(
    db: Connection, told: Mapping[UUID, tuple[int | None, int | None]], *, anew: bool
) -> None:
    """Write, by one statement, how far orders may be extended; `anew` where that is known."""
    c = orders.c
    values = (list(told), *(list(each) for each in zip(*told.values(), strict=True)))
    types = (c.order_id.type, c.extensions_most.type, c.extension_days.type)
    columns = [cast(each, ARRAY(kind)) for each, kind in zip(values, types, strict=True)]
    new = func.unnest(*columns).table_valued("id", "most", "days").render_derived()
    first = [] if anew else [c.extensions_most.is_(None), c.extension_days.is_(None)]
    allowed = {"extensions_most": new.c.most, "extension_days": new.c.days}
    db.execute(update(orders).where(c.order_id == new.c.id, *first).values(allowed))


def open_orders(db: Connection, case_id: UUID) -> int:
    """Count the orders of a case that somebody still works on."""
    query = select(func.count()).select_from(orders)
    still = orders.c.state.in_(sorted(OPEN_STATES))
    return db.scalar(query.where(orders.c.case_id == case_id, still)) or 0


def open_orders_in(db: Connection, case_id: UUID) -> Sequence[Order]:
    """Return the orders of a case that somebody still works on."""
    still = orders.c.state.in_(sorted(OPEN_STATES))
    query = select(orders).where(orders.c.case_id == case_id, still)
    return read_orders(db, query.order_by(orders.c.order_id))


def order_in_work(db: Connection, case_id: UUID) -> Order | None:
    """Return the order of a case that somebody works on, if there is one."""
    still = orders.c.state.in_(sorted(OPEN_STATES))
    query = select(orders).where(orders.c.case_id == case_id, still)
    return next(iter(read_orders(db, query.order_by(orders.c.order_id.desc()).limit(1))), None)


def last_finished(db: Connection, case_id: UUID, round_: int) -> Order | None:
    """Return the order whose result ended a round."""
    ended = (orders.c.round == round_) & (orders.c.state == OrderState.FINISHED)
    query = select(orders).where(orders.c.case_id == case_id, ended)
    return next(iter(read_orders(db, query.order_by(orders.c.finished_at.desc()).limit(1))), None)


def sides_of_case(db: Connection, case_id: UUID) -> tuple[frozenset[str], Complaint]:
    """Return the units that hold an order of a case or finished one, and whom it complains of."""
    against = orders.outerjoin(complaints, complaints.c.case_id == orders.c.case_id)
    shown = (orders.c.unit_code, orders.c.state, complaints.c.units, complaints.c.persons)
    query = select(*shown).select_from(against).where(orders.c.case_id == case_id)
    rows = db.execute(query).all()
    units = frozenset(row.unit_code for row in rows if row.state != OrderState.RETURNED)
    told = next((row for row in rows if row.units is not None), None)
    return units, NOBODY if told is None else Complaint(
        frozenset(told.units), frozenset(told.persons)
    )


def orders_like(db: Connection, wanted: Wanted, limit: int) -> Sequence[Order]:
    """Return orders, the newest first."""
    seen = reached(wanted.reach, Place(unit=orders.c.unit_code))
    query = select(orders).where(seen).order_by(orders.c.order_id.desc()).limit(limit)
    if wanted.state is not None:
        query = query.where(orders.c.state == written_out(wanted.state))
    if wanted.unit is not None:
        query = query.where(orders.c.unit_code == written_out(wanted.unit))
    if wanted.case_id is not None:
        query = query.where(orders.c.case_id == wanted.case_id)
    if wanted.before is not None:
        query = query.where(orders.c.order_id < wanted.before)
    if wanted.reader is not None:
        query = query.where(shown_to(wanted.reader, complaints, orders.c.case_id))
    return read_orders(db, query)


def add_contact(db: Connection, contact: Contact) -> None:
    """Insert a try to reach the person."""
    db.execute(contacts.insert().values(asdict(contact)))


def contacts_of(db: Connection, order_ids: Collection[UUID]) -> Sequence[Contact]:
    """Return the tries of these orders, oldest first."""
    query = select(contacts).where(contacts.c.order_id.in_(order_ids))
    ordered = query.order_by(contacts.c.at, contacts.c.contact_id)
    return [Contact(**row) for row in db.execute(ordered).mappings()]


def version_of(db: Connection, subject_id: UUID) -> int:
    """Return how many facts dispatch has said about a case, unit or item."""
    spoken = plumbing.outbox.spoken
    return db.scalar(select(spoken.c.version).where(spoken.c.subject_id == subject_id)) or 0


def read_orders(db: Connection, query: Select[Any]) -> Sequence[Order]:
    """Return the orders that a query of whole rows finds."""
    return [
        Order(**{**row, "state": OrderState(row["state"]), "route": Route(row["route"])})
        for row in db.execute(query).mappings()
    ]
