"""What happens to an order between signature and result: work, materials, extensions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, update

from services.dispatch.tables import contacts, extensions, material_requests, work_log


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One thing that a unit did for its order."""

    work_id: UUID
    order_id: UUID
    at: datetime
    kind: str
    done_at: datetime
    place_masked: str
    people_masked: str
    note_masked: str
    part_id: UUID | None = None
    """For which part of the order, if another unit than the lead did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRequest:
    """One wait for materials of the person."""

    request_id: UUID
    order_id: UUID
    asked_at: datetime
    answer_by: datetime
    materials_masked: str
    ended_at: datetime | None = None
    how: str | None = None
    note_masked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One plea for more time and what was decided."""

    extension_id: UUID
    order_id: UUID
    asked_at: datetime
    asked_by: str | None = None
    """The account; None where nobody kept it."""
    days: int
    because: str
    decided_at: datetime | None = None
    granted: bool | None = None
    decided_because: str | None = None


def add_work(db: Connection, work: Work) -> None:
    """Insert an entry of the work log."""
    db.execute(work_log.insert().values(asdict(work)))


def work_of(db: Connection, order_id: UUID) -> Sequence[Work]:
    """Return the work log of an order, oldest first."""
    query = select(work_log).where(work_log.c.order_id == order_id)
    ordered = query.order_by(work_log.c.done_at, work_log.c.work_id)
    return [Work(**row) for row in db.execute(ordered).mappings()]


def add_request(db: Connection, request: MaterialRequest) -> None:
    """Insert a wait for materials."""
    db.execute(material_requests.insert().values(asdict(request)))


def find_request(db: Connection, request_id: UUID) -> MaterialRequest | None:
    """Return a wait for materials; only under the lock of its case does it stay as it is."""
    found = _requests(
        db, select(material_requests).where(material_requests.c.request_id == request_id)
    )
    return next(iter(found), None)


def open_request(db: Connection, order_id: UUID) -> MaterialRequest | None:
    """Return the wait of an order that has not ended."""
    return next((one for one in requests_of(db, order_id) if one.ended_at is None), None)


def requests_of(db: Connection, order_id: UUID) -> Sequence[MaterialRequest]:
    """Return all waits of an order, oldest first."""
    query = select(material_requests).where(material_requests.c.order_id == order_id)
    return _requests(db, query.order_by(material_requests.c.asked_at))


def end_request(db: Connection, request_id: UUID, **ended: object) -> None:
    """Write how a wait ended: `ended_at`, `how`, `note_masked`."""
    mine = material_requests.c.request_id == request_id
    db.execute(update(material_requests).where(mine).values(ended))


def add_extension(db: Connection, extension: Extension) -> None:
    """Insert a plea for more time."""
    db.execute(extensions.insert().values(asdict(extension)))


def find_extension(db: Connection, extension_id: UUID) -> Extension | None:
    """Return a plea for more time; only under the lock of its case does it stay as it is."""
    query = select(extensions).where(extensions.c.extension_id == extension_id)
    return next(iter(_extensions(db, query)), None)


def extensions_of(db: Connection, order_id: UUID) -> Sequence[Extension]:
    """Return all pleas of an order, oldest first."""
    query = select(extensions).where(extensions.c.order_id == order_id)
    return _extensions(db, query.order_by(extensions.c.asked_at))


def decide_extension(db: Connection, extension_id: UUID, **decided: object) -> None:
    """Write what was decided: `decided_at`, `granted`, `decided_because`, `days`."""
    mine = extensions.c.extension_id == extension_id
    db.execute(update(extensions).where(mine).values(decided))


def tries_of(db: Connection, order_id: UUID) -> int:
    """Count the logged tries to reach the person of an order."""
    query = select(func.count()).select_from(contacts)
    return db.scalar(query.where(contacts.c.order_id == order_id)) or 0


def _requests(db: Connection, query: Select[Any]) -> Sequence[MaterialRequest]:
    return [MaterialRequest(**row) for row in db.execute(query).mappings()]


def _extensions(db: Connection, query: Select[Any]) -> Sequence[Extension]:
    return [Extension(**row) for row in db.execute(query).mappings()]
