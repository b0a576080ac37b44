"""Correct what was taken down wrongly of a case: asked by one person, decided by another one.

The new values wait sealed under the key of the case; whoever decides sees them masked.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.amend import Opened, amend, open_case, proposed_by
from services.intake.handlers.complaint import is_in_conflict
from services.intake.handlers.reveal import wait_for_look
from services.intake.handlers.trace import leave_trace
from services.intake.policy.corrections import (
    PartyField,
    differing,
    field_of,
    touches_words,
)
from services.intake.policy.days import day_in_china
from services.intake.policy.looks import LookLimits
from services.intake.policy.retention import OrderState
from services.intake.repository.cases import Case, case_by_number, case_of
from services.intake.repository.orders import (
    Order,
    add_order,
    change_order,
    has_asked_correction,
    lock_case_of_order,
    lock_order,
    open_hold,
)
from services.intake.tables import CORRECT
from shared.audit import AuditOutcome
from shared.clock import new_id
from shared.errors import Refused
from shared.events.sealed import PartyKind, PartyRole
from shared.security.caller import Caller
from shared.security.identifiers import (
    IdKind,
    fits_id_kind,
    is_uscc,
    normalise_id_card,
    plain,
)
from shared.security.masking import mask_address, mask_id, mask_name, mask_phone, mask_text
from shared.security.sealing import NodeKeys

CORRECTION = "correction"
NOTHING = "nothing_corrected"
INACCURATE = "inaccurate"
"""The one ground on which something is corrected (个人信息保护法 46)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Correcting:
    """What is to stand, for one party of a case and for what was told, and who says so."""

    requester: str
    reason: str
    party: PartyRole = PartyRole.COMPLAINANT
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By `PartyField` and `WordField`, in their normal spelling."""


def as_look(
    db: Connection, number: str, caller: Caller, limits: LookLimits, ask: Callable[[], T]
) -> T | Refused:
    """Ask for a correction as one of the caller's looks at persons; commit also what is refused.

    Whoever is told that nothing would be corrected has learnt what is kept: it counts, and is
    audited.
    """
    wait = wait_for_look(db, number, CORRECTION, caller, limits)
    if wait is not None:
        return Refused("too_many_looks", str(wait))
    try:
        with db.begin_nested():
            return ask()
    except Refused as refused:
        if refused.code != NOTHING:
            raise
        leave_trace(db, caller, CORRECT, number, outcome=AuditOutcome.DENIED)
        return refused


def ask_correction(
    db: Connection, keys: NodeKeys, number: str, asking: Correcting, caller: Caller
) -> Order:
    """Ask to correct a case that was registered here; another person decides."""
    case = _correctable(db, case_by_number(db, number, lock=True), caller)
    # Before anything is compared: who is refused for these learns nothing of what is kept.
    if has_asked_correction(db, case.case_id):
        raise Refused("correction_asked")
    _demand_no_hold(db, case, asking.values)
    told = open_case(db, keys, case)
    new, old = _wanted(told, asking, caller)
    order = Order(
        order_id=new_id(),
        kind=CORRECTION,
        case_id=case.case_id,
        number=case.number,
        state=OrderState.ASKED,
        ordered_by=caller.actor.node,
        ground=INACCURATE,
        requester=asking.requester,
        reason=mask_text(asking.reason, _names(told, new)),
        asked_by=caller.actor.id,
        asked_name=caller.actor.name,
        asked_at=caller.now,
        fields=tuple(sorted(new)),
        proposed=_sealed(told, new),
        changes=_masked(told, new, old),
    )
    add_order(db, order)
    _trace(db, caller, CORRECT, order, order.reason)
    return order


def approve_correction(db: Connection, keys: NodeKeys, order_id: UUID, caller: Caller) -> Order:
    """Approve a correction that somebody else asked for: it is carried out here and everywhere."""
    lock_case_of_order(db, order_id)  # before its order, as at an erasure
    order = _undecided(db, order_id, caller)
    case = _correctable(db, case_of(db, order.case_id), caller)
    _demand_no_hold(db, case, order.fields or ())
    change_order(db, order_id, **_decided(caller))
    _trace(db, caller, "correction.approve", order, order.reason)
    amend(db, keys, case, order, caller)
    return replace(order, state=OrderState.DONE)


def refuse_correction(
    db: Connection, keys: NodeKeys, order_id: UUID, reason: str, caller: Caller
) -> Order:
    """Decide that nothing is corrected; the proposed values are forgotten."""
    lock_case_of_order(db, order_id)
    order = _undecided(db, order_id, caller)
    told = open_case(db, keys, _seen(case_of(db, order.case_id), caller))
    shown = mask_text(reason, _names(told, proposed_by(told, order)))
    refused = {"state": OrderState.REFUSED, "refusal": shown, "proposed": None}
    change_order(db, order_id, **_decided(caller), **refused)
    _trace(db, caller, "correction.refuse", order, shown)
    return replace(order, state=OrderState.REFUSED)


def _trace(db: Connection, caller: Caller, action: str, order: Order, masked: str | None) -> None:
    leave_trace(db, caller, action, order.number, purpose=masked or "", after=str(order.order_id))


def _decided(caller: Caller) -> dict[str, object]:
    who = caller.actor
    return {"decided_by": who.id, "decided_name": who.name, "decided_at": caller.now}


def _undecided(db: Connection, order_id: UUID, caller: Caller) -> Order:
    order = lock_order(db, order_id)
    if order is None or order.kind != CORRECTION:
        raise Refused("unknown_data_order")
    if order.state != OrderState.ASKED:
        raise Refused("wrong_state")
    if order.asked_by == caller.actor.id:
        raise Refused("second_person")
    return order


def _correctable(db: Connection, case: Case | None, caller: Caller) -> Case:
    case = _seen(case, caller)
    if case.erased_at is not None:
        raise Refused("person_erased")
    if case.origin is not None:
        raise Refused("registered_elsewhere")
    return case


def _seen(case: Case | None, caller: Caller) -> Case:
    if case is None or is_in_conflict(case, caller):
        raise Refused("unknown_case")
    return case


def _demand_no_hold(db: Connection, case: Case, fields: Collection[str]) -> None:
    if touches_words(fields) and open_hold(db, case.case_id) is not None:
        raise Refused("words_held", field="text")


def _wanted(
    told: Opened, asking: Correcting, caller: Caller
) -> tuple[dict[str, str], dict[str, str | None]]:
    of_party = {name.value for name in PartyField} & set(asking.values)
    party = told.parties.get(asking.party)
    if of_party and party is None:
        raise Refused("no_such_party", field="party")
    new = {
        field_of(asking.party, name) if name in of_party else name: value
        for name, value in asking.values.items()
    }
    old: dict[str, str | None] = dict(told.words)
    if party is not None:
        old |= {field_of(asking.party, name): getattr(party, name) for name in PartyField}
        number = field_of(asking.party, PartyField.ID_NUMBER)
        if number in new:
            new[number] = _checked(party.kind, new[number], caller)
    changed = differing(new, old)
    if not changed:
        raise Refused(NOTHING)
    return changed, old


def _checked(kind: PartyKind, number: str, caller: Caller) -> str:
    if kind is PartyKind.PERSON:
        today = day_in_china(caller.now)
        if not any(fits_id_kind(number, kind, today) for kind in IdKind):
            raise Refused("bad_id_number", field="id_number")
        return normalise_id_card(number)
    if not is_uscc(number):
        raise Refused("bad_credit_code", field="id_number")
    return plain(number)


def _sealed(told: Opened, new: Mapping[str, str]) -> dict[str, object]:
    # As a proposal: it cannot be shown as what stands.
    return {
        name: told.sealer.seal(f"proposed.{name}", value).model_dump(mode="json")
        for name, value in new.items()
    }


def _masked(
    told: Opened, new: Mapping[str, str], old: Mapping[str, str | None]
) -> dict[str, dict[str, str]]:
    names = _names(told, new)
    return {
        name: {
            "before": _shown(name, old.get(name), names),
            "after": _shown(name, value, names),
        }
        for name, value in new.items()
    }


def _names(told: Opened, new: Mapping[str, str]) -> tuple[str, ...]:
    # Neither the wrong name may be shown nor the right one.
    named = (value for name, value in new.items() if name.endswith(f".{PartyField.NAME}"))
    return (*told.names, *named)


def _shown(name: str, value: str | None, names: tuple[str, ...]) -> str:
    mask = MASKS.get(name.rpartition(".")[2])
    if not value:
        return ""
    return mask_text(value, names) if mask is None else mask(value)


MASKS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        PartyField.NAME: mask_name,
        PartyField.PHONE: mask_phone,
        PartyField.ID_NUMBER: mask_id,
        PartyField.ADDRESS: mask_address,
    }
)
"""How a field of a party is shown to who decides; words are masked with all names of the case."""
