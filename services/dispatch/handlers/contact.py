"""Log a try to reach the person, whether or not it did."""

from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.steps import complete, order_facts, take_in_hand
from services.dispatch.policy import Step, state_after
from services.dispatch.repository.orders import Contact, Order, add_contact
from shared.clock import new_id
from shared.events.dispatch import ContactLogged
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text


@unique
class Way(StrEnum):
    """How a unit tries to reach the person."""

    PHONE = "phone"
    VISIT = "visit"
    SMS = "sms"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try; the note is masked before it is kept anywhere."""

    order_id: UUID
    way: Way
    reached: bool
    note: str = ""


def log_contact(db: Connection, attempt: Attempt, caller: Caller) -> Order:
    """Keep a try of the unit that signed; any number of them may follow each other."""
    hand = take_in_hand(db, attempt.order_id, Step.CONTACT)
    state = state_after(Step.CONTACT, hand.order.state, reached=attempt.reached)
    first = hand.order.contacted_at or (caller.now if attempt.reached else None)
    contact = _contact(attempt, caller)

    add_contact(db, contact)
    order = complete(db, hand, state, caller, attempted_at=caller.now, contacted_at=first)
    facts = order_facts(order, caller)
    told = {"way": contact.way, "reached": contact.reached, "note_masked": contact.note_masked}
    say(db, ContactLogged(**facts, **told))
    return order


def _contact(attempt: Attempt, caller: Caller) -> Contact:
    return Contact(
        contact_id=new_id(),
        order_id=attempt.order_id,
        at=caller.now,
        way=attempt.way,
        reached=attempt.reached,
        note_masked=mask_text(attempt.note),
    )
