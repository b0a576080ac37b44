"""Disputes about whose a case is, and who looks for the unit of a pooled one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.policy import CaseState, OrderState, Party
from services.dispatch.tables import arbitrations, cases, complaints, opinions, orders, searchers
from shared.complaints import shown_to
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Arbitration:
    """One dispute and how it was decided."""

    arbitration_id: UUID
    case_id: UUID
    order_id: UUID
    round: int
    returns: int
    opened_at: datetime
    decided_at: datetime | None = None
    unit_code: str | None = None
    because: str | None = None
    legal_basis: str | None = None
    waiver_masked: str | None = None
    rule_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one party says of a dispute."""

    opinion_id: UUID
    arbitration_id: UUID
    party: Party
    at: datetime
    unit_code: str | None
    because: str
    legal_basis: str


def add_arbitration(db: Connection, arbitration: Arbitration) -> None:
    """Insert an open dispute."""
    db.execute(arbitrations.insert().values(asdict(arbitration)))


def find_arbitration(db: Connection, arbitration_id: UUID) -> Arbitration | None:
    """Return a dispute; only under the lock of its case does it stay as it is."""
    mine = arbitrations.c.arbitration_id == arbitration_id
    return next(iter(_disputes(db, select(arbitrations).where(mine))), None)


def open_arbitration(db: Connection, case_id: UUID) -> Arbitration | None:
    """Return the dispute about a case that is not decided."""
    mine = (arbitrations.c.case_id == case_id, arbitrations.c.decided_at.is_(None))
    return next(iter(_disputes(db, select(arbitrations).where(*mine))), None)


def open_arbitrations(db: Connection, reader: Actor, limit: int) -> Sequence[Arbitration]:
    """Return disputes that are not decided, oldest first; none about whom they complain of."""
    still = arbitrations.c.decided_at.is_(None)
    shown = shown_to(reader, complaints, arbitrations.c.case_id)
    query = select(arbitrations).where(still, shown)
    return _disputes(db, query.order_by(arbitrations.c.opened_at).limit(limit))


def decide_arbitration(db: Connection, arbitration_id: UUID, **decided: object) -> None:
    """Write how a dispute was decided."""
    mine = arbitrations.c.arbitration_id == arbitration_id
    db.execute(update(arbitrations).where(mine).values(decided))


def put_opinion(db: Connection, opinion: Opinion) -> None:
    """Keep what a party says; what it said before is replaced."""
    row = asdict(opinion)
    said = {name: row[name] for name in ("at", "unit_code", "because", "legal_basis")}
    key = [opinions.c.arbitration_id, opinions.c.party]
    written = insert(opinions).values(row).on_conflict_do_update(index_elements=key, set_=said)
    db.execute(written)


def opinions_of(db: Connection, arbitration_id: UUID) -> Sequence[Opinion]:
    """Return what the parties said of a dispute, in the order in which they did."""
    query = select(opinions).where(opinions.c.arbitration_id == arbitration_id)
    rows = db.execute(query.order_by(opinions.c.at)).mappings()
    return [Opinion(**{**row, "party": Party(row["party"])}) for row in rows]


def returns_of_round(db: Connection, case_id: UUID, round_: int) -> Sequence[tuple[str, str]]:
    """Return which units gave a case back in a round, each with its ground."""
    c = orders.c
    mine = (c.case_id == case_id, c.round == round_, c.state == OrderState.RETURNED)
    query = select(c.unit_code, c.return_ground).where(*mine, c.return_ground.is_not(None))
    return [(row.unit_code, row.return_ground) for row in db.execute(query)]


def note_searcher(db: Connection, account: str, at: datetime) -> None:
    """Remember that an account dispatches: it may be given searches."""
    row = {"account": account, "acted_at": at}
    key = [searchers.c.account]
    written = insert(searchers).values(row)
    db.execute(written.on_conflict_do_update(index_elements=key, set_={"acted_at": at}))


def loads_of_searchers(db: Connection, since: datetime) -> Mapping[str, int]:
    """Return for each account that dispatched since then how many searches it answers for."""
    c = cases.c
    joined = searchers.outerjoin(
        cases, (c.searcher == searchers.c.account) & (c.state == CaseState.POOLED)
    )
    query = select(searchers.c.account, func.count(c.case_id)).select_from(joined)
    query = query.where(searchers.c.acted_at >= since).group_by(searchers.c.account)
    return {row.account: row[1] for row in db.execute(query)}


def own_case(db: Connection, case_id: UUID, account: str) -> None:
    """Write who answers for finding the unit of a case."""
    db.execute(update(cases).where(cases.c.case_id == case_id).values(searcher=account))


def _disputes(db: Connection, query: Select[Any]) -> Sequence[Arbitration]:
    return [Arbitration(**row) for row in db.execute(query).mappings()]
