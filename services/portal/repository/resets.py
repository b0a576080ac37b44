"""Proposals to give an account a new beginning."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects.postgresql import insert

from services.portal.policy import Lost, Reset, ResetState
from services.portal.tables import OPEN, account_resets


def propose_reset(db: Connection, reset: Reset) -> bool:
    """Write a proposal down; False if there is an open one for the same."""
    table = account_resets
    row = {column.name: getattr(reset, column.name) for column in table.c}
    writing = (
        insert(table)
        .values(row)
        .on_conflict_do_nothing(
            index_elements=[table.c.login, table.c.what], index_where=table.c.state == OPEN
        )
    )
    return db.scalar(writing.returning(table.c.id)) is not None


def reset_of(db: Connection, reset_id: UUID) -> Reset | None:
    """Return a proposal, and hold it until the transaction ends."""
    query = select(account_resets).where(account_resets.c.id == reset_id).with_for_update()
    row = db.execute(query).one_or_none()
    return None if row is None else _reset(row._asdict())


def open_reset_of(db: Connection, login: str, what: Lost) -> Reset | None:
    """Return the open proposal of an account for this."""
    table = account_resets.c
    row = db.execute(
        _open().where(table.login == login, table.what == what).with_for_update()
    ).one_or_none()
    return None if row is None else _reset(row._asdict())


def open_resets(db: Connection, now: datetime) -> list[Reset]:
    """Return the proposals on which somebody may still decide, the oldest first."""
    table = account_resets.c
    rows = db.execute(_open().where(table.expires_at >= now).order_by(table.proposed_at))
    return [_reset(row._asdict()) for row in rows]


def decide_reset(
    db: Connection, reset_id: UUID, state: ResetState, by: str, now: datetime
) -> None:
    """Record what somebody decided on a proposal."""
    deciding = update(account_resets).where(account_resets.c.id == reset_id)
    db.execute(deciding.values(state=state, decided_by=by, decided_at=now))


def _open() -> Select[Any]:
    return select(account_resets).where(account_resets.c.state == OPEN)


def _reset(row: dict[str, Any]) -> Reset:
    return Reset(**row | {"what": Lost(row["what"]), "state": ResetState(row["state"])})
