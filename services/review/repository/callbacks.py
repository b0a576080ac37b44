"""Who owes a callback after which result, and what came of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects.postgresql import insert

from services.review.policy.callbacks import CallbackState, CalledBy
from services.review.tables import callbacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One callback after one result, and what the last try said."""

    callback_id: UUID
    case_id: UUID
    round: int
    by: CalledBy
    unit_code: str | None
    """The unit that owes it; of the centre's None."""
    state: CallbackState = CallbackState.DUE
    since: datetime
    tries: int = 0
    last_try_at: datetime | None = None
    ended_at: datetime | None = None
    solved: bool | None = None
    level: int | None = None
    truthful: bool | None = None
    note_masked: str = ""


def add_callbacks(db: Connection, owed: Sequence[Callback]) -> None:
    """Insert callbacks, unless they are here."""
    if owed:
        rows = [asdict(each) for each in owed]
        db.execute(insert(callbacks).values(rows).on_conflict_do_nothing())


def lock_callback(db: Connection, case_id: UUID, by: CalledBy) -> Callback | None:
    """Lock and return the last callback of a case that a caller owes, or owed."""
    return next(iter(_read(db, _last(case_id, by).with_for_update())), None)


def callbacks_of(db: Connection, case_id: UUID) -> Sequence[Callback]:
    """Return the callbacks of a case, round by round."""
    query = select(callbacks).where(callbacks.c.case_id == case_id)
    return _read(db, query.order_by(callbacks.c.round, callbacks.c.by.desc()))


def unit_to_call(db: Connection, case_id: UUID) -> str | None:
    """Return the unit that owes the last callback of a case, or owed it; None where none does."""
    unit: str | None = db.scalar(
        _last(case_id, CalledBy.UNIT).with_only_columns(callbacks.c.unit_code)
    )
    return unit


def write_callback(db: Connection, callback: Callback) -> None:
    """Write what came of a locked callback."""
    mine = callbacks.c.callback_id == callback.callback_id
    db.execute(update(callbacks).where(mine).values(asdict(callback)))


def end_callbacks(db: Connection, case_id: UUID, at: datetime, state: CallbackState) -> None:
    """End what is still due of a case."""
    c = callbacks.c
    due = update(callbacks).where(c.case_id == case_id, c.state == CallbackState.DUE)
    db.execute(due.values(state=state, ended_at=at))


def _last(case_id: UUID, by: CalledBy) -> Select[Any]:
    mine = select(callbacks).where(callbacks.c.case_id == case_id, callbacks.c.by == by)
    return mine.order_by(callbacks.c.round.desc()).limit(1)


def _read(db: Connection, query: Select[Any]) -> Sequence[Callback]:
    return [
        Callback(**{**row, "by": CalledBy(row["by"]), "state": CallbackState(row["state"])})
        for row in db.execute(query).mappings()
    ]
