"""Exports: asked for, decided, made, fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select, update

from services.portal.tables import exports


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One export without its file."""

    export_id: UUID
    state: str
    format: str
    purpose: str
    scope: Mapping[str, Any]
    rows: int
    done: int = 0
    asked_by: str
    asked_name: str
    unit: str | None
    asked_at: datetime
    decided_by: str | None = None
    decided_name: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None
    began_at: datetime | None = None
    ready_at: datetime | None = None
    fetched_at: datetime | None = None


_COLUMNS = [exports.c[field.name] for field in fields(Export)]


def add_export(db: Connection, export: Export) -> None:
    """Enter an export."""
    db.execute(exports.insert().values(asdict(export)))


def lock_export(db: Connection, export_id: UUID) -> Export | None:
    """Lock and return an export."""
    query = select(*_COLUMNS).where(exports.c.export_id == export_id).with_for_update()
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Export(**row)


def change_export(db: Connection, export_id: UUID, **changes: object) -> None:
    """Write columns of an export."""
    db.execute(update(exports).where(exports.c.export_id == export_id).values(changes))


def exports_for(db: Connection, login: str, *, decides: bool, limit: int) -> Sequence[Export]:
    """Return one's own exports, and for one who decides those that wait, the newest first."""
    own = exports.c.asked_by == login
    wanted = or_(own, exports.c.state == "asked") if decides else own
    query = select(*_COLUMNS).where(wanted).order_by(exports.c.asked_at.desc()).limit(limit)
    return [Export(**row) for row in db.execute(query).mappings()]


def file_of(db: Connection, export_id: UUID) -> bytes | None:
    """Return the sealed file of an export."""
    return db.scalar(select(exports.c.file).where(exports.c.export_id == export_id))


def expire_before(db: Connection, before: datetime) -> None:
    """Throw away files that nobody has fetched."""
    old = update(exports).where(exports.c.file.is_not(None), exports.c.ready_at <= before)
    db.execute(old.values(file=None, state="expired"))
