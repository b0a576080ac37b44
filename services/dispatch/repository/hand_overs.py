"""Offers of custody, made and heard."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, update

from services.dispatch.policy import Custody, Direction, HandOverKind, OfferState
from services.dispatch.repository.cases import Case
from services.dispatch.tables import complaints, hand_overs
from shared.complaints import shown_to
from shared.db import written_out
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One offer of custody and what became of it."""

    hand_over_id: UUID
    case_id: UUID
    number: str
    epoch: int
    round: int
    kind: HandOverKind
    direction: Direction
    peer: str
    state: OfferState
    because: str
    ground: str | None = None
    legal_basis: str | None = None
    note_masked: str | None = None
    offered_at: datetime
    withdrawn_at: datetime | None = None
    answered_at: datetime | None = None
    told: Mapping[str, Any]
    """The offer as it was said."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which offers a list shows; None is all."""

    direction: Direction | None = None
    state: OfferState | None = None
    case_id: UUID | None = None
    before: UUID | None = None
    """Only offers older than this one."""
    reader: Actor | None = None
    """Who asks: no offers of cases that complain of them; None for one who may see all."""


def add_hand_over(db: Connection, hand_over: HandOver) -> None:
    """Insert an offer."""
    db.execute(hand_overs.insert().values(asdict(hand_over)))


def find_hand_over(db: Connection, hand_over_id: UUID) -> HandOver | None:
    """Return an offer as it stands; only under the lock of its case, or its own, it stays so."""
    return next(iter(_read(db, _by_id(hand_over_id))), None)


def lock_hand_over(db: Connection, hand_over_id: UUID) -> HandOver | None:
    """Lock and return an offer; the lock of its case, where there is one, comes before."""
    return next(iter(_read(db, _by_id(hand_over_id).with_for_update())), None)


def change_hand_over(db: Connection, hand_over_id: UUID, **changes: object) -> None:
    """Write the columns that an answer changed."""
    mine = hand_overs.c.hand_over_id == hand_over_id
    db.execute(update(hand_overs).where(mine).values(changes))


def open_offer(db: Connection, case_id: UUID) -> HandOver | None:
    """Return the offer that this node has made of a case and that nobody has answered."""
    mine = hand_overs.c.direction == Direction.OUT
    is_open = hand_overs.c.state == OfferState.OPEN
    query = select(hand_overs).where(hand_overs.c.case_id == case_id, mine, is_open)
    return next(iter(_read(db, query)), None)


def open_offers_to_us(db: Connection, case_id: UUID) -> Sequence[HandOver]:
    """Return the offers of a case that this node has not answered."""
    theirs = hand_overs.c.direction == Direction.IN
    is_open = hand_overs.c.state == OfferState.OPEN
    return _read(db, select(hand_overs).where(hand_overs.c.case_id == case_id, theirs, is_open))


def lock_offers_to_us(db: Connection, case_id: UUID) -> Sequence[HandOver]:
    """Lock the offers of a case that this node has not answered, and return those it still has."""
    theirs = (hand_overs.c.case_id == case_id, hand_overs.c.direction == Direction.IN)
    is_open = hand_overs.c.state == OfferState.OPEN
    query = select(hand_overs).where(*theirs, is_open).order_by(hand_overs.c.hand_over_id)
    return _read(db, query.with_for_update())


def custody_of(db: Connection, case_id: UUID, case: Case | None) -> Custody:
    """Return how custody of a case looks from here; `case` is its locked row, if there is one."""
    answered = hand_overs.c.state != OfferState.OPEN
    query = select(func.max(hand_overs.c.epoch))
    highest = db.scalar(query.where(hand_overs.c.case_id == case_id, answered)) or 0
    offer = open_offer(db, case_id)
    return Custody(
        here=case is not None and case.here,
        epoch=max(highest, case.epoch if case else 0),
        offered=offer.epoch if offer else None,
        offered_to=offer.peer if offer else None,
    )


def hand_overs_like(db: Connection, wanted: Wanted, limit: int) -> Sequence[HandOver]:
    """Return offers, the newest first."""
    query = select(hand_overs).order_by(hand_overs.c.hand_over_id.desc()).limit(limit)
    if wanted.direction is not None:
        query = query.where(hand_overs.c.direction == written_out(wanted.direction))
    if wanted.state is not None:
        query = query.where(hand_overs.c.state == written_out(wanted.state))
    if wanted.case_id is not None:
        query = query.where(hand_overs.c.case_id == wanted.case_id)
    if wanted.before is not None:
        query = query.where(hand_overs.c.hand_over_id < wanted.before)
    if wanted.reader is not None:
        query = query.where(shown_to(wanted.reader, complaints, hand_overs.c.case_id))
    return _read(db, query)


def _by_id(hand_over_id: UUID) -> Select[Any]:
    return select(hand_overs).where(hand_overs.c.hand_over_id == hand_over_id)


def _read(db: Connection, query: Select[Any]) -> Sequence[HandOver]:
    return [
        HandOver(
            **{
                **row,
                "kind": HandOverKind(row["kind"]),
                "direction": Direction(row["direction"]),
                "state": OfferState(row["state"]),
            }
        )
        for row in db.execute(query).mappings()
    ]
