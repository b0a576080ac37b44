"""Somebody shows the one-time code: their cases open, and may get a new query code."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.counting import too_often
from services.intake.handlers.lost_code import CodeHouse
from services.intake.handlers.own_code import renew_own_code
from services.intake.handlers.sealing import code_hash, one_time_hash, pass_hash
from services.intake.handlers.trace import leave_trace, trace_asking
from services.intake.policy.guesses import retry_after
from services.intake.policy.lost_codes import can_be_tried
from services.intake.repository.cases import Case, case_of, renew_code_hash
from services.intake.repository.one_time_codes import (
    ask_of,
    count_try,
    give_pass,
    numbers_of,
    use_up,
)
from services.intake.repository.wrong_codes import count_wrong, counted
from shared.audit import AuditOutcome
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import QueryCodeRenewed
from shared.outbox import say
from shared.security.actor import citizen
from shared.security.caller import Caller
from shared.security.numbers import new_case_pass, new_query_code, normalise_one_time_code
from shared.security.sealing import KeyDestroyed
from shared.security.standing import serial_of
from shared.security.vault import sealer_of_case

NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Trying:
    """A code as it was typed, from which address and when."""

    ask_id: UUID
    code: str = field(repr=False)
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A pass and the numbers that it opens; or neither, or neither for so many seconds."""

    case_pass: str | None = field(default=None, repr=False)
    until: datetime | None = None
    numbers: Sequence[str] = ()
    retry_after: int | None = None


def use_code(db: Connection, house: CodeHouse, trying: Trying) -> Opened:
    """Open the cases of the code that was sent; commit it also when it is wrong.

    A code that is wrong, over, used, tried too often, or was never sent is answered alike.
    """
    by_address = house.keys.keyed_hash("wrong_code_address", trying.address)
    known, limits = counted(db, (by_address,)).get(by_address), house.guesses
    wait = retry_after(known, limits.per_address, limits.window, trying.at)
    if wait:
        return Opened(retry_after=wait)
    case_ids = _tried(db, house, trying)
    if case_ids is None:
        count_wrong(db, (by_address,), trying.at, trying.at - limits.window)
        trace_asking(db, house.node, trying.ask_id, trying.at, AuditOutcome.DENIED)
        return Opened()
    return _open(db, house, trying, case_ids)


def renew_code(db: Connection, house: CodeHouse, case: Case, caller: Caller) -> str:
    """Give a case a new query code and return it; the one before opens nothing any more.

    Who has a code of their own gets another one for themselves alone.
    """
    serial = serial_of(caller.actor)
    theirs = case.number if serial is None else f"{case.number} +{serial}"
    by_number = house.keys.keyed_hash("renewed_code_number", theirs)
    most = {by_number: house.rules.per_number}
    wait = too_often(db, most, house.rules.window, caller.now)
    if wait:
        raise Refused("too_many_codes", str(wait))
    leave_trace(db, caller, "code.renew", case.number)
    if serial is not None:
        locked = case_of(db, case.case_id, lock=True) or case
        return renew_own_code(db, house.keys, locked, serial, caller)
    code = new_query_code()
    hashed = code_hash(house.keys, case.number, code)
    say(db, _renewed(db, house, case, (code, hashed), caller))
    renew_code_hash(db, case.case_id, hashed)
    return code


def _tried(db: Connection, house: CodeHouse, trying: Trying) -> Sequence[UUID] | None:
    tried = ask_of(db, trying.ask_id)
    typed = normalise_one_time_code(trying.code) or ""
    # Compared also where nothing was sent: the time taken must not tell which it was.
    digest = one_time_hash(house.keys, trying.ask_id, typed)
    is_right = hmac.compare_digest((tried and tried.code_hash) or NO_HASH, digest)
    may = tried is not None and can_be_tried(tried.ask, trying.at, house.rules)
    count_try(db, trying.ask_id)
    if tried is None or not may or not is_right:
        return None
    use_up(db, tried.phone_hash, trying.at)
    return tried.case_ids


def _open(db: Connection, house: CodeHouse, trying: Trying, case_ids: Sequence[UUID]) -> Opened:
    case_pass, until = new_case_pass(), trying.at + house.rules.open_for
    give_pass(db, trying.ask_id, pass_hash(house.keys, case_pass), until)
    numbers = numbers_of(db, case_ids)
    for case_id, number in numbers.items():
        caller = Caller(citizen(house.node, case_id, number), trying.at)
        leave_trace(db, caller, "code.use", number)
    return Opened(case_pass, until, tuple(numbers.values()))


def _renewed(
    db: Connection, house: CodeHouse, case: Case, code: tuple[str, str], caller: Caller
) -> QueryCodeRenewed:
    try:
        sealer = sealer_of_case(db, house.keys, case.case_id)
    except KeyDestroyed as error:
        raise Refused("person_erased") from error
    plain, hashed = code
    return QueryCodeRenewed(
        case_id=case.case_id,
        occurred_at=caller.now,
        renewal_id=new_id(),
        query_code=sealer.seal("query_code", plain),
        query_code_hash=hashed,
        by=caller.by,
    )
