"""Begin a new round: who gave the last result stays responsible (S3-24)."""

from dataclasses import replace

from sqlalchemy import Connection

from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_order,
)
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import CaseState, PoolReason, Route, UnitRule
from services.dispatch.repository.cases import Case, lock_case, move_case
from services.dispatch.repository.catalogue import find_unit
from services.dispatch.repository.orders import last_finished
from shared.errors import NotYet
from shared.events.review import CaseReopened


def reopen_case(db: Connection, event: CaseReopened) -> None:
    """Give the unit of the last result a new order; pool the case if that unit is out of use."""
    case = lock_case(db, event.case_id)
    if case is not None and case.round >= event.round:
        return  # this round began before
    if case is None or case.state is not CaseState.FINISHED or case.round < event.round - 1:
        raise NotYet(f"round {event.round - 1} has not finished here")
    unit = _unit_of_last_result(db, case)

    begun = replace(case, round=event.round)
    if unit is None or not unit.active:
        waiting = pooled(begun, PoolReason.UNIT_INACTIVE)
        move_case(db, waiting)
        say_pooled(db, waiting, event.occurred_at)
        return
    given = held_by(begun, unit)
    move_case(db, given)
    send_order(db, given, _assignment(unit, event))


def _unit_of_last_result(db: Connection, case: Case) -> UnitRule | None:
    last = last_finished(db, case.case_id, case.round)
    return None if last is None else find_unit(db, last.unit_code)


def _assignment(unit: UnitRule, event: CaseReopened) -> Assignment:
    return Assignment(
        unit=unit,
        route=Route.REOPENED,
        because=f"{event.because}；由上一轮办理单位继续负责",
        by=THE_RULES,
        at=event.occurred_at,
    )
