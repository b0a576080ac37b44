"""Begin a new round: who gave the last result stays responsible (S3-24)."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import because_of, detoured
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_order,
)
from services.dispatch.handlers.offers import House, Terms, make_offer
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import (
    CaseState,
    Decision,
    HandOverKind,
    PoolReason,
    Route,
    UnitRule,
)
from services.dispatch.repository.cases import Case, lock_case, move_case
from services.dispatch.repository.catalogue import find_in_place
from services.dispatch.repository.orders import last_finished
from shared.errors import NotYet
from shared.events.review import CaseReopened


@dataclass(frozen=True, slots=True)
class Anew:
    """Why a round begins, and when."""

    because: str
    at: datetime


def reopen_case(db: Connection, event: CaseReopened, house: House) -> None:
    """Begin the round that the person asked for, once, when the one before has its result."""
    case = lock_case(db, event.case_id)
    if case is not None and case.round >= event.round:
        return  # this round began before
    if case is None or case.state is not CaseState.FINISHED or case.round < event.round - 1:
        raise NotYet(f"round {event.round - 1} has not finished here")
    begun = replace(case, round=event.round)
    begin_round(db, begun, Anew(event.because, event.occurred_at), house)


def begin_round(db: Connection, begun: Case, anew: Anew, house: House) -> None:
    """Give the case to whoever gave the last result: a neighbour, a unit of this node, or none."""
    if begun.result_from in house.neighbours:
        _ask_neighbour(db, begun, anew, house)
        return
    unit = _unit_of_last_result(db, begun)
    if unit is None or not unit.active:
        had_one = unit is not None or begun.unit_code is not None
        _pool(db, begun, PoolReason.UNIT_INACTIVE if had_one else PoolReason.REOPENED, anew)
        return
    decision = detoured(db, begun.case_id, Decision(unit, Route.REOPENED, None))
    if decision.unit is None or decision.route is None:
        _pool(db, begun, PoolReason.CONFLICT_OF_INTEREST, anew)
        return
    given = held_by(begun, decision.unit)
    move_case(db, given)
    send_order(db, given, _assignment(decision, decision.unit, decision.route, anew))


def _ask_neighbour(db: Connection, begun: Case, anew: Anew, house: House) -> None:
    # Until it answers, a dispatcher here sees the case in the pool and may call the offer back.
    waiting = _pool(db, begun, PoolReason.REOPENED, anew)
    assert begun.result_from is not None, "looked up by the caller"  # noqa: S101
    terms = Terms(
        kind=HandOverKind.REOPENED,
        to_node=begun.result_from,
        because=anew.because,
        by=THE_RULES,
        at=anew.at,
    )
    make_offer(db, waiting, terms, house)


def _pool(db: Connection, begun: Case, reason: PoolReason, anew: Anew) -> Case:
    waiting = pooled(begun, reason)
    move_case(db, waiting)
    say_pooled(db, waiting, anew.at)
    return waiting


def _unit_of_last_result(db: Connection, begun: Case) -> UnitRule | None:
    last = last_finished(db, begun.case_id, begun.round - 1)
    # One that was joined to another has no order of its own: who answered both has it.
    code = begun.unit_code if last is None else last.unit_code
    return None if code is None else find_in_place(db, code)


def _assignment(decision: Decision, unit: UnitRule, route: Route, anew: Anew) -> Assignment:
    return Assignment(
        unit=unit,
        route=route,
        because=because_of(decision, f"{anew.because}；由上一轮办理单位继续负责"),
        by=THE_RULES,
        at=anew.at,
    )
