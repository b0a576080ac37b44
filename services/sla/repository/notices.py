"""The notices of the working calendar, each a version, also those that never counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.sla.policy.hours import WorkingHours
from services.sla.policy.issued import OPEN, IssuedNotice, NamedDay, NoticeState
from services.sla.policy.scopes import Scope, WeekRow
from services.sla.tables import notices

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did a step, and when."""

    by: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice as it is kept."""

    notice_id: UUID
    issued: IssuedNotice
    digest: str
    source: str
    from_node: str | None
    state: NoticeState
    drafted: Hand
    reviewed: Hand | None = None
    signed: Hand | None = None
    ended: Hand | None = None
    reason: str | None = None
    told_at: datetime | None = None


def add_notice(db: Connection, kept: KeptNotice) -> bool:
    """Add a notice; False if one with the same days waits for a decision already."""
    issued = kept.issued
    row = {
        "notice_id": kept.notice_id,
        "year": issued.year,
        "title": issued.title,
        "number": issued.number,
        "issued_on": issued.issued_on,
        "days": [_day_as_kept(each) for each in issued.days],
        "region": issued.scope.region,
        "unit_code": issued.scope.unit,
        "weeks": [_week_as_kept(row) for row in issued.weeks],
        "digest": kept.digest,
        "source": kept.source,
        "from_node": kept.from_node,
        "state": kept.state,
        **_hand("drafted", kept.drafted),
    }
    adding = insert(notices).values(row).on_conflict_do_nothing()
    return db.scalar(adding.returning(notices.c.notice_id)) is not None


def lock_notice(db: Connection, notice_id: UUID) -> KeptNotice | None:
    """Return a notice and hold its row until the commit."""
    query = select(notices).where(notices.c.notice_id == notice_id).with_for_update()
    return next(iter(_kept(db, query)), None)


def notice_of(db: Connection, notice_id: UUID) -> KeptNotice | None:
    """Return a notice."""
    return next(iter(_kept(db, select(notices).where(notices.c.notice_id == notice_id))), None)


def all_notices(db: Connection) -> Sequence[KeptNotice]:
    """Return the notices, the newest first."""
    newest = select(notices).order_by(notices.c.drafted_at.desc(), notices.c.notice_id.desc())
    return _kept(db, newest.limit(MOST_SHOWN))


def signed_notices(db: Connection) -> Sequence[KeptNotice]:
    """Return the notices that count, by year."""
    query = select(notices).where(notices.c.state == NoticeState.SIGNED)
    return _kept(db, query.order_by(notices.c.year, notices.c.region, notices.c.unit_code))


def signed_in_place_of(db: Connection, issued: IssuedNotice) -> KeptNotice | None:
    """Return what counts for the year and scope of a notice; None for the package's or nothing."""
    query = select(notices).where(notices.c.state == NoticeState.SIGNED, *_same_place(issued))
    return next(iter(_kept(db, query)), None)


def open_notice(db: Connection, digest: str) -> KeptNotice | None:
    """Return the notice with these days about which something is still to be decided."""
    query = select(notices).where(notices.c.digest == digest, notices.c.state.in_(OPEN))
    return next(iter(_kept(db, query)), None)


def is_known(db: Connection, digest: str) -> bool:
    """Tell whether a notice with these days counts here, waits for a decision or was rejected.

    One that was replaced is known as long as what replaced it is a notice of this node.
    """
    decided = notices.c.from_node.is_not(None) & (notices.c.state == NoticeState.REJECTED)
    standing = notices.c.state.in_((NoticeState.SIGNED, *OPEN))
    mine = notices.alias("mine")
    replaced = (notices.c.state == NoticeState.REPLACED) & exists().where(
        mine.c.year == notices.c.year,
        mine.c.region == notices.c.region,
        mine.c.unit_code == notices.c.unit_code,
        mine.c.state == NoticeState.SIGNED,
        mine.c.from_node.is_(None),
    )
    query = select(notices.c.notice_id).where(notices.c.digest == digest)
    return db.scalar(query.where(or_(decided, standing, replaced)).limit(1)) is not None


def step_notice(db: Connection, notice_id: UUID, state: NoticeState, **written: Any) -> None:
    """Write a step of a notice: `reviewed`, `signed` or `ended` take a hand."""
    values: dict[str, Any] = {"state": state}
    for name, value in written.items():
        values |= _hand(name, value) if isinstance(value, Hand) else {name: value}
    db.execute(update(notices).where(notices.c.notice_id == notice_id).values(values))


def replace_arrivals(db: Connection, kept: KeptNotice, hand: Hand) -> None:
    """End what the same tier above had sent for the same year and scope, if nobody signed it."""
    earlier = (
        (notices.c.state == NoticeState.ARRIVED)
        & (notices.c.from_node == kept.from_node)
        & (notices.c.notice_id != kept.notice_id)
    )
    values = {"state": NoticeState.REPLACED, **_hand("ended", hand)}
    db.execute(update(notices).where(earlier, *_same_place(kept.issued)).values(values))


def untold_notices(
    db: Connection, since: date, before: datetime, limit: int
) -> Sequence[KeptNotice]:
    """Lock and return own signed notices from this year on that were told below long ago.

    Those with weeks hold until further notice, whatever year they are of.
    """
    holds = (notices.c.year >= since.year) | (func.jsonb_array_length(notices.c.weeks) > 0)
    is_due = notices.c.told_at.is_(None) | (notices.c.told_at < before)
    query = (
        select(notices)
        .where(notices.c.state == NoticeState.SIGNED, notices.c.from_node.is_(None), is_due)
        .where(holds)
        .order_by(notices.c.year)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _kept(db, query)


def note_told(db: Connection, notice_id: UUID, at: datetime) -> None:
    """Write when the tiers below were told of a notice."""
    db.execute(update(notices).where(notices.c.notice_id == notice_id).values(told_at=at))


def _kept(db: Connection, query: Select[Any]) -> list[KeptNotice]:
    return [_of(dict(row._mapping)) for row in db.execute(query)]


def _of(row: dict[str, Any]) -> KeptNotice:
    days = tuple(_day_kept(*each) for each in row["days"])
    head = (row["year"], row["title"], row["number"], row["issued_on"])
    weeks = tuple(_week_kept(*each) for each in row["weeks"])
    issued = IssuedNotice(*head, days, Scope(row["region"], row["unit_code"]), weeks)
    drafted = Hand(row["drafted_by"], row["drafted_name"], row["drafted_at"])
    return KeptNotice(
        notice_id=row["notice_id"],
        issued=issued,
        digest=row["digest"],
        source=row["source"],
        from_node=row["from_node"],
        state=NoticeState(row["state"]),
        drafted=drafted,
        reviewed=_hand_in(row, "reviewed"),
        signed=_hand_in(row, "signed"),
        ended=_hand_in(row, "ended"),
        reason=row["reason"],
        told_at=row["told_at"],
    )


def _same_place(issued: IssuedNotice) -> tuple[ColumnElement[bool], ...]:
    return (
        notices.c.year == issued.year,
        notices.c.region == issued.scope.region,
        notices.c.unit_code == issued.scope.unit,
    )


def _day_as_kept(told: NamedDay) -> list[Any]:
    kept = [told.day.isoformat(), told.name, told.off]
    return [*kept, str(told.hours)] if told.hours else kept


def _day_kept(day: str, name: str, off: bool, hours: str = "") -> NamedDay:
    return NamedDay(date.fromisoformat(day), name, off, WorkingHours.of(hours))


def _week_as_kept(row: WeekRow) -> list[Any]:
    until = row.until.isoformat() if row.until else None
    return [list(row.weekdays), str(row.hours or ""), row.since.isoformat(), until]


def _week_kept(weekdays: list[int], hours: str, since: str, until: str | None) -> WeekRow:
    ends = date.fromisoformat(until) if until else None
    return WeekRow(tuple(weekdays), WorkingHours.of(hours), date.fromisoformat(since), ends)


def _hand(step: str, hand: Hand) -> dict[str, Any]:
    return {f"{step}_by": hand.by, f"{step}_name": hand.name, f"{step}_at": hand.at}


def _hand_in(row: dict[str, Any], step: str) -> Hand | None:
    by = row[f"{step}_by"]
    return None if by is None else Hand(by, row[f"{step}_name"], row[f"{step}_at"])
