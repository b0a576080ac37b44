"""Orders to erase or correct, the nodes that owe their acknowledgement, and legal holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    exists,
    func,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.intake.policy.facts import FactKind
from services.intake.tables import cases, data_orders, holds, order_copies, timeline
from shared.db import written_out
from shared.db.bulk import among
from shared.security.erasing import ERASED
from shared.security.vault import case_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order to erase or correct the person of a case."""

    order_id: UUID
    kind: str
    case_id: UUID
    number: str
    state: str
    ordered_by: str
    ground: str
    requester: str
    reason: str | None
    asked_by: str
    asked_name: str
    asked_at: datetime
    decided_by: str | None = None
    decided_name: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None
    done_at: datetime | None = None
    digest: str | None = None
    fields: Sequence[str] | None = None
    """What is corrected; the rest, too, is only of corrections."""
    proposed: Mapping[str, Any] | None = None
    """The new values by field, sealed; None once somebody has decided."""
    changes: Mapping[str, Any] | None = None
    """`before` and `after` of each field, masked."""
    amendment: int | None = None
    """Which correction of its case it is, once it is carried out."""


_COLUMNS = [data_orders.c[field.name] for field in fields(Order)]


@dataclass(frozen=True, slots=True)
class Looks:
    """How many orders are looked at, when, and after how long each is looked at again."""

    now: datetime
    again: timedelta
    limit: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Another node that was told of an order."""

    order_id: UUID
    node: str
    told_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold of a case."""

    hold_id: UUID
    case_id: UUID
    number: str
    reason: str
    review_on: date | None
    set_by: str
    set_name: str
    set_at: datetime
    released_by: str | None = None
    released_name: str | None = None
    released_at: datetime | None = None
    release_reason: str | None = None


def add_order(db: Connection, order: Order) -> bool:
    """Enter an order, unless it is known or the case has an open one; tell whether it was not."""
    adding = insert(data_orders).values(asdict(order)).on_conflict_do_nothing()
    return db.scalar(adding.returning(data_orders.c.order_id)) is not None


def lock_order(db: Connection, order_id: UUID) -> Order | None:
    """Lock and return an order."""
    query = select(*_COLUMNS).where(data_orders.c.order_id == order_id).with_for_update()
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Order(**row)


def lock_case_of_order(db: Connection, order_id: UUID) -> None:
    """Lock the case of an order, so that nobody holds, releases, opens or erases it meanwhile."""
    query = select(cases.c.case_id).join(data_orders, data_orders.c.case_id == cases.c.case_id)
    db.execute(query.where(data_orders.c.order_id == order_id).with_for_update(of=cases))


def change_order(db: Connection, order_id: UUID, **changes: object) -> None:
    """Write columns of a locked order."""
    db.execute(update(data_orders).where(data_orders.c.order_id == order_id).values(changes))


def orders_of(db: Connection, case_id: UUID) -> Sequence[Order]:
    """Return the orders of a case, the latest first."""
    query = select(*_COLUMNS).where(data_orders.c.case_id == case_id)
    rows = db.execute(query.order_by(data_orders.c.asked_at.desc())).mappings()
    return [Order(**row) for row in rows]


def orders(
    db: Connection, state: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Order]:
    """Return orders of a state, or all, the latest first."""
    c = data_orders.c
    query = select(*_COLUMNS).order_by(c.asked_at.desc(), c.order_id.desc()).limit(limit)
    if state is not None:
        query = query.where(c.state == state)
    if after is not None:
        query = query.where(tuple_(c.asked_at, c.order_id) < after)
    return [Order(**row) for row in db.execute(query).mappings()]


def held_orders(db: Connection, case_id: UUID, kind: str) -> Sequence[Order]:
    """Lock and return the orders of a case that wait: for a release, or for new values."""
    c = data_orders.c
    query = select(*_COLUMNS).where(c.case_id == case_id, c.kind == kind, c.state == "held")
    locked = query.order_by(c.amendment, c.asked_at).with_for_update()
    return [Order(**row) for row in db.execute(locked).mappings()]


def has_asked_correction(db: Connection, case_id: UUID) -> bool:
    """Tell whether a correction of a case waits for its decision."""
    c = data_orders.c
    waits = exists().where(c.case_id == case_id, c.kind == "correction", c.state == "asked")
    return bool(db.scalar(select(waits)))


def correction_of(db: Connection, case_id: UUID, amendment: int) -> Order | None:
    """Return the order of a correction of a case by its count."""
    c = data_orders.c
    query = select(*_COLUMNS).where(c.case_id == case_id, c.kind == "correction")
    row = db.execute(query.where(c.amendment == amendment)).mappings().first()
    return None if row is None else Order(**row)


def last_amendment(db: Connection, case_id: UUID) -> int:
    """Return the count of the last correction of a case that was carried out here; 0 for none."""
    c = data_orders.c
    mine = (c.case_id == case_id, c.kind == "correction")
    return db.scalar(select(func.coalesce(func.max(c.amendment), 0)).where(*mine)) or 0


def has_erasure(db: Connection, case_id: UUID) -> bool:
    """Tell whether an erasure of a case was carried out here."""
    c = data_orders.c
    done = exists().where(c.case_id == case_id, c.kind == "erasure", c.state == "done")
    return bool(db.scalar(select(done)))


def empty_corrections(db: Connection, case_id: UUID, at: datetime) -> None:
    """End the open corrections of an erased case, and leave of all only which fields it was.

    What people wrote beside them goes as well: it may tell more of a person than masks hide.
    """
    c = data_orders.c
    mine = (c.case_id == case_id, c.kind == "correction")
    gone = {"proposed": null(), "changes": null(), "reason": null(), "refusal": null()}
    db.execute(update(data_orders).where(*mine).values(gone))
    open_ = c.state.in_(("asked", "held"))
    ended = {"state": "refused", "refusal": ERASED, "decided_at": at}
    db.execute(update(data_orders).where(*mine, open_).values(ended))


def expect(db: Connection, order_id: UUID, nodes: Collection[str], at: datetime) -> None:
    """Note that nodes were told of an order; the first time counts."""
    rows = [{"order_id": order_id, "node": node, "told_at": at} for node in sorted(nodes)]
    if rows:
        adding = insert(order_copies).values(rows)
        first = func.coalesce(order_copies.c.told_at, adding.excluded.told_at)
        keys = [order_copies.c.order_id, order_copies.c.node]
        db.execute(adding.on_conflict_do_update(index_elements=keys, set_={"told_at": first}))


def acknowledge(db: Connection, order_id: UUID, node: str, at: datetime) -> None:
    """Note that a node has carried an order out; the first time counts."""
    adding = insert(order_copies).values(order_id=order_id, node=node, done_at=at)
    first = func.coalesce(order_copies.c.done_at, adding.excluded.done_at)
    keys = [order_copies.c.order_id, order_copies.c.node]
    db.execute(adding.on_conflict_do_update(index_elements=keys, set_={"done_at": first}))


def acknowledge_corrections(db: Connection, case_id: UUID, node: str, at: datetime) -> None:
    """Note that a node owes no correction of a case any more: it has erased the person."""
    c, owed = data_orders.c, order_copies.c
    of_case = select(c.order_id).where(c.case_id == case_id, c.kind == "correction")
    open_ = (owed.order_id.in_(of_case), owed.node == node, owed.done_at.is_(None))
    db.execute(update(order_copies).where(*open_).values(done_at=at))


def copies_of(db: Connection, order_ids: Collection[UUID]) -> Sequence[Copy]:
    """Return the nodes that were told of these orders."""
    query = select(order_copies).where(among(order_copies.c.order_id, sorted(order_ids)))
    rows = db.execute(query.order_by(order_copies.c.order_id, order_copies.c.node))
    return [Copy(*row) for row in rows]


def laggards(db: Connection, before: datetime) -> dict[str, int]:
    """Count the orders that each node was told of before an instant and has not carried out."""
    c = order_copies.c
    open_ = (c.done_at.is_(None), c.told_at <= before)
    query = select(c.node, func.count()).where(*open_).group_by(c.node).order_by(c.node)
    return {row[0]: row[1] for row in db.execute(query)}


def add_hold(db: Connection, hold: Hold) -> bool:
    """Put a case on hold; tell whether it was not on hold already."""
    adding = insert(holds).values(asdict(hold)).on_conflict_do_nothing()
    return db.scalar(adding.returning(holds.c.hold_id)) is not None


def open_hold(db: Connection, case_id: UUID) -> Hold | None:
    """Return the hold that keeps a case from being erased."""
    query = select(holds).where(holds.c.case_id == case_id, holds.c.released_at.is_(None))
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Hold(**row)


def open_holds(db: Connection, limit: int) -> Sequence[Hold]:
    """Return the holds that are not released, the oldest first."""
    query = select(holds).where(holds.c.released_at.is_(None)).order_by(holds.c.set_at)
    return [Hold(**row) for row in db.execute(query.limit(limit)).mappings()]


def release_hold(db: Connection, hold_id: UUID, **released: object) -> None:
    """Write who released a hold, when and why."""
    db.execute(update(holds).where(holds.c.hold_id == hold_id).values(released))


def at_rest_before(db: Connection, kind: FactKind, before: datetime, limit: int) -> Sequence[UUID]:
    """Return cases of this node that came to rest before an instant and wait for no decision.

    Pass over first what is none any more, so that nobody walks by it again.
    """
    c, order = timeline.c, data_orders.c
    decided = exists().where(
        order.case_id == c.case_id, order.kind == "erasure", order.state.in_(("asked", "held"))
    )
    held = exists().where(holds.c.case_id == c.case_id, holds.c.released_at.is_(None))
    _pass_over(db, kind, before, limit)
    query = _rested(kind, before).where(~_is_past(), ~decided, ~held).limit(limit)
    return [row.case_id for row in db.execute(query)]


def _pass_over(db: Connection, kind: FactKind, before: datetime, limit: int) -> None:
    c, gone = timeline.c, _rested(kind, before).where(_is_past()).limit(limit).cte("gone")
    same = (c.case_id == gone.c.case_id, c.at == gone.c.at, c.event == written_out(kind.value))
    db.execute(update(timeline).where(*same).values(passed=True))


def _rested(kind: FactKind, before: datetime) -> Select[UUID, datetime]:
    c = timeline.c
    query = select(c.case_id, c.at).join(cases, cases.c.case_id == c.case_id)
    due = (c.event == written_out(kind.value), ~c.passed, c.at <= before)
    return query.where(*due).order_by(c.at)


def _is_past() -> ColumnElement[bool]:
    c, order, later = timeline.c, data_orders.c, timeline.alias("later").c
    goes_on = (FactKind.REOPENED.value, FactKind.ACCEPTED.value)
    again = exists().where(later.case_id == c.case_id, later.event.in_(goes_on), later.at > c.at)
    by_time = exists().where(
        order.case_id == c.case_id, order.kind == "erasure", order.ground == "retention"
    )
    return or_(cases.c.erased_at.is_not(None), cases.c.origin.is_not(None), again, by_time)


def come_back(db: Connection, looks: Looks) -> tuple[int, Sequence[Order]]:
    """Look through erasures that were carried out, longest not looked at first.

    Return how many were looked at, and those whose case has something to open again.
    """
    c = data_orders.c
    done = (c.kind == written_out("erasure"), c.state == written_out("done"))
    since = or_(c.looked_at.is_(None), c.looked_at < looks.now - looks.again)
    turn = select(c.order_id).where(*done, since).order_by(c.looked_at.nulls_first())
    mine = c.order_id.in_(turn.limit(looks.limit).with_for_update(skip_locked=True))
    looked = update(data_orders).where(mine).values(looked_at=looks.now)
    seen = db.scalars(looked.returning(c.order_id)).all()
    opens = exists().where(case_keys.c.case_id == c.case_id, case_keys.c.destroyed_at.is_(None))
    shown = exists().where(cases.c.case_id == c.case_id, cases.c.erased_at.is_(None))
    back = select(*_COLUMNS).where(among(c.order_id, sorted(seen)), or_(opens, shown))
    return len(seen), [Order(**row) for row in db.execute(back).mappings()]
