"""Where each case stands with its person, and what people said."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update

from services.review.policy import CaseState, Level
from services.review.tables import cases, evaluations
from shared.db import written_out
from shared.db.bulk import insert_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where a case stands with its person."""

    case_id: UUID
    number: str
    round: int = 0
    state: CaseState = CaseState.NONE
    unit_code: str | None = None
    finished_at: datetime | None = None
    answer_by: datetime | None = None
    withdrawn_round: int = 0
    """The last round that its person has withdrawn; 0 for none."""
    close_from: datetime | None = None
    """When that may be closed: nobody can take it back any more."""
    taken_back_at: datetime | None = None
    """When they did, while the end of that round is awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a person said about one round."""

    evaluation_id: UUID
    case_id: UUID
    round: int
    unit_code: str | None
    level: Level
    solved: bool
    reasons: tuple[str, ...]
    text: dict[str, Any] | None
    """Sealed, in the form in which events carry it."""
    text_masked: str
    at: datetime
    via: str


def add_cases(db: Connection, told: Sequence[Case]) -> None:
    """Insert the cases that are not here."""
    insert_new(db, cases, [asdict(case) for case in told], "case_id")


def find_case(db: Connection, case_id: UUID) -> Case | None:
    """Return a case, unlocked."""
    return next(iter(_cases(db, select(cases).where(cases.c.case_id == case_id))), None)


def lock_case(db: Connection, case_id: UUID) -> Case | None:
    """Lock and return a case."""
    query = select(cases).where(cases.c.case_id == case_id).with_for_update()
    return next(iter(_cases(db, query)), None)


def move_case(db: Connection, case: Case) -> None:
    """Record where a locked case stands now."""
    moved = {name: value for name, value in asdict(case).items() if name != "number"}
    db.execute(update(cases).where(cases.c.case_id == case.case_id).values(moved))


def unanswered_before(db: Connection, now: datetime, limit: int) -> Sequence[Case]:
    """Lock and return invited cases whose time to answer is over, oldest first.

    Rows that another transaction holds are left out: their person is answering this moment.
    """
    invited = written_out(CaseState.INVITED)
    query = (
        select(cases)
        .where(cases.c.state == invited, cases.c.answer_by < now)
        .order_by(cases.c.answer_by)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _cases(db, query)


def withdrawn_before(db: Connection, now: datetime, limit: int) -> Sequence[Case]:
    """Lock and return withdrawn cases that nobody can take back any more, oldest first."""
    query = (
        select(cases)
        .where(cases.c.state == written_out(CaseState.WITHDRAWN), cases.c.close_from < now)
        .order_by(cases.c.close_from)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _cases(db, query)


def close_cases(db: Connection, case_ids: Sequence[UUID]) -> None:
    """Record that nobody has answered about these locked cases, or will."""
    closed = update(cases).where(cases.c.case_id.in_(case_ids))
    db.execute(closed.values(state=CaseState.CLOSED))


def add_evaluation(db: Connection, evaluation: Evaluation) -> None:
    """Insert an evaluation; a round has one."""
    row = asdict(evaluation) | {"reasons": list(evaluation.reasons)}
    db.execute(evaluations.insert().values(row))


def evaluations_of(db: Connection, case_id: UUID) -> Sequence[Evaluation]:
    """Return what the person said about a case, round by round."""
    query = select(evaluations).where(evaluations.c.case_id == case_id)
    rows = db.execute(query.order_by(evaluations.c.round)).mappings()
    return [
        Evaluation(**{**row, "level": Level(row["level"]), "reasons": tuple(row["reasons"])})
        for row in rows
    ]


def _cases(db: Connection, query: Select[Any]) -> Sequence[Case]:
    rows = db.execute(query).mappings()
    return [Case(**{**row, "state": CaseState(row["state"])}) for row in rows]
