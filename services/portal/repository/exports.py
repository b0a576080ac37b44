"""Exports: asked for, decided, made, fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, text, update

from services.portal.policy.exports import ENDED
from services.portal.tables import export_pieces, exports
from shared.db import written_out


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
    moved_at: datetime | None = None
    ready_at: datetime | None = None
    fetched_at: datetime | None = None


READY = "ready"
_COLUMNS = [exports.c[field.name] for field in fields(Export)]
_WITHOUT_WORDS = exports.c.scope.op("||")({"text": ""})


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


def add_piece(db: Connection, export_id: UUID, serial: int, size: int, sealed: bytes) -> None:
    """Keep a piece of the file of an export, of so many bytes before it was sealed."""
    told = {"export_id": export_id, "serial": serial, "size": size, "piece": sealed}
    db.execute(export_pieces.insert().values(told))


def measure_of(db: Connection, export_id: UUID) -> tuple[int, int]:
    """Return of how many pieces a file is made, and how many bytes they are."""
    p = export_pieces.c
    size = func.coalesce(func.sum(p.size), 0)
    pieces, whole = db.execute(select(func.count(), size).where(p.export_id == export_id)).one()
    return pieces, int(whole)


def piece_of(db: Connection, export_id: UUID, serial: int) -> bytes | None:
    """Return a piece as it is sealed."""
    p = export_pieces.c
    return db.scalar(select(p.piece).where(p.export_id == export_id, p.serial == serial))


def drop_pieces_of(db: Connection, export_id: UUID) -> None:
    """Throw away the file of an export."""
    db.execute(delete(export_pieces).where(export_pieces.c.export_id == export_id))


def drop_pieces(db: Connection, *which: ColumnElement[bool]) -> None:
    """Throw away the files of these exports."""
    of = select(exports.c.export_id).where(*which)
    db.execute(delete(export_pieces).where(export_pieces.c.export_id.in_(of)))


def close_export(db: Connection, export_id: UUID, state: str, **changes: object) -> None:
    """Bring an export to an end; the words that were searched for are needed no longer.

    Its file stays where it is ready to be fetched, and nowhere else.
    """
    if state != READY:
        drop_pieces_of(db, export_id)
    change_export(db, export_id, state=state, scope=_WITHOUT_WORDS, **changes)


def expire_before(db: Connection, before: datetime) -> None:
    """Throw away files that nobody has fetched, and what nobody has decided."""
    c = exports.c
    old = and_(c.state == READY, c.ready_at <= before)
    undecided = and_(c.state == "asked", c.asked_at <= before)
    drop_pieces(db, old)
    over = update(exports).where(or_(old, undecided))
    db.execute(over.values(file=None, state="expired", scope=_WITHOUT_WORDS))


def fail_before(db: Connection, before: datetime) -> None:
    """Give up files whose making was begun, or was due, so long ago that nobody makes them."""
    c = exports.c
    moved = func.coalesce(c.moved_at, c.began_at, c.decided_at, c.asked_at)
    stuck = and_(c.state == "making", moved <= before)
    drop_pieces(db, stuck)
    db.execute(update(exports).where(stuck).values(state="failed", scope=_WITHOUT_WORDS))


def forget_exports_before(db: Connection, before: datetime, limit: int) -> int:
    """Delete exports that ended and were asked for long ago; return how many."""
    c = exports.c
    ended = c.state.in_([written_out(state.value) for state in ENDED])
    old = select(c.export_id).where(ended, c.asked_at < before).limit(limit)
    return db.execute(delete(exports).where(c.export_id.in_(old))).rowcount


def withdraw_files(db: Connection, reason: str) -> None:
    """Throw away every file that is made or being made, and say why."""
    # One that begins now waits, and then reads what this transaction leaves.
    db.execute(text(f"LOCK TABLE {exports.fullname} IN EXCLUSIVE MODE"))
    there = exports.c.state.in_(("making", READY))
    drop_pieces(db, there)
    made = update(exports).where(there)
    gone = {"file": None, "state": "expired", "refusal": reason, "scope": _WITHOUT_WORDS}
    db.execute(made.values(gone))
