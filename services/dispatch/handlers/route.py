"""Place an accepted case by the rules of the catalogue, or leave it to a dispatcher."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch import policy
from services.dispatch.handlers.conflict import because_of
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_orders,
)
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import CaseState, Decision, Matter, Route
from services.dispatch.repository.cases import Case, add_cases, move_case
from services.dispatch.repository.catalogue import About, rules_for, standings, whole_tree
from services.dispatch.tables import complaints
from shared.complaints import NOBODY, Complaint, add_complaint
from shared.events.intake import CaseAccepted, ComplainedOf
from shared.regions import full_name_of, region_of, today_of

COUNTY_DIGITS = 6


def route_cases(db: Connection, events: Sequence[CaseAccepted]) -> None:
    """Send cases to the units that the rules name, as of their acceptance, or pool them."""
    against = {event.case_id: _complaint(event) for event in events if event.complained_of}
    decided = _decided(db, [_case(event) for event in events], against)

    fresh = add_cases(db, [case for case, _decision in decided])
    for case_id in sorted(fresh & against.keys()):
        add_complaint(db, complaints, case_id, against[case_id])
    # What was accepted once before stays with whoever has it.
    first = {case.case_id: (case, decision) for case, decision in reversed(decided)}
    _send(db, [each for case_id, each in reversed(first.items()) if case_id in fresh])


def place_case(db: Connection, case: Case, at: datetime) -> None:
    """Do the same with a case that this node has taken over."""
    decided = _decided(db, [case], {})

    move_case(db, decided[0][0])
    _send(db, decided, at)


def _decided(
    db: Connection, told: Sequence[Case], against: Mapping[UUID, Complaint]
) -> list[tuple[Case, Decision]]:
    regions = {prefix for case in told for prefix in policy.prefixes_of(today_of(case.region))}
    codes = sorted({case.item_code for case in told if case.item_code})
    about = About(codes, sorted(regions), [case.case_id for case in told])
    rules, known = rules_for(db, about)
    barred = {
        case.case_id: known.get(case.case_id, frozenset())
        | against.get(case.case_id, NOBODY).units
        for case in told
    }
    if any(barred.values()):
        rules = replace(rules, tree=whole_tree(db))
        known_units = standings(db)
        barred = {case: policy.with_heirs(units, known_units) for case, units in barred.items()}
    decisions = [policy.choose_unit(_matter(case, barred[case.case_id]), rules) for case in told]
    return [(_placed(case, made), made) for case, made in zip(told, decisions, strict=True)]


def _matter(case: Case, barred: frozenset[str]) -> Matter:
    # A place is where it is, whatever its code was when somebody wrote it down.
    region = today_of(case.region)
    known = region_of(region[:COUNTY_DIGITS]) is not None
    return Matter(case.item_code, region, known, barred)


def _complaint(event: CaseAccepted) -> Complaint:
    told = event.complained_of or ComplainedOf()
    return Complaint(told.codes, told.hashes)


def _send(
    db: Connection, decided: Sequence[tuple[Case, Decision]], at: datetime | None = None
) -> None:
    assigned = []
    for case, decision in decided:
        assignment = _assignment(decision, at or case.accepted_at)
        if assignment is None:
            say_pooled(db, case, at or case.accepted_at)
        else:
            assigned.append((case, assignment))
    send_orders(db, assigned)


def _assignment(decision: Decision, at: datetime) -> Assignment | None:
    if decision.unit is None or decision.route is None:
        return None
    return Assignment(
        unit=decision.unit,
        route=decision.route,
        because=because_of(decision, _sentence(decision)),
        by=THE_RULES,
        at=at,
    )


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


def _sentence(decision: Decision) -> str:
    rule, ruled = decision.because, decision.detour_from or decision
    if ruled.route is Route.ITEM:
        return f"按事项派单：“{rule}”由该单位负责"
    name = full_name_of(rule[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))
    return f"按办理地派单：{name or ''}（{rule}）"
