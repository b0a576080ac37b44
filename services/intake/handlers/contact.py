"""A person gives a new telephone and shows to have it; then it stands in every copy of the case.

The code goes to the new telephone, a notice to the old one. What is proven so needs no second
person: it is carried out as a correction at once.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.amend import Opened, amend, open_case
from services.intake.handlers.correction import CORRECTION, INACCURATE
from services.intake.handlers.counting import too_often
from services.intake.handlers.follow import tell
from services.intake.handlers.lost_code import CodeHouse
from services.intake.handlers.own_code import renew_own_code, sealer_of_one
from services.intake.handlers.own_phone import party_of_one, put_phone
from services.intake.handlers.sealing import one_time_hash
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own
from services.intake.policy.corrections import PartyField, field_of
from services.intake.policy.lost_codes import can_be_tried
from services.intake.policy.retention import OrderState
from services.intake.repository.cases import Case
from services.intake.repository.contacts import (
    Change,
    add_change,
    change_of,
    count_contact_try,
    end_change,
)
from services.intake.repository.orders import Order, add_order, has_asked_correction
from shared.audit import AuditOutcome
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake.afterwards import ContactChanged, ContactCodeMade
from shared.events.sealed import PartyRole, Sealed, SealedParty
from shared.events.words import Channel
from shared.outbox import say
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.masking import STARS, mask_phone
from shared.security.numbers import new_one_time_code, normalise_one_time_code
from shared.security.parties import told_role
from shared.security.standing import complainant_of

NEW_PHONE = "new_phone"
CODE = "contact_code"
BY_CODE = "新号码经短信验证码核实"
NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class ContactAsking:
    """The new telephone in its normal spelling, whose it is, and from which address it came."""

    phone: str = field(repr=False)
    party: PartyRole | None
    address: str
    complainant: int | None = None
    """Which of several complainants; None for the parties of the case."""


@dataclass(frozen=True, slots=True)
class ContactAsked:
    """To which telephone the code goes, and until when it counts."""

    change_id: UUID
    masked_phone: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Proving:
    """A code as it was typed for a change, and by which channel."""

    change_id: UUID
    code: str = field(repr=False)
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class Proven:
    """What a right code has done: the new query code, where the old one counts no more."""

    masked_phone: str
    query_code: str | None = field(repr=False)


def told_party(case: Case) -> PartyRole:
    """Return whose telephone gets the messages."""
    has_phone = case.agent is not None and case.agent.phone is not None
    return told_role(has_phone, case.agent_told)


def ask_contact(
    db: Connection, house: CodeHouse, case: Case, asking: ContactAsking, caller: Caller
) -> ContactAsked:
    """Send a code to a new telephone of a locked case; a change that waited counts no more."""
    told = _opened(db, house, case)
    party = _whose(case, asking, told)
    sealer = told.sealer
    if asking.complainant is not None:
        sealer = sealer_of_one(db, house.keys, case, asking.complainant)
    wait = too_often(db, _most(house, case, asking), house.rules.window, caller.now)
    if wait:
        raise Refused("too_many_codes", str(wait))
    change_id, code = new_id(), new_one_time_code()
    change = Change(
        change_id=change_id,
        case_id=case.case_id,
        party=party,
        phone=sealer.seal(NEW_PHONE, asking.phone),
        masked_phone=_shown(told, asking.phone),
        code_hash=one_time_hash(house.keys, change_id, code),
        asked_at=caller.now,
        expires_at=caller.now + house.rules.life,
        complainant=asking.complainant,
    )
    add_change(db, change)
    say(db, _code_made(case, change, sealer.seal(CODE, code), caller))
    leave_trace(db, caller, "contact.ask", case.number)
    return ContactAsked(change_id, change.masked_phone, change.expires_at)


def prove_contact(
    db: Connection, house: CodeHouse, case: Case, proving: Proving, caller: Caller
) -> Proven | None:
    """Put the new telephone into a locked case if the code is right, else None.

    Commit it also when it is wrong. A code that is over, used or tried too often is wrong, too.
    """
    told = _opened(db, house, case)
    change = change_of(db, proving.change_id, case.case_id)
    if (
        change is None
        or not _is_theirs(change, caller)
        or not _is_right(house, change, proving, caller.now)
    ):
        count_contact_try(db, proving.change_id)
        leave_trace(db, caller, "contact.change", case.number, outcome=AuditOutcome.DENIED)
        return None
    end_change(db, change.change_id, caller.now)
    if change.complainant is not None:
        return _prove_of_one(db, house, case, (change, change.complainant, proving), caller)
    phone = told.sealer.open(change.phone)
    if told.parties[change.party].phone == phone:
        return Proven(change.masked_phone, None)
    order = _order(case, change, told, phone, caller)
    add_order(db, order)
    code = amend(db, house.keys, case, order, caller)
    tell(db, _changed(_party(case, change), change, proving.channel, caller))
    leave_trace(db, caller, "contact.change", case.number, after=str(order.order_id))
    return Proven(change.masked_phone, None if code is None else told.sealer.open(code))


def _prove_of_one(
    db: Connection,
    house: CodeHouse,
    case: Case,
    proven: tuple[Change, int, Proving],
    caller: Caller,
) -> Proven:
    change, serial, proving = proven
    sealer = sealer_of_one(db, house.keys, case, serial)
    before = party_of_one(case, serial)
    if before.phone is not None and sealer.open(before.phone) == sealer.open(change.phone):
        return Proven(change.masked_phone, None)
    amended = put_phone(db, house.keys, case, (serial, sealer.open(change.phone)), caller)
    code = renew_own_code(db, house.keys, amended, serial, caller)
    tell(db, _changed(before, change, proving.channel, caller))
    leave_trace(db, caller, "contact.change", case.number, after=str(change.change_id))
    return Proven(change.masked_phone, code)


def _whose(case: Case, asking: ContactAsking, told: Opened) -> PartyRole:
    if asking.complainant is not None:
        if asking.party is not None:
            raise Refused("no_such_party", field="party")
        party_of_one(case, asking.complainant)
        return PartyRole.COMPLAINANT
    party = asking.party or told_party(case)
    if party not in told.parties:
        raise Refused("no_such_party", field="party")
    return party


def _shown(told: Opened, phone: str) -> str:
    # In the timeline everybody reads it who works on the case.
    is_withheld = any(party.withheld for party in told.parties.values())
    return STARS if is_withheld else mask_phone(phone)


def _opened(db: Connection, house: CodeHouse, case: Case) -> Opened:
    demand_own(case)
    if has_asked_correction(db, case.case_id):
        raise Refused("correction_asked")
    return open_case(db, house.keys, case)


def _most(house: CodeHouse, case: Case, asking: ContactAsking) -> Mapping[str, int]:
    keys, rules = house.keys, house.rules
    # Nobody uses up what another of several complainants may ask for.
    one = asking.complainant
    theirs = case.number if one is None else f"{case.number} +{one}"
    return {
        keys.keyed_hash("contact_phone", asking.phone): rules.per_phone,
        keys.keyed_hash("contact_number", theirs): rules.per_number,
        keys.keyed_hash("contact_address", asking.address): rules.per_address,
    }


def _is_theirs(change: Change, caller: Caller) -> bool:
    is_own = complainant_of(caller.actor) == change.complainant
    return is_own or caller.actor.kind is not ActorKind.CITIZEN


def _is_right(house: CodeHouse, change: Change, proving: Proving, now: datetime) -> bool:
    typed = normalise_one_time_code(proving.code) or ""
    digest = one_time_hash(house.keys, change.change_id, typed)
    is_same = hmac.compare_digest(change.code_hash, digest)
    return is_same and can_be_tried(change.ask, now, house.rules)


def _order(case: Case, change: Change, told: Opened, phone: str, caller: Caller) -> Order:
    name = field_of(change.party, PartyField.PHONE)
    who = caller.actor
    before = _party(case, change).masked_phone or ""
    return Order(
        order_id=change.change_id,
        kind=CORRECTION,
        case_id=case.case_id,
        number=case.number,
        state=OrderState.HELD,  # until `amend` has done it, in this transaction
        ordered_by=who.node,
        ground=INACCURATE,
        requester="person",
        reason=BY_CODE,
        asked_by=who.id,
        asked_name=who.name,
        asked_at=change.asked_at,
        decided_by=who.id,
        decided_name=who.name,
        decided_at=caller.now,
        fields=(name,),
        proposed={name: told.sealer.seal(f"proposed.{name}", phone).model_dump(mode="json")},
        changes={name: {"before": before, "after": change.masked_phone}},
    )


def _party(case: Case, change: Change) -> SealedParty:
    if change.complainant is not None:
        return party_of_one(case, change.complainant)
    is_agent = change.party is PartyRole.AGENT and case.agent is not None
    return case.agent if is_agent and case.agent else case.complainant


def _code_made(case: Case, change: Change, code: Sealed, caller: Caller) -> ContactCodeMade:
    return ContactCodeMade(
        case_id=change.case_id,
        occurred_at=caller.now,
        change_id=change.change_id,
        code=code,
        phone=change.phone,
        masked_phone=change.masked_phone,
        language=_party(case, change).language,
        expires_at=change.expires_at,
        by=caller.by,
    )


def _changed(
    before: SealedParty, change: Change, channel: Channel | None, caller: Caller
) -> ContactChanged:
    return ContactChanged(
        case_id=change.case_id,
        occurred_at=caller.now,
        change_id=change.change_id,
        party=change.party,
        old_phone=before.phone,
        old_masked=before.masked_phone,
        masked_phone=change.masked_phone,
        language=before.language,
        channel=channel,
        complainant=change.complainant,
        by=caller.by,
    )
