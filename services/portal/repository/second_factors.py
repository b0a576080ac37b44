"""Second factors, sealed, and the recovery codes beside them, hashed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.portal.tables import recovery_codes, second_factors


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """What an account shows besides its password; `offered` is one that is not confirmed yet."""

    login: str
    sealed: bytes | None
    confirmed_at: datetime | None
    last_step: int | None
    offered: bytes | None
    offered_at: datetime | None


def second_factor_of(db: Connection, login: str) -> SecondFactor | None:
    """Return what is kept of an account's second factor, confirmed or not."""
    row = db.execute(select(second_factors).where(second_factors.c.login == login)).one_or_none()
    return None if row is None else SecondFactor(**row._asdict())


def enrolled_logins(db: Connection) -> set[str]:
    """Return who has a second factor."""
    query = select(second_factors.c.login).where(second_factors.c.sealed.is_not(None))
    return set(db.scalars(query))


def offer_second_factor(db: Connection, login: str, sealed: bytes, now: datetime) -> None:
    """Keep a secret that its owner still has to confirm; the present one holds meanwhile."""
    row = {"offered": sealed, "offered_at": now}
    writing = insert(second_factors).values(row | {"login": login})
    db.execute(writing.on_conflict_do_update(index_elements=[second_factors.c.login], set_=row))


def confirm_second_factor(db: Connection, login: str, step: int, now: datetime) -> None:
    """Put the offered secret in the place of the present one; this step's code is used up."""
    offered = second_factors.c.offered
    row = {"confirmed_at": now, "last_step": step, "offered": None, "offered_at": None}
    changing = update(second_factors).where(second_factors.c.login == login)
    db.execute(changing.values({"sealed": offered, **row}))


def use_step(db: Connection, login: str, step: int) -> bool:
    """Use up the code of a step; False if it or a later one was used before."""
    last = second_factors.c.last_step
    using = update(second_factors).where(second_factors.c.login == login)
    fresh = using.where(or_(last.is_(None), last < step)).values(last_step=step)
    return db.execute(fresh).rowcount == 1


def forget_second_factor(db: Connection, login: str) -> None:
    """Take a second factor and its recovery codes away."""
    db.execute(delete(second_factors).where(second_factors.c.login == login))
    db.execute(delete(recovery_codes).where(recovery_codes.c.login == login))


def write_recovery_codes(db: Connection, login: str, hashes: Collection[str]) -> None:
    """Put these recovery codes in the place of those before."""
    db.execute(delete(recovery_codes).where(recovery_codes.c.login == login))
    db.execute(recovery_codes.insert(), [{"login": login, "code_hash": each} for each in hashes])


def use_recovery_code(db: Connection, login: str, code_hash: str) -> bool:
    """Use up a recovery code; False if there is no such one any more."""
    codes = recovery_codes.c
    using = delete(recovery_codes).where(codes.login == login, codes.code_hash == code_hash)
    return db.execute(using).rowcount == 1


def recovery_codes_left(db: Connection, login: str) -> int:
    """Count the recovery codes that are left."""
    left = select(func.count()).where(recovery_codes.c.login == login)
    return db.scalar(left) or 0
