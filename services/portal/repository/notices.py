"""Notices to staff, and who is on duty to be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    cast,
    delete,
    func,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, array, insert

from services.portal.policy.notices import Member
from services.portal.tables import accounts, live, notices, unit_duty
from shared.complaints import means
from shared.db.bulk import Row, among
from shared.security.actor import Actor

_case = live.cases.c
MOST_COUNTED = 100
"""The desk says 99+ beyond."""


@dataclass(frozen=True, slots=True)
class About:
    """What of a case a notice depends on."""

    number: str | None
    units: frozenset[str]
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty at a unit now, and whether it has a telephone that rings."""

    crews: Sequence[Sequence[str]]
    has_phone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as its account reads it."""

    notice_id: UUID
    kind: str
    case_id: UUID | None
    number: str | None
    unit_name: str | None
    about_at: datetime | None
    ref: UUID | None
    told_at: datetime
    read_at: datetime | None


def about(db: Connection, cases: Collection[UUID]) -> dict[UUID, About]:
    """Return the numbers of cases, and of whom they complain."""
    if not cases:
        return {}
    columns = (_case.case_id, _case.number, _case.complained_units, _case.complained_persons)
    query = select(*columns).where(among(_case.case_id, sorted(cases)))
    return {
        case_id: About(number, frozenset(units or ()), frozenset(persons or ()))
        for case_id, number, units, persons in db.execute(query)
    }


def leads(db: Connection, orders: Collection[UUID]) -> dict[UUID, str]:
    """Return whose these orders are."""
    c = live.orders.c
    query = select(c.order_id, c.unit_code).where(among(c.order_id, sorted(orders)))
    return {order: unit for order, unit in db.execute(query) if unit is not None}


def holding(db: Connection, cases: Collection[UUID]) -> dict[UUID, tuple[str | None, str | None]]:
    """Return by case the unit that has it, and the account that looks for one."""
    columns = (_case.case_id, _case.unit_code, _case.searcher)
    query = select(*columns).where(among(_case.case_id, sorted(cases)))
    return {case_id: (unit, searcher) for case_id, unit, searcher in db.execute(query)}


def parents(db: Connection) -> dict[str, str | None]:
    """Return what each unit stands below."""
    query = select(live.units.c.code, live.units.c.parent)
    return dict(db.execute(query).all())


def members(db: Connection, roles: Collection[str]) -> list[tuple[Member, str]]:
    """Return the accounts in use that have one of these roles, each with its name."""
    wanted = accounts.c.roles.overlap(cast(array(sorted(roles)), ARRAY(Text)))
    return _members(db, accounts.c.active & wanted)


def members_named(db: Connection, logins: Collection[str]) -> list[tuple[Member, str]]:
    """Return these accounts, each with its name."""
    return _members(db, accounts.c.login.in_(sorted(logins)))


def _members(db: Connection, wanted: ColumnElement[bool]) -> list[tuple[Member, str]]:
    c = accounts.c
    query = select(c.login, c.name, c.unit_code, c.roles).where(wanted).order_by(c.login)
    return [
        (Member(login=login, unit=unit, roles=frozenset(roles)), name)
        for login, name, unit, roles in db.execute(query)
    ]


def duty(db: Connection) -> dict[str, Duty]:
    """Return who is on duty, by unit."""
    rows = db.execute(select(unit_duty))
    return {row.unit_code: Duty(row.crews, row.has_phone) for row in rows}


def put_duty(db: Connection, unit: str, told: Mapping[str, object]) -> None:
    """Keep the crews of a unit, or that it has a telephone."""
    keeping = insert(unit_duty).values(unit_code=unit, **told)
    db.execute(keeping.on_conflict_do_update(index_elements=["unit_code"], set_=told))


def add(db: Connection, rows: Sequence[Row]) -> None:
    """Insert notices; of one fact an account has one."""
    if rows:
        db.execute(insert(notices).on_conflict_do_nothing(), list(rows))


def inbox(
    db: Connection, reader: Actor, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Notice]:
    """Return the notices of an account, the latest first; none about whom a case complains of."""
    n = notices.c
    query = _of(reader)
    if before is not None:
        query = query.where(tuple_(n.told_at, n.notice_id) < before)
    ordered = query.order_by(n.told_at.desc(), n.notice_id.desc()).limit(limit)
    return [Notice(**row) for row in db.execute(ordered).mappings()]


def notice_of(db: Connection, reader: Actor, notice_id: UUID) -> Notice | None:
    """Return one notice of an account."""
    query = _of(reader).where(notices.c.notice_id == notice_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Notice(**row)


def _of(reader: Actor) -> Select[Any]:
    shown = [notices.c[name] for name in Notice.__dataclass_fields__ if name != "number"]
    query = select(*shown, _case.number)
    query = query.outerjoin(live.cases, _case.case_id == notices.c.case_id)
    query = query.where(notices.c.login == reader.id)
    meant = means(reader, _case.complained_units, _case.complained_persons)
    return query if meant is None else query.where(meant.is_not(true()))


def read(
    db: Connection, login: str, ids: Collection[UUID] | None, until: datetime | None, now: datetime
) -> int:
    """Mark these notices of an account as read, or all told until a moment; return how many."""
    n = notices.c
    mine = [n.login == login, n.read_at.is_(None)]
    mine += [] if ids is None else [among(n.notice_id, sorted(ids))]
    mine += [] if until is None else [n.told_at <= until]
    return db.execute(update(notices).where(*mine).values(read_at=now)).rowcount


def unread(db: Connection, login: str) -> int:
    """Count what an account has not read, as far as anybody counts."""
    few = select(notices.c.notice_id).where(notices.c.login == login, notices.c.read_at.is_(None))
    counted = select(func.count()).select_from(few.limit(MOST_COUNTED).subquery())
    return db.scalar(counted) or 0


def forget_of_cases(db: Connection, cases: Collection[UUID]) -> None:
    """Delete every notice about these cases."""
    db.execute(delete(notices).where(among(notices.c.case_id, sorted(cases))))


def forget_of(db: Connection, case_id: UUID, logins: Collection[str]) -> None:
    """Delete what these accounts were told about a case."""
    mine = (notices.c.case_id == case_id, notices.c.login.in_(sorted(logins)))
    db.execute(delete(notices).where(*mine))


def told_about(db: Connection, case_id: UUID) -> set[str]:
    """Return the accounts that were told something about a case."""
    return set(db.scalars(select(notices.c.login).where(notices.c.case_id == case_id)))


def forget_before(db: Connection, moment: datetime, limit: int) -> int:
    """Delete notices that were told before a moment, some at a time; return how many."""
    n = notices.c
    old = select(n.notice_id, n.login).where(n.told_at < moment).limit(limit)
    return db.execute(delete(notices).where(tuple_(n.notice_id, n.login).in_(old))).rowcount
