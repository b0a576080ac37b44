"""Ask for more time for an order, and decide about it; sla moves the limit of a granted one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.steps import complete, lock_order, order_facts, take_in_hand
from services.dispatch.handlers.trace import THE_RULES, Trace, leave_trace
from services.dispatch.policy import (
    OPEN_STATES,
    ExtensionRules,
    Step,
    Wrong,
    objection_to_extension,
)
from services.dispatch.repository.life import (
    Extension,
    add_extension,
    decide_extension,
    extensions_of,
    find_extension,
)
from services.dispatch.repository.orders import Order
from shared.clock import new_id
from shared.errors import Refused
from shared.events.dispatch import ExtensionAsked, ExtensionDecided
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

TOO_LATE = "工单已经结束，不再延期"
EXPLAINED = "已向诉求人说明并继续跟踪，不再延期"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pleading:
    """How many working days more a unit needs, and why."""

    order_id: UUID
    days: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Whether an order gets more time, and why."""

    extension_id: UUID
    granted: bool
    because: str


def ask_extension(
    db: Connection, pleading: Pleading, rules: ExtensionRules, caller: Caller
) -> Order:
    """Keep a plea for a dispatcher or supervisor; until they decide, the limit stands."""
    hand = take_in_hand(db, pleading.order_id, Step.EXTEND)
    before = extensions_of(db, pleading.order_id)
    is_open = any(one.decided_at is None for one in before)
    _check(hand.order, pleading.days, rules, before, is_open=is_open)
    plea = Extension(
        extension_id=new_id(),
        order_id=pleading.order_id,
        asked_at=caller.now,
        asked_by=caller.actor.id,
        days=pleading.days,
        because=mask_text(pleading.because),
    )

    add_extension(db, plea)
    facts = {**order_facts(hand.order, caller), "because": plea.because, "days": plea.days}
    say(db, ExtensionAsked(**facts, extension_id=plea.extension_id))
    return complete(db, hand, hand.order.state, caller)


def decide_on_extension(
    db: Connection, deciding: Deciding, rules: ExtensionRules, caller: Caller
) -> Order:
    """Grant or refuse, with a reason; who decides is never a party of the case.

    Refused: `second_person` to who asked, `wrong_state` where the order is not open any more, and
    to grant what its limit does not allow any more.
    """
    before = find_extension(db, deciding.extension_id)
    if before is None:
        raise Refused("unknown_extension", field="extension_id")
    _case, order = lock_order(db, before.order_id)
    complaint_free_of(db, order.case_id, caller, "extension_id")
    plea = find_extension(db, deciding.extension_id)
    if plea is None or plea.decided_at is not None:
        raise Refused("already_answered")
    if plea.asked_by is not None and plea.asked_by == caller.actor.id:
        raise Refused("second_person")
    if order.state not in OPEN_STATES:
        raise Refused("wrong_state")
    if deciding.granted:
        _check(order, plea.days, rules, extensions_of(db, order.order_id), is_open=False)
    because = mask_text(deciding.because)

    _write(db, plea, caller.now, granted=deciding.granted, because=because)
    facts = {**order_facts(order, caller), "because": because, "days": plea.days}
    told = {"extension_id": plea.extension_id, "granted": deciding.granted}
    say(db, ExtensionDecided(**facts, **told))
    leave_trace(db, caller, Trace(Action.EXTENSION_DECIDE, "order", str(order.order_id), {**told}))
    return order


def stop_pleading(db: Connection, order: Order, at: datetime, because: str = TOO_LATE) -> None:
    """Refuse what an order still asked for that ends, or has no limit any more, and say so."""
    for plea in extensions_of(db, order.order_id):
        if plea.decided_at is None:
            _write(db, plea, at, granted=False, because=because)
            fact = ExtensionDecided(
                case_id=order.case_id,
                occurred_at=at,
                order_id=order.order_id,
                unit_code=order.unit_code,
                unit_name=order.unit_name,
                extension_id=plea.extension_id,
                granted=False,
                days=plea.days,
                because=because,
                by=THE_RULES,
            )
            say(db, fact)


def _check(
    order: Order, days: int, rules: ExtensionRules, before: Sequence[Extension], *, is_open: bool
) -> None:
    allowed = rules.allowing(order.extensions_most, order.extension_days)
    granted = sum(one.granted is True for one in before)
    wrong = objection_to_extension(days, allowed, granted=granted, is_open=is_open)
    if wrong is not None:
        raise Refused(wrong, field="days" if wrong is Wrong.TOO_MANY_DAYS else None)


def _write(db: Connection, plea: Extension, at: datetime, *, granted: bool, because: str) -> None:
    decided = {"decided_at": at, "granted": granted, "decided_because": because}
    decide_extension(db, plea.extension_id, **decided)
