"""Destroy the personal data of a case: asked by one person or by time, approved by another one.

With its data key every ciphertext of the case is dead, here and in each service; what is left in
rows (masked texts, hashes) goes with it, in each service when it hears of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.complaint import is_in_conflict
from services.intake.handlers.follow import tell
from services.intake.handlers.look import Look, look_up
from services.intake.handlers.others import destroy_others
from services.intake.handlers.together import siblings
from services.intake.handlers.trace import leave_trace
from services.intake.policy.facts import FactKind
from services.intake.policy.progress import Progress, Status
from services.intake.policy.retention import (
    LOOK_AGAIN,
    DataClass,
    Keeping,
    OrderState,
    Rest,
    after_approval,
    is_due,
)
from services.intake.repository.appeals import erase_appeals
from services.intake.repository.cases import Case, case_of, erase_case
from services.intake.repository.coming import erase_coming
from services.intake.repository.contacts import forget_changes_of
from services.intake.repository.groupings import erase_groupings
from services.intake.repository.orders import (
    Looks,
    Order,
    add_order,
    at_rest_before,
    change_order,
    come_back,
    empty_corrections,
    lock_case_of_order,
    lock_order,
    open_hold,
)
from services.intake.repository.pressures import erase_pressures
from services.intake.repository.releases import erase_releases
from services.intake.repository.stored import erase_files
from services.intake.repository.timeline import erase_facts
from services.intake.repository.unmarkings import forget_unmarkings
from services.intake.tables import idempotency, plumbing
from shared.audit import digest_of
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import CaseErased, ErasureGround
from shared.forgetting import forget_said, forget_unheard
from shared.idempotency import forget_case
from shared.outbox import say
from shared.security import vault
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.pieces import clear_case

ERASURE = "erasure"
BY_TIME = "retention"
"""Who asks when a case was kept as long as it may be."""
ENDS = {FactKind.CLOSED: DataClass.CLOSED, FactKind.DECLINED: DataClass.DECLINED}
AT_REST = {Status.CLOSED: DataClass.CLOSED, Status.DECLINED: DataClass.DECLINED}


@dataclass(frozen=True, slots=True)
class ErasureAsking:
    """Why the person of a case is to be erased, and on whose request."""

    ground: ErasureGround
    requester: str
    reason: str | None = None


def ask_erasure(db: Connection, number: str, asking: ErasureAsking, caller: Caller) -> Order:
    """Ask to erase the person of a case that is at rest; another person decides.

    What came of one report is erased together: each case by an order of its own.
    """
    look = look_up(db, number)
    if look is None or is_in_conflict(look.case, caller):
        raise Refused("unknown_case")
    _erasable(look.case, look.progress)
    others = [each for each in _others(db, look) if not is_in_conflict(each.case, caller)]
    if any(other.progress.settled not in AT_REST for other in others):
        raise Refused("split_open")
    order = _asked(db, look.case, asking, caller)
    if order is None:
        raise Refused("erasure_asked")
    for other in others:
        _asked(db, other.case, asking, caller)
    return order


def _others(db: Connection, look: Look) -> list[Look]:
    return [each for each in siblings(db, look) if each.case.erased_at is None]


def _asked(db: Connection, case: Case, asking: ErasureAsking, caller: Caller) -> Order | None:
    """Enter an order to erase a case; None if it has an open one."""
    order = Order(
        order_id=new_id(),
        kind=ERASURE,
        case_id=case.case_id,
        number=case.number,
        state=OrderState.ASKED,
        ordered_by=caller.actor.node,
        ground=asking.ground,
        requester=asking.requester,
        reason=mask_text(asking.reason) if asking.reason else None,
        asked_by=caller.actor.id,
        asked_name=caller.actor.name,
        asked_at=caller.now,
    )
    if not add_order(db, order):
        return None
    why, after = asking.ground, str(order.order_id)
    leave_trace(db, caller, "erasure.ask", case.number, purpose=why, after=after)
    return order


def _erasable(case: Case, progress: Progress) -> Case:
    if case.erased_at is not None:
        raise Refused("person_erased")
    if case.origin is not None:
        raise Refused("registered_elsewhere")
    if progress.settled not in AT_REST:
        raise Refused("case_open")
    return case


def approve_erasure(db: Connection, order_id: UUID, caller: Caller) -> Order:
    """Approve an erasure that somebody else asked for: carried out at once, or after a hold."""
    # The case before its order, as at a release: what is read next holds until this has ended.
    lock_case_of_order(db, order_id)
    order = _undecided(db, order_id, caller)
    look = look_up(db, order.number)
    if look is None or is_in_conflict(look.case, caller):
        raise Refused("unknown_case")
    _erasable(look.case, look.progress)
    who = {"decided_by": caller.actor.id, "decided_name": caller.actor.name}
    state = after_approval(held=open_hold(db, order.case_id) is not None)
    change_order(db, order_id, **who, decided_at=caller.now, state=OrderState.HELD)
    leave_trace(db, caller, "erasure.approve", order.number, after=str(order_id))
    if state is OrderState.DONE:
        carry_out(db, order, caller)
    return replace(order, state=state)


def refuse_erasure(db: Connection, order_id: UUID, reason: str, caller: Caller) -> Order:
    """Decide that the person of a case is not erased now."""
    lock_case_of_order(db, order_id)
    order = _undecided(db, order_id, caller)
    case = case_of(db, order.case_id)
    if case is None or is_in_conflict(case, caller):
        raise Refused("unknown_case")
    who = {"decided_by": caller.actor.id, "decided_name": caller.actor.name}
    decided = {"decided_at": caller.now, "state": OrderState.REFUSED, "refusal": mask_text(reason)}
    change_order(db, order_id, **who, **decided)
    leave_trace(db, caller, "erasure.refuse", order.number, purpose=reason, after=str(order_id))
    return replace(order, state=OrderState.REFUSED)


def _undecided(db: Connection, order_id: UUID, caller: Caller) -> Order:
    order = lock_order(db, order_id)
    if order is None or order.kind != ERASURE:
        raise Refused("unknown_data_order")
    if order.state != OrderState.ASKED:
        raise Refused("wrong_state")
    if order.asked_by == caller.actor.id:
        raise Refused("second_person")
    return order


def carry_out(db: Connection, order: Order, caller: Caller) -> None:
    """Destroy what this node holds of the person of a case, and say so."""
    case = case_of(db, order.case_id, lock=True)
    digest = order.digest or (None if case is None else digest_of_case(case))
    destroy_here(db, order.case_id, caller.now)
    done_at = order.done_at or caller.now
    change_order(db, order.order_id, state=OrderState.DONE, done_at=done_at, digest=digest)
    erased = CaseErased(
        case_id=order.case_id,
        occurred_at=caller.now,
        number=order.number,
        order_id=order.order_id,
        ordered_by=order.ordered_by,
        ground=ErasureGround(order.ground),
        digest=digest,
    )
    if case is None:
        say(db, erased)
    else:
        tell(db, erased)
    leave_trace(db, caller, "case.erase", order.number, before=digest, after=str(order.order_id))


def destroy_here(db: Connection, case_id: UUID, now: datetime) -> None:
    """Destroy the data key of a case and what of its person intake keeps beside ciphertext."""
    vault.destroy(db, case_id, now)
    case = case_of(db, case_id)
    destroy_others(db, case_id, case.others if case else (), now)
    erase_case(db, case_id, now)
    erase_facts(db, case_id)
    erase_groupings(db, case_id)
    erase_appeals(db, case_id)
    erase_pressures(db, case_id)
    empty_corrections(db, case_id, now)
    forget_changes_of(db, case_id)
    forget_unmarkings(db, case_id)
    erase_files(db, case_id, now)
    erase_releases(db, case_id)
    erase_coming(db, case_id)
    clear_case(db, case_id)
    forget_case(db, idempotency, case_id)
    forget_said(db, plumbing, case_id)
    forget_unheard(db, plumbing, case_id)


def digest_of_case(case: Case) -> str:
    """Return the SM3 of what is sealed of a case: it proves what stood there and tells nothing."""
    agent = case.agent.model_dump(mode="json") if case.agent else None
    person = case.complainant.model_dump(mode="json")
    told = {"title": case.title.model_dump(mode="json"), "text": case.text.model_dump(mode="json")}
    return digest_of({**told, "complainant": person, "agent": agent})


def ask_for_due(db: Connection, keeping: Keeping, node: str, now: datetime, limit: int) -> int:
    """Ask to erase the cases that were kept as long as they may be; return how many."""
    caller, asked = Caller(_time(node), now), 0
    asking = ErasureAsking(ErasureGround.RETENTION, BY_TIME)
    for kind, data_class in ENDS.items():
        for case_id in at_rest_before(db, kind, now - keeping[data_class], limit):
            case = case_of(db, case_id)
            due = _due(db, case, keeping, now) if case else []
            asked += sum(_asked(db, each, asking, caller) is not None for each in due)
    return asked


def _due(db: Connection, case: Case, keeping: Keeping, now: datetime) -> list[Case]:
    """Return a case and what came of the same report, if all were kept as long as they may be."""
    look = look_up(db, case.number)
    if look is None or not is_due(_rest(look), keeping, now, held=False):
        return []
    others = _others(db, look)
    if not all(_is_due(db, each, keeping, now) for each in others):
        return []
    return [each.case for each in (look, *others)]


def _is_due(db: Connection, look: Look, keeping: Keeping, now: datetime) -> bool:
    held = open_hold(db, look.case.case_id) is not None
    return is_due(_rest(look), keeping, now, held=held)


def erase_again(db: Connection, node: str, now: datetime, limit: int) -> int:
    """Erase anew what a backup has brought back; return how many orders were looked at."""
    looked, back = come_back(db, Looks(now, LOOK_AGAIN, limit))
    for order in back:
        carry_out(db, order, Caller(_time(node), now))
    return looked


def _rest(look: Look) -> Rest | None:
    kind = AT_REST.get(look.progress.settled)
    if kind is None:
        return None
    ends = [fact.at for fact in look.facts if ENDS.get(fact.kind) is kind]
    return Rest(max(ends), kind)


def _time(node: str) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, node=node, id=BY_TIME)
