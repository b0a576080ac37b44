"""Somebody shows a number and a query code: is it their case?"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.agency import refused_now
from services.intake.handlers.sealing import code_hash, pass_hash
from services.intake.policy.days import day_in_china
from services.intake.policy.guesses import GuessLimits, retry_after
from services.intake.repository.locks import Lock, lock_of
from services.intake.repository.one_time_codes import case_of_pass
from services.intake.repository.splits import codes_beside
from services.intake.repository.wrong_codes import count_wrong, counted, forget_counts_before
from services.intake.tables import idempotency
from shared.events.intake import AgentTold
from shared.idempotency import forget_old
from shared.security.numbers import is_case_pass, normalise_case_number, normalise_query_code
from shared.security.policy import BY_TELEPHONE, CITIZEN_ACTIONS, Reason
from shared.security.sealing import NodeKeys
from shared.security.standing import AGENTS, BY_AGENT, OF_EACH, bound, complainant_scope
from shared.security.withheld import WITHHELD

NO_HASH = "0" * 64
FORGET_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Knock:
    """What was shown, as it was typed, from which network address and when."""

    number: str
    code: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer: a case and its number; or neither; or neither for so many seconds."""

    case_id: UUID | None = None
    number: str | None = None
    retry_after: int | None = None
    scopes: frozenset[str] = frozenset()
    """What a pass lets do beside what a query code does, and whether the name is withheld."""


def claim_case(db: Connection, keys: NodeKeys, knock: Knock, limits: GuessLimits) -> Claim:
    """Return the case whose query code was shown; commit it also when it is none.

    A wrong number and a wrong code look alike and count alike. Guesses that run at the same
    moment are each let in: the limit may be passed by as many as the door serves at once.
    """
    number = normalise_case_number(knock.number) or ""
    if is_case_pass(knock.code) and (opened := _by_pass(db, keys, knock, number)):
        return opened
    by_number, by_address = _keys(keys, number or knock.number, knock.address)
    known = counted(db, (by_number, by_address))
    waits = (
        retry_after(known.get(by_number), limits.per_number, limits.window, knock.at),
        retry_after(known.get(by_address), limits.per_address, limits.window, knock.at),
    )
    if any(waits):
        return Claim(retry_after=max(wait or 0 for wait in waits))

    code = normalise_query_code(knock.code) or ""
    claim = _recognised(db, keys, (number, code), knock.at)
    if claim is None:
        count_wrong(db, (by_number, by_address), knock.at, knock.at - limits.window)
        return Claim()
    return claim


def forget_old_counts(db: Connection, window: timedelta, now: datetime) -> int:
    """Delete the counts whose window is over, and old answers; return how many counts."""
    forget_old(db, idempotency, now, FORGET_BATCH)
    return forget_counts_before(db, now - window)


def _by_pass(db: Connection, keys: NodeKeys, knock: Knock, number: str) -> Claim | None:
    # Before any throttle: nobody guesses a pass, and wrong codes of others must not close a case
    # to the person who has just shown to have its telephone.
    passed = case_of_pass(db, pass_hash(keys, knock.code), number, knock.at)
    lock = None if passed is None else lock_of(db, number)
    if passed is None or lock is None:
        return None
    standing = _standing(lock, passed.serial, knock.at)
    by_telephone = {action.value for action in BY_TELEPHONE}
    return None if standing is None else _claim(lock, number, by_telephone | standing)


def _standing(lock: Lock, serial: int | None, at: datetime) -> frozenset[str] | None:
    if serial is None:
        return _bounds(lock, at)
    if serial == AGENTS:
        return _bounds_of_agent(lock, at) | {BY_AGENT}
    is_there = any(each.serial == serial and not each.left for each in lock.others)
    return _of_each(serial) if is_there else None


def _recognised(
    db: Connection, keys: NodeKeys, shown_for: tuple[str, str], at: datetime
) -> Claim | None:
    number, code = shown_for
    lock = lock_of(db, number)
    # Compared also for a number that nobody has: the time taken must not tell which it was.
    expected = NO_HASH if lock is None else lock.code_hash
    shown = code_hash(keys, number, code)
    fits = hmac.compare_digest(expected, shown)
    if lock is None:
        return None
    together = _one_of(lock, shown)
    if together is not None:
        return _claim(lock, number, together)
    if _is_agents(lock, shown):
        return _claim(lock, number, _bounds_of_agent(lock, at))
    if not fits and not _opens_beside(db, keys, number, code):
        return None
    return _claim(lock, number, _bounds(lock, at))


def _one_of(lock: Lock, shown: str) -> frozenset[str] | None:
    for each in lock.others:
        if each.code_hash and hmac.compare_digest(each.code_hash, shown):
            return _of_each(each.serial)
    return None


def _of_each(serial: int) -> frozenset[str]:
    refused = CITIZEN_ACTIONS - OF_EACH
    kept_out = {bound(Reason.NOT_SPOKESPERSON, action) for action in refused}
    return frozenset({complainant_scope(serial), *kept_out})


def _is_agents(lock: Lock, shown: str) -> bool:
    own = lock.authority and lock.authority.code_hash
    return hmac.compare_digest(own or NO_HASH, shown)


def _bounds(lock: Lock, at: datetime) -> frozenset[str]:
    # Where the agent alone is told, the query code of the case is theirs.
    is_agents = lock.authority is not None and lock.authority.told == AgentTold.AGENT
    return _bounds_of_agent(lock, at) if is_agents else frozenset()


def _bounds_of_agent(lock: Lock, at: datetime) -> frozenset[str]:
    refused = refused_now(lock.authority, day_in_china(at))
    return frozenset(bound(why, action) for action, why in refused.items())


def _claim(lock: Lock, number: str, scopes: Collection[str]) -> Claim:
    told = {*scopes, *((WITHHELD,) if lock.withheld else ())}
    return Claim(case_id=lock.case_id, number=number, scopes=frozenset(told))


def _opens_beside(db: Connection, keys: NodeKeys, number: str, code: str) -> bool:
    # A report that was taken apart has one person: each of its codes opens all of its cases.
    return any(
        hmac.compare_digest(expected, code_hash(keys, other, code))
        for other, expected in codes_beside(db, number)
    )


def _keys(keys: NodeKeys, number: str, address: str) -> tuple[str, str]:
    return keys.keyed_hash("wrong_code_number", number), keys.keyed_hash(
        "wrong_code_address", address
    )
