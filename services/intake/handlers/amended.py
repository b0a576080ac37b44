"""Hear corrections of other nodes: obey the one that registered the case, note who carried it out.

Where the person came by custody the new values come sealed for this node; where there is only a
masked copy, what is masked is corrected by whoever keeps it, and this node says that it was.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from services.intake.handlers.amend import amended_event
from services.intake.handlers.correction import CORRECTION, INACCURATE
from services.intake.handlers.erasure import digest_of_case
from services.intake.handlers.find import made_findable
from services.intake.handlers.follow import tell
from services.intake.handlers.trace import leave_trace
from services.intake.policy.corrections import may_be_ours, stands
from services.intake.policy.retention import OrderState, node_of
from services.intake.repository.cases import Case, amend_case, case_of
from services.intake.repository.orders import (
    Order,
    acknowledge,
    add_order,
    change_order,
    correction_of,
    has_erasure,
    held_orders,
    last_amendment,
)
from shared.events.intake import CaseAmended
from shared.events.link import CaseReceived, FactRelayed
from shared.events.sealed import Sealed, SealedParty
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys

ANOTHER_NODE = "another_node"
PARTY_FIELDS = ("name", "phone", "id_number", "address")


def hear_amended(db: Connection, keys: NodeKeys, event: FactRelayed, node: str) -> None:
    """Hear what another node says of a correction."""
    told, speaker = event.fact.open(CaseAmended), event.fact.node
    acknowledge(db, told.order_id, speaker, told.occurred_at)
    case = case_of(db, told.case_id, lock=True)
    if told.ordered_by == node:
        _count_on(db, case, told)
    elif speaker == told.ordered_by and _may_order(case, told):
        _obey(db, keys, case, (told, event), node)


def _count_on(db: Connection, case: Case | None, told: CaseAmended) -> None:
    # A node that came back from a backup must not count a correction twice: the second one
    # would change nothing where the first one is.
    if case is None or case.origin is not None or not stands(told.amendment, case.amendment):
        return
    if may_be_ours(told.amendment, last_amendment(db, case.case_id)):
        amend_case(db, replace(case, amendment=told.amendment))


def _may_order(case: Case | None, told: CaseAmended) -> bool:
    # Who gave the case its number answers for its person; nobody else may have it corrected.
    is_origin = node_of(told.number) == told.ordered_by
    return is_origin and (case is None or case.origin == told.ordered_by)


def _obey(
    db: Connection,
    keys: NodeKeys,
    case: Case | None,
    heard: tuple[CaseAmended, FactRelayed],
    node: str,
) -> None:
    told, event = heard
    if has_erasure(db, told.case_id) or (case is not None and case.erased_at is not None):
        return
    caller = Caller(_other(node, told.ordered_by), event.occurred_at)
    add_order(db, _order(told, caller))
    if case is None:
        _answer_masked(db, told, caller)
        return
    if event.sealed and stands(told.amendment, case.amendment):
        case = _put(db, keys, case, _case_told(case, told, event.sealed), caller)
    answer_held(db, case, caller)


def _answer_masked(db: Connection, told: CaseAmended, caller: Caller) -> None:
    for order in held_orders(db, told.case_id, CORRECTION):
        done = {"order_id": order.order_id, "fields": tuple(order.fields or ())}
        about = {**done, "amendment": order.amendment or told.amendment}
        say(db, told.model_copy(update={**about, "occurred_at": caller.now}))
        _close(db, order, None, caller)


def answer_held(db: Connection, case: Case, caller: Caller) -> None:
    """Say of each correction that is in a case by now that it was carried out here."""
    for order in held_orders(db, case.case_id, CORRECTION):
        if stands(order.amendment or 0, case.amendment):
            continue
        tell(db, amended_event(case, order, caller))
        _close(db, order, digest_of_case(case), caller)


def take_in_amended(db: Connection, keys: NodeKeys, event: CaseReceived, node: str) -> None:
    """Bring a case that came once more, or came corrected, up to the correction that is in it."""
    case = case_of(db, event.case_id, lock=True) if event.amendment else None
    if case is None or case.erased_at is not None:
        return
    caller = Caller(_other(node, event.origin), event.occurred_at)
    if stands(event.amendment, case.amendment):
        case = _put(db, keys, case, _case_received(case, event), caller)
    order = correction_of(db, case.case_id, case.amendment)
    if order is not None and order.state == OrderState.DONE:
        # Once more: who had no row of the case at the first time has one now.
        say(db, amended_event(case, order, caller))
    answer_held(db, case, caller)


def _put(db: Connection, keys: NodeKeys, known: Case, told: Case, caller: Caller) -> Case:
    case = made_findable(db, keys, told)
    amend_case(db, case)
    before, after = digest_of_case(known), digest_of_case(case)
    leave_trace(db, caller, "case.amend", case.number, before=before, after=after)
    return case


def _case_told(case: Case, told: CaseAmended, sealed: Mapping[str, Sealed]) -> Case:
    return replace(
        case,
        title=sealed["title"],
        title_masked=told.title_masked,
        text=sealed["text"],
        text_masked=told.text_masked,
        complainant=_party("complainant", told.complainant, sealed),
        agent=None if told.agent is None else _party("agent", told.agent, sealed),
        amendment=told.amendment,
        measures=told.measures,
        authority=told.authority,
    )


def _case_received(case: Case, event: CaseReceived) -> Case:
    return replace(
        case,
        title=event.title,
        title_masked=event.title_masked,
        text=event.text,
        text_masked=event.text_masked,
        complainant=event.complainant,
        agent=event.agent,
        amendment=event.amendment,
    )


def _party(role: str, told: SealedParty, sealed: Mapping[str, Sealed]) -> SealedParty:
    return told.model_copy(update={name: sealed.get(f"{role}.{name}") for name in PARTY_FIELDS})


def _close(db: Connection, order: Order, digest: str | None, caller: Caller) -> None:
    done = {"state": OrderState.DONE, "done_at": caller.now, "digest": digest}
    change_order(db, order.order_id, **done)


def _order(told: CaseAmended, caller: Caller) -> Order:
    return Order(
        order_id=told.order_id,
        kind=CORRECTION,
        case_id=told.case_id,
        number=told.number,
        state=OrderState.HELD,
        ordered_by=told.ordered_by,
        ground=INACCURATE,
        requester=ANOTHER_NODE,
        reason=None,
        asked_by=told.ordered_by,
        asked_name="",
        asked_at=caller.now,
        fields=told.fields,
        amendment=told.amendment,
    )


def _other(node: str, ordered_by: str) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, node=node, id=ordered_by)
