"""Views of the ledger as people keep them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.portal.repository.catalogue import in_use
from services.portal.tables import ledger_firsts, ledger_views, live


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptView:
    """One view: whose it is, who else may use it, and what it asks for."""

    view_id: UUID
    owner: str
    owner_name: str
    name: str
    shared: str
    unit_code: str | None
    asked: str
    words: str
    changed_at: datetime


_view = ledger_views.c
_COLUMNS = [_view[field.name] for field in fields(KeptView)]


def views_for(db: Connection, login: str, unit: str | None) -> Sequence[KeptView]:
    """Return one's own views, and those shared with one's unit or with the node, by name.

    What a unit shared that has ended is shared with its successors.
    """
    u = live.units.c
    before = select(u.code).where(u.successors.contains([unit]), ~in_use(u))
    mine = or_(_view.unit_code == unit, _view.unit_code.in_(before))
    shared = or_(_view.shared == "node", and_(_view.shared == "unit", mine))
    wanted = or_(_view.owner == login, shared)
    own_first = (_view.owner != login, _view.name, _view.view_id)
    rows = db.execute(select(*_COLUMNS).where(wanted).order_by(*own_first)).mappings()
    return [KeptView(**row) for row in rows]


def lock_view(db: Connection, view_id: UUID) -> KeptView | None:
    """Lock and return a view."""
    query = select(*_COLUMNS).where(_view.view_id == view_id).with_for_update()
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else KeptView(**row)


def count_views(db: Connection, login: str) -> int:
    """Count the views of one person; two of them kept at once wait for each other."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"ledger_views/{login}"))))
    counted = select(func.count()).select_from(ledger_views).where(_view.owner == login)
    return db.scalar(counted) or 0


def keep_view(db: Connection, view: KeptView) -> None:
    """Enter a view, or write it anew."""
    told = asdict(view)
    kept = insert(ledger_views).values(told)
    db.execute(kept.on_conflict_do_update(index_elements=[_view.view_id], set_=told))


def drop_view(db: Connection, view_id: UUID) -> None:
    """Delete a view; for whom it was the first there is none then."""
    db.execute(delete(ledger_views).where(_view.view_id == view_id))


def first_view(db: Connection, login: str) -> UUID | None:
    """Return the view with which the ledger begins for somebody."""
    first = ledger_firsts.c
    return db.scalar(select(first.view_id).where(first.login == login))


def set_first_view(db: Connection, login: str, view_id: UUID | None) -> None:
    """Say with which view the ledger begins for somebody; None: with everything."""
    first = ledger_firsts.c
    if view_id is None:
        db.execute(delete(ledger_firsts).where(first.login == login))
        return
    told = insert(ledger_firsts).values(login=login, view_id=view_id)
    db.execute(told.on_conflict_do_update(index_elements=[first.login], set_={"view_id": view_id}))
