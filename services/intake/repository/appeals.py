"""Appeals against a no."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert

from services.intake.policy.appeals import AppealState
from services.intake.tables import appeals
from shared.events.sealed import Sealed
from shared.security.erasing import redacted, worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One appeal; `asked_by` is the account that took it down, None for the person."""

    appeal_id: UUID
    case_id: UUID
    state: AppealState
    because: Sealed
    because_masked: str
    asked_at: datetime
    asked_by: str | None
    decide_by: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_name: str | None = None
    words_masked: str | None = None


def add_appeal(db: Connection, appeal: Appeal) -> bool:
    """Keep an appeal, unless the case has one; tell whether it had none."""
    row = {**asdict(appeal), "because": appeal.because.model_dump(mode="json")}
    adding = insert(appeals).values(row).on_conflict_do_nothing()
    return db.scalar(adding.returning(appeals.c.appeal_id)) is not None


def appeal_of(db: Connection, appeal_id: UUID, *, lock: bool = False) -> Appeal | None:
    """Return an appeal by its id, locked if asked."""
    query = select(appeals).where(appeals.c.appeal_id == appeal_id)
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else _appeal(row)


def open_appeals(db: Connection, limit: int) -> Sequence[Appeal]:
    """Return the appeals that wait, the earliest due first."""
    query = select(appeals).where(appeals.c.state == AppealState.ASKED)
    rows = db.execute(query.order_by(appeals.c.decide_by, appeals.c.appeal_id).limit(limit))
    return [_appeal(row) for row in rows.mappings()]


def decided_appeals(db: Connection, limit: int) -> Sequence[Appeal]:
    """Return appeals that were decided, the latest due first."""
    c = appeals.c
    query = select(appeals).where(c.state.in_((AppealState.UPHELD, AppealState.OVERTURNED)))
    rows = db.execute(query.order_by(c.decide_by.desc(), c.appeal_id).limit(limit))
    return [_appeal(row) for row in rows.mappings()]


def change_appeal(db: Connection, appeal_id: UUID, **changes: object) -> None:
    """Write columns of a locked appeal."""
    db.execute(update(appeals).where(appeals.c.appeal_id == appeal_id).values(changes))


def erase_appeals(db: Connection, case_id: UUID) -> None:
    """Leave of the appeal of an erased case that there was one, and what came of it."""
    c = appeals.c
    empty: dict[str, Any] = {
        "because": redacted(c.because),
        "because_masked": worded(c.because_masked),
        "words_masked": worded(c.words_masked),
    }
    db.execute(update(appeals).where(c.case_id == case_id).values(empty))


def _appeal(row: RowMapping) -> Appeal:
    told = {"state": AppealState(row["state"]), "because": Sealed.model_validate(row["because"])}
    return Appeal(**{**row, **told})
