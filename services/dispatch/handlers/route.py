"""Place an accepted case by the rules of the catalogue, or leave it to a dispatcher."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import because_of
from services.dispatch.handlers.custody import (
    Assignment,
    held_by,
    pooled,
    say_pooled,
    send_orders,
)
from services.dispatch.handlers.deciding import COUNTY_DIGITS, Asked, decide
from services.dispatch.handlers.live_rules import LiveRules, facts_of, live_rules
from services.dispatch.handlers.on_spot_placing import (
    Answerer,
    answerers,
    assignment_of,
    decision_of,
)
from services.dispatch.handlers.suggest import Suggestion
from services.dispatch.handlers.suggest_alone import alone, as_decision, sentence
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import CaseState, Decision, PoolReason, Route
from services.dispatch.repository.cases import Case, add_cases, move_case
from services.dispatch.tables import complaints
from shared.complaints import NOBODY, Complaint, add_complaint
from shared.events.intake import CaseAccepted, ComplainedOf
from shared.regions import full_name_of


def route_cases(
    db: Connection, events: Sequence[CaseAccepted], node: str = "", alone_above: float = 0
) -> None:
    """Send cases to the units that the rules name, as of their acceptance, or pool them.

    `node` is whose authority counts. What no rule places, and complains of nobody, goes where a
    suggestion is sure enough; `alone_above` 0 is never.
    """
    against = {event.case_id: _complaint(event) for event in events if event.complained_of}
    decided = _decided(db, [_case(event) for event in events], against, node)
    answered, others = answerers(db, events, node)
    decided = [_answered(*each, answered, others) for each in decided]
    free = [each for each in decided if each[0].case_id not in against]
    sure = alone(db, free, node, alone_above)
    decided = [_suggested(*each, sure.get(each[0].case_id)) for each in decided]

    fresh = add_cases(db, [case for case, _decision in decided])
    for case_id in sorted(fresh & against.keys()):
        add_complaint(db, complaints, case_id, against[case_id])
    # What was accepted once before stays with whoever has it.
    first = {case.case_id: (case, decision) for case, decision in reversed(decided)}
    sent = [each for case_id, each in reversed(first.items()) if case_id in fresh]
    _send(db, sent, made=sure, answered=answered)


def place_case(db: Connection, case: Case, at: datetime, node: str) -> None:
    """Do the same with a case that this node has taken over."""
    decided = _decided(db, [case], {}, node)

    move_case(db, decided[0][0])
    _send(db, decided, at)


def _answered(
    case: Case,
    decision: Decision,
    answered: Mapping[UUID, Answerer],
    others: Mapping[UUID, Decision],
) -> tuple[Case, Decision]:
    answerer, whose = answered.get(case.case_id), others.get(case.case_id)
    if answerer is not None:
        return held_by(case, answerer.unit), decision_of(answerer)
    return (case, decision) if whose is None else (_placed(case, whose), whose)


def _suggested(case: Case, decision: Decision, sure: Suggestion | None) -> tuple[Case, Decision]:
    if sure is None:
        return case, decision
    return held_by(case, sure.unit), as_decision(sure)


def _decided(
    db: Connection, told: Sequence[Case], against: Mapping[UUID, Complaint], node: str
) -> list[tuple[Case, Decision]]:
    decided = []
    for live, cases in _by_version(db, told):
        asked = [
            Asked(facts_of(case), case.case_id, against.get(case.case_id, NOBODY).units)
            for case in cases
        ]
        made = zip(cases, decide(db, live, asked, node), strict=True)
        decided += [(_placed(case, decision), decision) for case, decision in made]
    return decided


def _by_version(
    db: Connection, told: Sequence[Case]
) -> list[tuple[LiveRules | None, Sequence[Case]]]:
    """Return together the cases that one version decides: that in force at their acceptance."""
    moments = sorted({case.accepted_at for case in told})
    last = live_rules(db, moments[-1])
    if len(moments) == 1 or live_rules(db, moments[0]) == last:
        return [(last, told)]
    live = {at: live_rules(db, at) for at in moments}
    groups: dict[int | None, list[Case]] = {}
    for case in told:
        rules = live[case.accepted_at]
        groups.setdefault(rules.catalogue if rules else None, []).append(case)
    return [(live[cases[0].accepted_at], cases) for cases in groups.values()]


def _complaint(event: CaseAccepted) -> Complaint:
    told = event.complained_of or ComplainedOf()
    return Complaint(told.codes, told.hashes)


def _send(
    db: Connection,
    decided: Sequence[tuple[Case, Decision]],
    at: datetime | None = None,
    made: Mapping[UUID, Suggestion] = MappingProxyType({}),
    answered: Mapping[UUID, Answerer] = MappingProxyType({}),
) -> None:
    assigned = []
    for case, decision in decided:
        answerer = answered.get(case.case_id)
        assignment = (
            _assignment(decision, at or case.accepted_at, made.get(case.case_id))
            if answerer is None
            else assignment_of(answerer, case)
        )
        if assignment is None:
            say_pooled(db, case, at or case.accepted_at, _why(decision))
        else:
            assigned.append((case, assignment))
    send_orders(db, assigned)


def _why(decision: Decision) -> str:
    # Of other reasons `because` is the rule that led nowhere.
    return decision.because if decision.reason is PoolReason.NO_RULE else ""


def _assignment(
    decision: Decision, at: datetime, made: Suggestion | None = None
) -> Assignment | None:
    if decision.unit is None or decision.route is None:
        return None
    told = _sentence(decision) if made is None else sentence(made)
    return Assignment(
        unit=decision.unit,
        route=decision.route,
        because=because_of(decision, told),
        by=THE_RULES,
        at=at,
        ruled=decision.ruled,
        co_units=decision.co_units,
        suggestion=made,
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
        channel=event.channel.value,
        demand=event.demand,
        party=event.party,
    )


def _sentence(decision: Decision) -> str:
    rule, ruled = decision.because, decision.detour_from or decision
    if ruled.route is Route.RULE:
        return f"按派单规则派单：{rule}"
    if ruled.route is Route.ITEM:
        return f"按事项派单：“{rule}”由该单位负责"
    name = full_name_of(rule[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))
    return f"按办理地派单：{name or ''}（{rule}）"
