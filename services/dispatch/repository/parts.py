"""Parts of orders."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update

from services.dispatch.policy.parts import UNSETTLED, PartState
from services.dispatch.tables import complaints, parts
from shared.complaints import shown_to
from shared.db.bulk import insert_rows
from shared.db.within import Place, reached
from shared.events.dispatch import PartKind
from shared.security.actor import Actor
from shared.security.reach import Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one unit does for the order of another."""

    part_id: UUID
    case_id: UUID
    order_id: UUID
    round: int
    kind: PartKind
    unit_code: str
    unit_name: str
    task_masked: str
    state: PartState = PartState.OPEN
    opened_at: datetime
    opened_by: str
    by_lead: bool = False
    """The unit of the order asked for it, not a rule, a dispatcher or a meeting."""
    due_at: datetime | None = None
    """As sla tells it; None until then."""
    sign_by: datetime | None = None
    """Until when its unit may say that it is not its matter, as sla tells it."""
    urged_at: datetime | None = None
    urges: int = 0
    declined_at: datetime | None = None
    decline_ground: str | None = None
    answered_at: datetime | None = None
    """When it answered, or dissented."""
    answered_by: str | None = None
    answer_masked: str | None = None
    dissent_reason: str | None = None
    legal_basis: str | None = None
    ended_at: datetime | None = None
    end_why: str | None = None
    end_note_masked: str | None = None


def add_parts(db: Connection, opened: Sequence[Part]) -> None:
    """Insert parts."""
    insert_rows(db, parts, [asdict(part) for part in opened])


def asked_others(db: Connection, order_id: UUID) -> bool:
    """Tell whether the unit of an order asked others to help, and has not taken that back."""
    c = parts.c
    mine = (c.order_id == order_id, c.by_lead, c.kind == PartKind.CO_HANDLING)
    kept = select(c.part_id).where(*mine, c.state != PartState.WITHDRAWN)
    return bool(db.scalar(select(kept.exists())))


def find_part(db: Connection, part_id: UUID) -> Part | None:
    """Return a part; only under the lock of its case does it stay as it is."""
    return next(iter(_read(db, select(parts).where(parts.c.part_id == part_id))), None)


def parts_of(db: Connection, order_id: UUID) -> Sequence[Part]:
    """Return all parts of an order, oldest first."""
    return _read(db, select(parts).where(parts.c.order_id == order_id).order_by(parts.c.part_id))


def unsettled_of_unit(db: Connection, unit: str, limit: int) -> Sequence[Part]:
    """Return the parts that a unit still owes, oldest first."""
    mine = (parts.c.unit_code == unit, parts.c.state.in_(sorted(UNSETTLED)))
    return _read(db, select(parts).where(*mine).order_by(parts.c.part_id).limit(limit))


@dataclass(frozen=True, slots=True)
class WantedParts:
    """Which parts a list shows; None is all."""

    reader: Actor
    reach: Within
    unit: str | None = None
    state: PartState | None = None
    before: UUID | None = None


def parts_like(db: Connection, wanted: WantedParts, limit: int) -> Sequence[Part]:
    """Return parts, the newest first; none of cases that complain of the reader."""
    seen = reached(wanted.reach, Place(unit=parts.c.unit_code))
    shown = shown_to(wanted.reader, complaints, parts.c.case_id)
    query = select(parts).where(seen, shown).order_by(parts.c.part_id.desc()).limit(limit)
    if wanted.unit is not None:
        query = query.where(parts.c.unit_code == wanted.unit)
    if wanted.state is not None:
        query = query.where(parts.c.state == wanted.state)
    if wanted.before is not None:
        query = query.where(parts.c.part_id < wanted.before)
    return _read(db, query)


def change_part(db: Connection, part: Part, **changes: object) -> None:
    """Write the columns that a step changed."""
    db.execute(update(parts).where(parts.c.part_id == part.part_id).values(changes))


def note_part_limits(db: Connection, part_id: UUID, **limits: datetime) -> None:
    """Write what sla told of the limits of a part: `due_at`, `sign_by`."""
    db.execute(update(parts).where(parts.c.part_id == part_id).values(limits))


def _read(db: Connection, query: Select[Any]) -> Sequence[Part]:
    return [
        Part(**{**row, "state": PartState(row["state"]), "kind": PartKind(row["kind"])})
        for row in db.execute(query).mappings()
    ]
