"""Cases as dispatch sees them: accepted, held by a unit or waiting in the pool, finished."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from services.dispatch.policy import OPEN_STATES, CaseState, PoolReason
from services.dispatch.tables import cases, hand_overs, orders
from shared.db.bulk import insert_new
from shared.security.erasing import ERASED


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case of this node; `unit_code` holds it, or held it last."""

    case_id: UUID
    number: str
    region: str
    item_code: str | None
    item_name: str | None = None
    complexity: str
    title_masked: str
    text_masked: str
    round: int
    state: CaseState
    pool_reason: PoolReason | None
    unit_code: str | None
    accepted_at: datetime
    epoch: int = 0
    here: bool = True
    origin: str | None = None
    came_from: str | None = None
    result_from: str | None = None
    amendment: int = 0
    """The last correction that is in it."""
    searcher: str | None = None
    """The account that answers for finding its unit, while it is pooled."""
    pooled_at: datetime | None = None
    """Since when it waits for a dispatcher, or waited last; None where nobody kept it."""
    channel: str | None = None
    demand: str | None = None
    party: str | None = None
    """Who reported: `person` or `enterprise`; None if nobody told."""
    joined_to: UUID | None = None
    """The case whose answer it gets."""
    reclassified_at: datetime | None = None
    """When its complexity was put right."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a case is about, masked, as a correction tells it."""

    case_id: UUID
    amendment: int
    title_masked: str
    text_masked: str


def add_cases(db: Connection, told: Sequence[Case]) -> set[UUID]:
    """Insert cases; return those that were new."""
    return insert_new(db, cases, [asdict(case) for case in told], "case_id")


def lock_case(db: Connection, case_id: UUID) -> Case | None:
    """Lock and return a case."""
    query = select(cases).where(cases.c.case_id == case_id).with_for_update()
    return next(iter(_read(db, query)), None)


def lock_cases(db: Connection, case_ids: Collection[UUID]) -> None:
    """Lock cases in one order, whoever else locks some of them."""
    c = cases.c.case_id
    query = select(c).where(c.in_(sorted(case_ids))).order_by(c).with_for_update()
    db.execute(query).all()


def note_pooled(db: Connection, case_id: UUID, at: datetime) -> None:
    """Write since when a case waits."""
    db.execute(update(cases).where(cases.c.case_id == case_id).values(pooled_at=at))


def cases_by_id(db: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Return cases, unlocked."""
    found = _read(db, select(cases).where(cases.c.case_id.in_(case_ids)))
    return {case.case_id: case for case in found}


def joined_cases(db: Connection, lead_id: UUID) -> Sequence[Case]:
    """Lock and return the cases that wait for the answer of one, in the order of their ids."""
    mine = (cases.c.joined_to == lead_id, cases.c.state == CaseState.JOINED)
    return _read(db, select(cases).where(*mine).order_by(cases.c.case_id).with_for_update())


def has_joined(db: Connection, lead_id: UUID) -> bool:
    """Tell whether cases wait for the answer of one."""
    mine = (cases.c.joined_to == lead_id, cases.c.state == CaseState.JOINED)
    return db.scalar(select(select(cases.c.case_id).where(*mine).exists())) or False


def move_case(db: Connection, case: Case) -> None:
    """Record where a locked case stands now: round, state, reason, unit, custody, search."""
    moved = {
        "round": case.round,
        "state": case.state,
        "pool_reason": case.pool_reason,
        "unit_code": case.unit_code,
        "epoch": case.epoch,
        "here": case.here,
        "came_from": case.came_from,
        "result_from": case.result_from,
        "searcher": case.searcher,
        "joined_to": case.joined_to,
    }
    db.execute(update(cases).where(cases.c.case_id == case.case_id).values(moved))


def reclassify_case(db: Connection, case: Case) -> None:
    """Write how much work a locked case is, with its orders that somebody works on."""
    mine = update(cases).where(cases.c.case_id == case.case_id)
    told = {"complexity": case.complexity, "reclassified_at": case.reclassified_at}
    db.execute(mine.values(told))
    still = orders.c.state.in_(sorted(OPEN_STATES))
    owed = update(orders).where(orders.c.case_id == case.case_id, still)
    db.execute(owed.values(complexity=case.complexity))


def amend_told(db: Connection, told: Words) -> None:
    """Correct what is shown of a case and of offers of it, unless a later correction is there.

    What was erased stays erased.
    """
    c, h = cases.c, hand_overs.c
    words = {"title_masked": told.title_masked, "text_masked": told.text_masked}
    mine = (c.case_id == told.case_id, c.amendment < told.amendment, c.title_masked != ERASED)
    db.execute(update(cases).where(*mine).values(**words, amendment=told.amendment))
    count = func.coalesce(h.told["amendment"].as_integer(), 0)
    offers = (
        h.case_id == told.case_id,
        count < told.amendment,
        h.told["title_masked"].as_string() != ERASED,
    )
    shown = cast({**words, "amendment": told.amendment}, JSONB)
    db.execute(update(hand_overs).where(*offers).values(told=h.told.op("||")(shown)))


def _read(db: Connection, query: Select[Any]) -> Sequence[Case]:
    return [
        Case(
            **{
                **row,
                "state": CaseState(row["state"]),
                "pool_reason": PoolReason(row["pool_reason"]) if row["pool_reason"] else None,
            }
        )
        for row in db.execute(query).mappings()
    ]
