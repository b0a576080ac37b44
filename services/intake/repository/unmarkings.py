"""Askings that a case complains of somebody no more."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from services.intake.tables import unmarkings
from shared.security.erasing import ERASED


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarking:
    """One asking; `units` as node/code or node/title, `persons` as hashes."""

    unmarking_id: UUID
    case_id: UUID
    number: str
    state: str
    units: Sequence[str]
    persons: Sequence[str]
    because: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    decided_by: str | None = None
    decided_name: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None


def add_unmarking(db: Connection, asked: Unmarking) -> bool:
    """Keep an asking, unless the case has an open one; tell whether it had none."""
    adding = insert(unmarkings).values(asdict(asked)).on_conflict_do_nothing()
    return db.scalar(adding.returning(unmarkings.c.unmarking_id)) is not None


def unmarking_of(db: Connection, unmarking_id: UUID, *, lock: bool = False) -> Unmarking | None:
    """Return an asking."""
    query = select(unmarkings).where(unmarkings.c.unmarking_id == unmarking_id)
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else Unmarking(**row)


def unmarkings_of(db: Connection, case_id: UUID) -> Sequence[Unmarking]:
    """Return the askings of a case, the latest first."""
    query = select(unmarkings).where(unmarkings.c.case_id == case_id)
    rows = db.execute(query.order_by(unmarkings.c.asked_at.desc())).mappings()
    return [Unmarking(**row) for row in rows]


def change_unmarking(db: Connection, unmarking_id: UUID, **changes: object) -> None:
    """Write columns of a locked asking."""
    which = unmarkings.c.unmarking_id == unmarking_id
    db.execute(update(unmarkings).where(which).values(changes))


def forget_unmarkings(db: Connection, case_id: UUID) -> None:
    """Forget whom askings about an erased case named, and what was written beside it."""
    words: dict[str, object] = {"persons": [], "because": ERASED, "refusal": None}
    db.execute(update(unmarkings).where(unmarkings.c.case_id == case_id).values(words))
