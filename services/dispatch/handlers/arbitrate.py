"""Decide whose a case is that units gave back too often; the decision becomes a rule (N7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.assign import check_tier, unit_for
from services.dispatch.handlers.conflict import complaint_free_of, taking_over
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_order,
)
from services.dispatch.handlers.propose import RuleProposal, propose_rule
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import Party, PoolReason, Route, UnitRule
from services.dispatch.repository.cases import Case, lock_case, move_case
from services.dispatch.repository.disputes import (
    Arbitration,
    Opinion,
    add_arbitration,
    decide_arbitration,
    find_arbitration,
    opinions_of,
    put_opinion,
)
from services.dispatch.repository.orders import Order
from shared.clock import new_id
from shared.complaints import Complaint
from shared.errors import Refused
from shared.events import dispatch as said
from shared.outbox import say
from shared.security.actor import Role
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

PARTY_OF = {
    Role.STAFFING_OFFICE: Party.STAFFING,
    Role.LEGAL_EXPERT: Party.LEGAL,
    Role.DISPATCHER: Party.DISPATCH,
}
"""For whom a role speaks; of several the first."""
OF_A_RULING = "争议裁定形成的规则"
"""A rule is read by everybody: which case it comes of is told with the arbitration alone (N17)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opining:
    """What a party says; no unit: the case is none of this node's."""

    arbitration_id: UUID
    unit_code: str | None
    because: str
    legal_basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whose the case is; `waiver` says why an opinion that is missing was not waited for."""

    arbitration_id: UUID
    unit_code: str | None
    because: str
    legal_basis: str
    waiver: str = ""
    keywords: tuple[str, ...] = ()
    """Words by which the next matter like it is known, for the rule."""


@dataclass(frozen=True, slots=True)
class _Disputed:
    case: Case
    arbitration: Arbitration
    against: Complaint


def open_dispute(db: Connection, order: Order, returns: int, at: datetime) -> None:
    """Ask others whose a case is that was given back too often."""
    dispute = Arbitration(
        arbitration_id=new_id(),
        case_id=order.case_id,
        order_id=order.order_id,
        round=order.round,
        returns=returns,
        opened_at=at,
    )
    add_arbitration(db, dispute)
    fact = said.ArbitrationOpened(
        case_id=order.case_id,
        occurred_at=at,
        arbitration_id=dispute.arbitration_id,
        order_id=order.order_id,
        unit_code=order.unit_code,
        unit_name=order.unit_name,
        round=order.round,
        returns=returns,
    )
    say(db, fact)


def give_opinion(db: Connection, opining: Opining, caller: Caller) -> UUID:
    """Keep what the caller's party says in place of what it said before. Returns the case."""
    disputed = _lock(db, opining.arbitration_id, caller)
    party = next((PARTY_OF[role] for role in PARTY_OF if role in caller.actor.roles), None)
    if party is None:
        raise Refused("not_allowed")
    unit = _unit(db, disputed, opining.unit_code, caller)
    opinion = Opinion(
        opinion_id=new_id(),
        arbitration_id=opining.arbitration_id,
        party=party,
        at=caller.now,
        unit_code=unit.code if unit else None,
        because=mask_text(opining.because),
        legal_basis=mask_text(opining.legal_basis),
    )

    _trace_opinion(db, opinion, caller)
    put_opinion(db, opinion)
    told = {"because": opinion.because, "legal_basis": opinion.legal_basis}
    about = _about(disputed, unit, caller)
    say(db, said.OpinionGiven(**about, **told, party=said.Party(party)))
    return disputed.case.case_id


def _trace_opinion(db: Connection, opinion: Opinion, caller: Caller) -> None:
    said_before = opinions_of(db, opinion.arbitration_id)
    known = next((one for one in said_before if one.party == opinion.party), None)
    trace = Trace(
        Action.ARBITRATION_OPINE,
        "arbitration",
        str(opinion.arbitration_id),
        after=_words(opinion),
        before=None if known is None else _words(known),
    )
    leave_trace(db, caller, trace)


def _words(opinion: Opinion) -> dict[str, object]:
    told = ("party", "unit_code", "because", "legal_basis")
    return {name: getattr(opinion, name) for name in told}


def decide_dispute(db: Connection, ruling: Ruling, caller: Caller) -> UUID:
    """Give the case to a unit that keeps it, or to none of this node. Returns the case."""
    disputed = _lock(db, ruling.arbitration_id, caller)
    given = {one.party for one in opinions_of(db, ruling.arbitration_id)}
    lacking = policy.missing(given)
    if lacking and not ruling.waiver.strip():
        raise Refused("opinions_missing", field="waiver")
    unit = _unit(db, disputed, ruling.unit_code, caller)
    told = {
        "because": mask_text(ruling.because),
        "legal_basis": mask_text(ruling.legal_basis),
        "waiver_masked": mask_text(ruling.waiver) if lacking else "",
    }

    rule_id = _propose(db, disputed.case, unit, ruling, caller)
    decided = {"decided_at": caller.now, "unit_code": unit.code if unit else None, **told}
    decide_arbitration(db, ruling.arbitration_id, **decided, rule_id=rule_id)
    parties = tuple(said.Party(party) for party in lacking)
    about = _about(disputed, unit, caller)
    say(db, said.ArbitrationDecided(**about, **told, missing=parties, rule_id=rule_id))
    after = {"unit": decided["unit_code"], **told}
    trace = Trace(Action.ARBITRATION_DECIDE, "arbitration", str(ruling.arbitration_id), after)
    leave_trace(db, caller, trace)
    _place(db, disputed.case, unit, told["because"], caller)
    return disputed.case.case_id


def _propose(
    db: Connection, case: Case, unit: UnitRule | None, ruling: Ruling, caller: Caller
) -> UUID | None:
    # A place alone is no matter: such a rule would send everything from there to this unit.
    if unit is None or not (case.item_code or ruling.keywords):
        return None
    proposal = RuleProposal(
        item_code=case.item_code,
        region=case.region,
        keywords=ruling.keywords,
        unit_code=unit.code,
        legal_basis=ruling.legal_basis,
        source=OF_A_RULING,
    )
    return propose_rule(db, proposal, caller.by, caller.now)


def _place(
    db: Connection, case: Case, unit: UnitRule | None, because: str, caller: Caller
) -> None:
    if unit is None:
        waiting = pooled(case, PoolReason.NO_RULE)
        move_case(db, waiting)
        say_pooled(db, waiting, caller.now)
        return
    held = held_by(case, unit)
    move_case(db, held)
    assignment = Assignment(
        unit=unit,
        route=Route.ARBITRATED,
        because=f"{because}{taking_over(unit)}",
        by=caller.by,
        at=caller.now,
    )
    send_order(db, held, assignment)


def _lock(db: Connection, arbitration_id: UUID, caller: Caller) -> _Disputed:
    before = find_arbitration(db, arbitration_id)
    case = None if before is None else lock_case(db, before.case_id)
    if before is None or case is None:
        raise Refused("unknown_arbitration", field="arbitration_id")
    against = complaint_free_of(db, case.case_id, caller, "arbitration_id")
    arbitration = find_arbitration(db, arbitration_id)
    if arbitration is None or arbitration.decided_at is not None:
        raise Refused("already_answered")
    return _Disputed(case, arbitration, against)


def _unit(
    db: Connection, disputed: _Disputed, code: str | None, caller: Caller
) -> UnitRule | None:
    if code is None:
        return None
    unit = unit_for(db, code, disputed.against)
    check_tier(db, disputed.case, unit, caller)
    return unit


def _about(disputed: _Disputed, unit: UnitRule | None, caller: Caller) -> dict[str, Any]:
    return {
        "case_id": disputed.case.case_id,
        "occurred_at": caller.now,
        "arbitration_id": disputed.arbitration.arbitration_id,
        "unit_code": unit.code if unit else None,
        "unit_name": unit.title if unit else None,
        "by": caller.by,
    }
