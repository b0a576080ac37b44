"""Place an accepted case by the rules of the catalogue, or leave it to a dispatcher."""

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
from services.dispatch.repository.cases import Case, add_case
from services.dispatch.repository.catalogue import rules_for
from shared.events.intake import CaseAccepted
from shared.regions import full_name_of, region_of

COUNTY_DIGITS = 6


def route_case(db: Connection, event: CaseAccepted) -> None:
    """Send a case to the unit that the rules name, at the moment of acceptance, or pool it."""
    known = region_of(event.region[:COUNTY_DIGITS]) is not None
    rules = rules_for(db, event.item_code, policy.prefixes_of(event.region))

    decision = policy.choose_unit(Matter(event.item_code, event.region, known), rules)

    case = _placed(_case(event), decision)
    if not add_case(db, case):
        return  # accepted once before: whoever has it keeps it
    if decision.unit is None or decision.route is None:
        say_pooled(db, case, event.occurred_at)
        return
    assignment = Assignment(
        unit=decision.unit,
        route=decision.route,
        because=_sentence(decision.route, decision.because),
        by=THE_RULES,
        at=event.occurred_at,
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
