"""Who looked at persons or searched for them, as the audit tells it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    distinct,
    func,
    or_,
    select,
)

from services.intake.policy.looks import DAY, HOUR, Counted
from services.intake.tables import CORRECT, LOOKS, READ, REDACT, SEARCH, plumbing
from shared.audit import AuditOutcome

LOCK = 0x0B57_0005
MOST_LOOKERS = 200
_audit = plumbing.audit.c
_LOOK = case((_audit.action == READ, _audit.object_id), else_=cast(_audit.id, Text))
"""What is one look: the files of a case are, however many of them and their pictures are shown."""


@dataclass(frozen=True, slots=True)
class Looker:
    """What one account did in the last hour and the last day."""

    login: str
    name: str
    looks_hour: int
    looks_day: int
    searches_day: int
    refused_day: int
    last_at: datetime


def count_looks(db: Connection, actor_id: str, actions: Collection[str], now: datetime) -> Counted:
    """Count what an account did, and let it do nothing else at the same time."""
    # Two requests of one moment would each find the last place free.
    db.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(actor_id))))
    in_hour = _audit.at > now - HOUR
    query = select(
        func.count(distinct(_LOOK)).filter(in_hour),
        func.min(_audit.at).filter(in_hour),
        func.count(distinct(_LOOK)),
        func.min(_audit.at),
    ).where(_looks(now), _audit.actor_id == actor_id, _audit.action.in_(actions), _counts())
    return Counted(*db.execute(query).one())


def has_read_files(db: Connection, actor_id: str, number: str, now: datetime) -> bool:
    """Tell whether an account saw files of a case within the hour: that look is counted."""
    mine = (_audit.actor_id == actor_id, _audit.object_id == number, _audit.at > now - HOUR)
    query = select(_audit.id).where(_looks(now), _audit.action == READ, *mine, _done())
    return db.scalar(query.limit(1)) is not None


def has_opened(db: Connection, actor_id: str, number: str, digest: str, now: datetime) -> bool:
    """Tell whether an account opened this file of a case, or made it, within the hour."""
    mine = (_audit.actor_id == actor_id, _audit.object_id == number, _audit.at > now - HOUR)
    seen = (_audit.action.in_((READ, REDACT)), _audit.after == digest)
    return db.scalar(select(_audit.id).where(*mine, *seen, _done()).limit(1)) is not None


def lookers(db: Connection, now: datetime) -> Sequence[Looker]:
    """Return who looked or searched within a day; who did it most stands first."""
    looked, hour = _audit.action != SEARCH, _audit.at > now - HOUR
    looks_day = func.count(distinct(_LOOK)).filter(looked, _counts())
    query = (
        select(
            _audit.actor_id,
            func.max(_audit.actor_name),
            func.count(distinct(_LOOK)).filter(looked, hour, _counts()),
            looks_day,
            func.count().filter(~looked, _done()),
            func.count().filter(~_done()),
            func.max(_audit.at),
        )
        .where(_looks(now))
        .group_by(_audit.actor_id)
        .order_by(looks_day.desc(), _audit.actor_id)
        .limit(MOST_LOOKERS)
    )
    return [Looker(*row) for row in db.execute(query)]


def _looks(now: datetime) -> ColumnElement[bool]:
    return and_(_audit.action.in_(LOOKS), _audit.at > now - DAY)


def _counts() -> ColumnElement[bool]:
    # That a correction would correct nothing tells what is kept.
    return or_(_done(), _audit.action == CORRECT)


def _done() -> ColumnElement[bool]:
    return _audit.outcome == AuditOutcome.DONE.value
