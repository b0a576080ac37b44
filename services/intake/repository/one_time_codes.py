"""Askings for a one-time code, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    Update,
    any_,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)

from services.intake.policy.lost_codes import Ask
from services.intake.tables import cases, one_time_codes
from shared.db.bulk import among


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsk:
    """Somebody asks, with a telephone and perhaps a number."""

    id: UUID
    number: str | None
    phone_hash: str
    earlier_hash: str | None
    """Under the key of the index before, while that is still in use."""
    asked_at: datetime
    expires_at: datetime

    @property
    def phone_hashes(self) -> Sequence[str]:
        """Every hash under which a case of this telephone may stand."""
        return [each for each in (self.phone_hash, self.earlier_hash) if each is not None]


@dataclass(frozen=True, slots=True)
class Tried:
    """An asking as it stands when its code is tried; locked."""

    ask: Ask
    phone_hash: str
    code_hash: str | None
    """None where nothing matched: no code is right."""
    case_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """A case that a pass opens, and for whom: by serial, None for whose its query code is."""

    case_id: UUID
    serial: int | None


def add_ask(db: Connection, ask: NewAsk) -> None:
    """Insert an asking that nobody has looked at."""
    row = {name: getattr(ask, name) for name in NewAsk.__slots__}
    db.execute(one_time_codes.insert().values(row | {"tries": 0}))


def take_new_asks(db: Connection, limit: int) -> Sequence[NewAsk]:
    """Lock and return askings at which nobody has looked, the oldest first."""
    columns = [one_time_codes.c[name] for name in NewAsk.__slots__]
    query = (
        select(*columns)
        .where(one_time_codes.c.looked_up_at.is_(None))
        .order_by(one_time_codes.c.asked_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [NewAsk(**row._asdict()) for row in db.execute(query)]


def mark_looked_up(db: Connection, ask_id: UUID, changed: dict[str, Any]) -> None:
    """Record what was found for an asking: `looked_up_at`, perhaps `code_hash` and cases."""
    db.execute(update(one_time_codes).where(one_time_codes.c.id == ask_id).values(changed))


def ask_of(db: Connection, ask_id: UUID) -> Tried | None:
    """Lock and return an asking."""
    query = select(one_time_codes).where(one_time_codes.c.id == ask_id).with_for_update()
    row = db.execute(query).one_or_none()
    if row is None:
        return None
    ask = Ask(row.expires_at, row.tries, row.used_at)
    return Tried(ask, row.phone_hash, row.code_hash, _opened_by(row))


def count_try(db: Connection, ask_id: UUID) -> None:
    """Count one more try of a code."""
    tries = one_time_codes.c.tries + 1
    db.execute(update(one_time_codes).where(one_time_codes.c.id == ask_id).values(tries=tries))


def use_up(db: Connection, phone_hash: str, now: datetime) -> None:
    """End every code that this telephone was sent."""
    mine = (one_time_codes.c.phone_hash == phone_hash, one_time_codes.c.used_at.is_(None))
    recent = one_time_codes.c.expires_at > now
    db.execute(update(one_time_codes).where(*mine, recent).values(used_at=now))


def give_pass(db: Connection, ask_id: UUID, pass_hash: str, until: datetime) -> None:
    """Let a pass open the cases of an asking."""
    giving = update(one_time_codes).where(one_time_codes.c.id == ask_id)
    db.execute(giving.values(pass_hash=pass_hash, pass_until=until))


def case_of_pass(db: Connection, pass_hash: str, number: str, now: datetime) -> Passed | None:
    """Return the case of this number, if a pass opens it now."""
    holds = (one_time_codes.c.pass_hash == pass_hash, one_time_codes.c.pass_until > now)
    named = cast(cases.c.case_id, Text)
    opens = or_(
        cases.c.case_id == one_time_codes.c.case_ids.any_(), one_time_codes.c.beside.has_key(named)
    )
    query = (
        select(cases.c.case_id, one_time_codes.c.beside[named].as_integer())
        .join(one_time_codes, opens)
        .where(*holds, cases.c.number == number, cases.c.query_code_hash.is_not(None))
    )
    row = db.execute(query).one_or_none()
    return None if row is None else Passed(*row)


def numbers_of(db: Connection, case_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the numbers of cases by id, the latest first."""
    query = select(cases.c.case_id, cases.c.number).where(among(cases.c.case_id, case_ids))
    found = db.execute(query.order_by(cases.c.registered_at.desc()))
    return {row.case_id: row.number for row in found}


def forget_asks_of(db: Connection, case_id: UUID) -> None:
    """Let no code and no pass that was sent to a telephone open a case any more."""
    opens = any_(one_time_codes.c.case_ids) == case_id
    others = func.array_remove(one_time_codes.c.case_ids, case_id)
    db.execute(update(one_time_codes).where(opens).values(case_ids=others))
    db.execute(_forgetting(case_id, one_time_codes.c.beside.has_key(str(case_id))))


def forget_asks_of_one(db: Connection, case_id: UUID, serial: int) -> None:
    """The same, where the telephone is of one who has a code of their own."""
    mine = one_time_codes.c.beside[str(case_id)].as_integer() == serial
    db.execute(_forgetting(case_id, mine))


def forget_asks_before(db: Connection, moment: datetime) -> int:
    """Delete the askings from before `moment`; return how many."""
    return db.execute(delete(one_time_codes).where(one_time_codes.c.asked_at < moment)).rowcount


def forget_asks_opening(db: Connection, case_id: UUID) -> None:
    """Delete the askings whose code opens a case, for whomever."""
    beside = one_time_codes.c.beside.has_key(str(case_id))
    opens = or_(any_(one_time_codes.c.case_ids) == case_id, beside)
    db.execute(delete(one_time_codes).where(opens))


def _forgetting(case_id: UUID, where: ColumnElement[bool]) -> Update:
    others = one_time_codes.c.beside.op("-")(str(case_id))
    return update(one_time_codes).where(where).values(beside=others)


def _opened_by(row: Any) -> tuple[UUID, ...]:
    return (*(row.case_ids or ()), *map(UUID, row.beside or ()))
