"""Somebody lost the query code: a one-time code goes to the telephone they reported with.

Who asks is answered at once and always alike; whether anything matches is looked up afterwards, by
the clock. So neither the words nor the time of the answer tell what is here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.counting import too_often
from services.intake.handlers.look import look_up
from services.intake.handlers.sealing import one_time_hash
from services.intake.handlers.trace import trace_asking
from services.intake.handlers.whose_phone import Owner, owner_of
from services.intake.policy.guesses import GuessLimits
from services.intake.policy.lost_codes import LostCodeRules
from services.intake.policy.progress import Status
from services.intake.repository.cases import (
    Case,
    case_by_number,
    cases_as_they_are,
    cases_of_phone,
)
from services.intake.repository.contacts import forget_changes_before
from services.intake.repository.one_time_codes import (
    NewAsk,
    add_ask,
    forget_asks_before,
    mark_looked_up,
    take_new_asks,
)
from shared.audit import AuditOutcome
from shared.clock import new_id
from shared.events.intake import OneTimeCodeMade
from shared.outbox import say
from shared.security.numbers import new_one_time_code
from shared.security.sealing import NodeKeys
from shared.security.vault import sealers_of_cases

MOST_CASES = 10
"""That one code opens: the latest of the telephone."""
SOUGHT = 40
"""Among so many cases of the telephone those are sought that are still open."""


@dataclass(frozen=True, slots=True)
class CodeHouse:
    """What of the node one-time codes depend on."""

    node: str
    keys: NodeKeys
    rules: LostCodeRules
    guesses: GuessLimits


@dataclass(frozen=True, slots=True)
class Asking:
    """A telephone in its normal spelling, perhaps a number, from which address and when."""

    phone: str = field(repr=False)
    number: str | None
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What everybody is told who asks; or for how many seconds nobody may ask any more."""

    ask_id: UUID | None = None
    expires_at: datetime | None = None
    retry_after: int | None = None


Match = tuple[Case, Owner]


def ask_code(db: Connection, house: CodeHouse, asking: Asking) -> Asked:
    """Take an asking down; commit it also where one must wait."""
    wait = too_often(db, _most(house, asking), house.rules.window, asking.at)
    if wait:
        return Asked(retry_after=wait)
    # While the index is renewed a case may stand under either key.
    phone_hash, *earlier = house.keys.keyed_hashes("phone", asking.phone)
    ask = NewAsk(
        id=new_id(),
        number=asking.number,
        phone_hash=phone_hash,
        earlier_hash=earlier[0] if earlier else None,
        asked_at=asking.at,
        expires_at=asking.at + house.rules.life,
    )
    add_ask(db, ask)
    trace_asking(db, house.node, ask.id, asking.at, AuditOutcome.DONE)
    return Asked(ask.id, ask.expires_at)


def send_codes(db: Connection, house: CodeHouse, now: datetime, limit: int) -> int:
    """Look up what was asked for, say a code where it matches; return how many were looked up."""
    taken = take_new_asks(db, limit)
    for ask in taken:
        matches = _matches(db, house.keys, ask) if now < ask.expires_at else []
        changed: dict[str, Any] = {"looked_up_at": now}
        if matches:
            code = new_one_time_code()
            changed["code_hash"] = one_time_hash(house.keys, ask.id, code)
            changed |= _opening(matches)
            say(db, _made(ask, matches[0], code, now))
        mark_looked_up(db, ask.id, changed)
    return len(taken)


def forget_old_asks(db: Connection, rules: LostCodeRules, now: datetime) -> int:
    """Delete the askings whose code and pass are over; return how many."""
    forget_changes_before(db, now - rules.life)
    return forget_asks_before(db, now - rules.life - rules.open_for)


def _most(house: CodeHouse, asking: Asking) -> dict[str, int]:
    keys, rules = house.keys, house.rules
    most = {
        keys.keyed_hash("lost_code_phone", asking.phone): rules.per_phone,
        keys.keyed_hash("lost_code_address", asking.address): rules.per_address,
    }
    if asking.number is not None:
        most[keys.keyed_hash("lost_code_number", asking.number)] = rules.per_number
    return most


def _opening(matches: Sequence[Match]) -> dict[str, Any]:
    # A release that knows of no others opens nothing for them, rather than all.
    serials = {case.case_id: owner.serial for case, owner in matches}
    return {
        "case_ids": [each for each, serial in serials.items() if serial is None],
        "beside": {str(each): n for each, n in serials.items() if n is not None} or None,
    }


def _matches(db: Connection, keys: NodeKeys, ask: NewAsk) -> list[Match]:
    found = _locked(db, _cases(db, ask))
    # Of a person who was erased there is no key: nothing could be sealed for them.
    sealers = sealers_of_cases(db, keys, [case.case_id for case in found]) if found else {}
    matches = [
        (case, owner)
        for case in found
        if case.case_id in sealers
        and (owner := owner_of(db, keys, case, sealers[case.case_id], ask.phone_hashes))
    ]
    return matches[:MOST_CASES]


def _locked(db: Connection, found: Sequence[Case]) -> list[Case]:
    # Whoever corrects a telephone meanwhile is waited for, and nobody corrects what has matched
    # until the code is said.
    now = cases_as_they_are(db, [case.case_id for case in found])
    return [now[case.case_id] for case in found if case.case_id in now]


def _cases(db: Connection, ask: NewAsk) -> list[Case]:
    if ask.number is None:
        found = cases_of_phone(db, ask.phone_hashes, SOUGHT)
        return [case for case in found if _is_open(db, case)]
    case = case_by_number(db, ask.number)
    # What another node registered has its code there.
    return [] if case is None or case.query_code_hash is None else [case]


def _is_open(db: Connection, case: Case) -> bool:
    look = look_up(db, case.number)
    return look is not None and look.progress.status is not Status.CLOSED


def _made(ask: NewAsk, match: Match, code: str, now: datetime) -> OneTimeCodeMade:
    case, owner = match
    assert owner.party.phone is not None, "who matched has a telephone"  # noqa: S101
    return OneTimeCodeMade(
        case_id=case.case_id,
        occurred_at=now,
        ask_id=ask.id,
        code=owner.sealer.seal("one_time_code", code),
        phone=owner.party.phone,
        masked_phone=owner.party.masked_phone,
        language=owner.party.language,
        expires_at=ask.expires_at,
    )
