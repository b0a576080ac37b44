"""Runs over many cases: what was chosen for all, and what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from services.portal.tables import bulk_lines, bulk_runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run over many cases."""

    run_id: UUID
    login: str
    act: str
    told: Mapping[str, str]
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One case of a run: `waiting`, `trying`, `done` or `refused`."""

    serial: int
    number: str
    state: str = "waiting"
    said: str | None = None


_run, _line = bulk_runs.c, bulk_lines.c
_OF_RUN = [_run[field.name] for field in fields(Run)]
_OF_LINE = [_line[field.name] for field in fields(RunLine)]
OPEN = ("waiting", "trying")


def add_run(db: Connection, run: Run, numbers: Sequence[str]) -> bool:
    """Enter a run and its cases; tell whether it is new."""
    entered = insert(bulk_runs).values(asdict(run)).on_conflict_do_nothing()
    if db.scalar(entered.returning(_run.run_id)) is None:
        return False
    lines = [
        {"run_id": run.run_id, "serial": serial, "number": number}
        for serial, number in enumerate(numbers)
    ]
    db.execute(bulk_lines.insert(), lines)
    return True


def run_of(db: Connection, run_id: UUID, login: str) -> Run | None:
    """Return one's own run."""
    query = select(*_OF_RUN).where(_run.run_id == run_id, _run.login == login)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Run(**row)


def runs_of(db: Connection, login: str, limit: int) -> Sequence[Run]:
    """Return one's own runs, the latest first."""
    query = select(*_OF_RUN).where(_run.login == login).order_by(_run.began_at.desc())
    return [Run(**row) for row in db.execute(query.limit(limit)).mappings()]


def lines_of(db: Connection, run_id: UUID) -> Sequence[RunLine]:
    """Return the cases of a run in their order."""
    query = select(*_OF_LINE).where(_line.run_id == run_id).order_by(_line.serial)
    return [RunLine(**row) for row in db.execute(query).mappings()]


def claim_lines(
    db: Connection, run_id: UUID, now: datetime, stale: datetime, limit: int
) -> Sequence[RunLine]:
    """Take the next cases of a run in hand: those nobody has, or had since before `stale`."""
    free = or_(_line.state == "waiting", and_(_line.state == "trying", _line.tried_at < stale))
    nexts = select(_line.run_id, _line.serial).where(_line.run_id == run_id, free)
    nexts = nexts.order_by(_line.serial).limit(limit).with_for_update(skip_locked=True)
    taken = update(bulk_lines).where(tuple_(_line.run_id, _line.serial).in_(nexts))
    told = taken.values(state="trying", tried_at=now).returning(*_OF_LINE)
    return sorted((RunLine(**row) for row in db.execute(told).mappings()), key=_serial)


def settle_line(
    db: Connection, run_id: UUID, serial: int, state: str, said: str | None = None
) -> None:
    """Write down what became of a case."""
    this = and_(_line.run_id == run_id, _line.serial == serial)
    db.execute(update(bulk_lines).where(this).values(state=state, said=said))


def end_run(db: Connection, run_id: UUID, now: datetime) -> None:
    """Note when the last case of a run was settled, once it is."""
    left = select(_line.serial).where(_line.run_id == run_id, _line.state.in_(OPEN)).exists()
    this = and_(_run.run_id == run_id, _run.ended_at.is_(None), ~left)
    db.execute(update(bulk_runs).where(this).values(ended_at=now))


def forget_runs_before(db: Connection, before: datetime, limit: int) -> int:
    """Delete runs that began long ago; return how many."""
    old = select(_run.run_id).where(_run.began_at < before).limit(limit)
    return db.execute(delete(bulk_runs).where(_run.run_id.in_(old))).rowcount


def open_lines(db: Connection, run_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Count the cases that wait, by run."""
    query = select(_line.run_id, func.count()).where(_line.run_id.in_(run_ids))
    query = query.where(_line.state.in_(OPEN)).group_by(_line.run_id)
    return {row[0]: row[1] for row in db.execute(query)}


def _serial(line: RunLine) -> Any:
    return line.serial
