"""The ledger of custody shared with a neighbour, how far it is compared, and what differs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.policy import Direction, OfferState
from services.dispatch.policy.ledger import Line, Move, Standing, line_of
from services.dispatch.tables import (
    cases,
    complaints,
    custody_differences,
    custody_talks,
    hand_overs,
)
from shared.complaints import shown_to
from shared.db.bulk import among
from shared.security.actor import Actor

AT_ONCE = 1000
ALL = (UUID(int=0), UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class Talk:
    """How far this node and a neighbour have talked about their ledger."""

    peer: str
    told: int
    asked_at: datetime | None
    heard: int
    heard_at: datetime | None
    compared_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An entry in which the two copies of the ledger differ."""

    peer: str
    case_id: UUID
    number: str
    differs: Sequence[str]
    epoch_here: int | None
    epoch_there: int | None
    holder_here: str | None
    holder_there: str | None
    found_at: datetime


def shares_cases(db: Connection, peer: str) -> bool:
    """Tell whether there is anything in the ledger shared with a neighbour."""
    query = select(hand_overs.c.case_id).where(hand_overs.c.peer == peer).limit(1)
    return db.scalar(query) is not None


def lines_between(
    db: Connection, ends: tuple[str, str], first: UUID, last: UUID
) -> Iterator[Line]:
    """Yield the lines of the shared ledger between two case ids, both included, by case id."""
    _, peer = ends
    below = first.int - 1
    while case_ids := _shared(db, peer, below, last):
        moves, standings = _moves(db, case_ids), _standings(db, case_ids)
        for case_id in filter(moves.__contains__, case_ids):
            yield line_of(case_id, ends, standings.get(case_id), moves[case_id])
        below = case_ids[-1].int


def lock_talk(db: Connection, peer: str) -> Talk:
    """Lock and return how far this node and a neighbour have talked."""
    row = insert(custody_talks).values(peer=peer)
    locked = row.on_conflict_do_update(
        index_elements=[custody_talks.c.peer], set_={"peer": row.excluded.peer}
    ).returning(custody_talks)
    return Talk(**db.execute(locked).mappings().one())


def find_talk(db: Connection, peer: str) -> Talk | None:
    """Return how far they have talked, unlocked."""
    query = select(custody_talks).where(custody_talks.c.peer == peer)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Talk(**row)


def change_talk(db: Connection, peer: str, **changes: object) -> None:
    """Write columns of a locked talk."""
    db.execute(update(custody_talks).where(custody_talks.c.peer == peer).values(changes))


def keep_differences(db: Connection, found: Sequence[Difference]) -> None:
    """Keep what differs; what was known before keeps the moment at which it was found."""
    for one in found:
        row = {name: getattr(one, name) for name in Difference.__dataclass_fields__}
        adding = insert(custody_differences).values(**row, cleared_at=None)
        c, new = custody_differences.c, adding.excluded
        since = func.least(c.found_at, new.found_at)
        is_open = c.cleared_at.is_(None)
        told = {name: new[name] for name in row if name not in {"peer", "case_id", "found_at"}}
        found_at = case((is_open, since), else_=new.found_at)
        changed = {**told, "found_at": found_at, "cleared_at": None}
        db.execute(adding.on_conflict_do_update(index_elements=[c.peer, c.case_id], set_=changed))


def clear_differences(
    db: Connection, peer: str, now: datetime, case_ids: Sequence[UUID] | None = None
) -> None:
    """Clear what differs no more: of these cases, or of all that are shared."""
    c = custody_differences.c
    mine = (c.peer == peer) & c.cleared_at.is_(None)
    if case_ids is not None:
        mine &= among(c.case_id, case_ids)
    db.execute(update(custody_differences).where(mine).values(cleared_at=now))


def differences(db: Connection, limit: int, reader: Actor | None = None) -> list[Difference]:
    """Return what differs now, the oldest first; without cases that complain of the reader."""
    c = custody_differences.c
    columns = [c[name] for name in Difference.__dataclass_fields__]
    query = select(*columns).where(c.cleared_at.is_(None)).order_by(c.found_at, c.case_id)
    if reader is not None:
        query = query.where(shown_to(reader, complaints, c.case_id))
    return [Difference(**row) for row in db.execute(query.limit(limit)).mappings()]


def differing_cases(db: Connection, peer: str) -> list[UUID]:
    """Return the cases in which a neighbour's copy of the ledger differs now."""
    c = custody_differences.c
    return list(db.scalars(select(c.case_id).where(c.peer == peer, c.cleared_at.is_(None))))


def count_differences(db: Connection) -> dict[str, int]:
    """Count what differs now, by neighbour."""
    c = custody_differences.c
    query = select(c.peer, func.count()).where(c.cleared_at.is_(None)).group_by(c.peer)
    return {row.peer: row[1] for row in db.execute(query)}


def _shared(db: Connection, peer: str, below: int, last: UUID) -> list[UUID]:
    c = hand_overs.c
    query = select(c.case_id).distinct().where(c.peer == peer, c.case_id <= last)
    if below >= 0:
        query = query.where(c.case_id > UUID(int=below))
    return list(db.scalars(query.order_by(c.case_id).limit(AT_ONCE)))


def _moves(db: Connection, case_ids: Sequence[UUID]) -> dict[UUID, list[Move]]:
    c = hand_overs.c
    columns = (c.hand_over_id, c.number, c.epoch, c.kind, c.direction, c.peer, c.state)
    query = select(c.case_id, *columns, c.offered_at, c.answered_at)
    found: defaultdict[UUID, list[Move]] = defaultdict(list)
    for row in db.execute(query.where(among(c.case_id, case_ids))).mappings():
        told: dict[str, Any] = {**row, "direction": Direction(row["direction"])}
        told["state"] = OfferState(row["state"])
        found[told.pop("case_id")].append(Move(**told))
    return found


def _standings(db: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    query = select(cases.c.case_id, cases.c.epoch, cases.c.here)
    rows = db.execute(query.where(among(cases.c.case_id, case_ids)))
    return {row.case_id: Standing(row.epoch, row.here) for row in rows}
