"""Place an accepted case by the rules of the catalogue, or leave it to a dispatcher."""

from datetime import datetime

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_order,
)
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import CaseState, Decision, Matter, Route
from services.dispatch.repository.cases import Case, add_case, move_case
from services.dispatch.repository.catalogue import rules_for
from shared.events.intake import CaseAccepted
from shared.regions import full_name_of, region_of

COUNTY_DIGITS = 6


def route_case(db: Connection, event: CaseAccepted) -> None:
    """Send a case to the unit that the rules name, at the moment of acceptance, or pool it."""
    told = _case(event)
    decision = _decided(db, told)

    case = _placed(told, decision)
    if not add_case(db, case):
        return  # accepted once before: whoever has it keeps it
    _send(db, case, decision, event.occurred_at)


def place_case(db: Connection, case: Case, at: datetime) -> None:
    """Do the same with a case that this node has taken over."""
    decision = _decided(db, case)

    placed = _placed(case, decision)
    move_case(db, placed)
    _send(db, placed, decision, at)


def _decided(db: Connection, case: Case) -> Decision:
    known = region_of(case.region[:COUNTY_DIGITS]) is not None
    rules = rules_for(db, case.item_code, policy.prefixes_of(case.region))
    return policy.choose_unit(Matter(case.item_code, case.region, known), rules)


def _send(db: Connection, case: Case, decision: Decision, at: datetime) -> None:
    if decision.unit is None or decision.route is None:
        say_pooled(db, case, at)
        return
    assignment = Assignment(
        unit=decision.unit,
        route=decision.route,
        because=_sentence(decision.route, decision.because),
        by=THE_RULES,
        at=at,
    )
    send_order(db, case, assignment)


def _placed(case: Case, decision: Decision) -> Case:
    if decision.unit is not None:
        return held_by(case, decision.unit)
    assert decision.reason is not None, "no unit has a reason"  # noqa: S101
    return pooled(case, decision.reason)


def _case(event: CaseAccepted) -> Case:
    return Case(
        case_id=event.case_id,
        number=event.number,
        region=event.region,
        item_code=event.item_code,
        item_name=event.item_name,
        complexity=event.complexity,
        title_masked=event.title_masked,
        text_masked=event.text_masked,
        round=1,
        state=CaseState.POOLED,
        pool_reason=None,
        unit_code=None,
        accepted_at=event.occurred_at,
    )


def _sentence(route: Route, rule: str) -> str:
    if route is Route.ITEM:
        return f"按事项派单：“{rule}”由该单位负责"
    name = full_name_of(rule[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))
    return f"按办理地派单：{name or ''}（{rule}）"
