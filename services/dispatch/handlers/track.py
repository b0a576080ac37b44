"""Explain what cannot be settled now, name the day of the next word, and go on (S3-23)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.authority import day_of
from services.dispatch.handlers.extend import EXPLAINED, stop_pleading
from services.dispatch.handlers.finish import sealed_answer
from services.dispatch.handlers.steps import complete, lock_order, order_facts, take_in_hand
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import OrderState, Step, state_after
from services.dispatch.policy.tracking import (
    TrackingRules,
    Year,
    needs_consent,
    objection_to_day,
    objection_to_report,
)
from services.dispatch.repository.cases import Case, joined_cases, lock_case
from services.dispatch.repository.orders import Order
from services.dispatch.repository.tracking import (
    Given,
    Report,
    add_consent,
    add_report,
    consents_of,
    keep_year,
    reports_of,
    years_told,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.events.dispatch import CaseTracked, TrackingDecided, TrackingReported
from shared.events.link import FactRelayed
from shared.events.sealed import Sealed
from shared.events.sla import WorkedYearTold
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action
from shared.security.sealing import NodeKeys

EXPLANATION = "explanation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """What a unit explains, on which ground, and when it tells more."""

    order_id: UUID
    explanation: str
    ground: str
    next_on: date
    attempt_needed: bool
    """The node wants a logged try to reach the person before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consenting:
    """Whether somebody above agrees that a unit goes on without a result, and why."""

    order_id: UUID
    granted: bool
    because: str


def report_tracking(
    db: Connection, keys: NodeKeys, tracking: Tracking, rules: TrackingRules, caller: Caller
) -> Order:
    """Keep the explanation sealed, tell the persons who wait for it, and name the next day."""
    needed = tracking.attempt_needed
    hand = take_in_hand(db, tracking.order_id, Step.TRACK, attempt_needed=needed)
    given = [each.consent for each in consents_of(db, tracking.order_id)]
    serial = len(reports_of(db, tracking.order_id)) + 1
    objection = objection_to_report(serial - 1, given, rules)
    if objection is not None:
        raise Refused(objection)
    _check_day(db, tracking.next_on, rules, caller.now)
    report = _report(db, keys, tracking, (hand.case.case_id, serial), caller)

    add_report(db, report)
    stop_pleading(db, hand.order, caller.now, EXPLAINED)
    order = complete(db, hand, state_after(Step.TRACK, hand.order.state), caller)
    waits = needs_consent(serial, given, rules)
    say(db, _reported(order, report, caller, needs_consent=waits))
    for case in (hand.case, *joined_cases(db, order.case_id)):
        say(db, _tracked(case, order.unit_name, report, caller.now))
    return order


def decide_on_tracking(
    db: Connection, consenting: Consenting, rules: TrackingRules, caller: Caller
) -> Order:
    """Let a unit go on, or have it settle the matter by its next day; the last word counts.

    Refused: `second_person` to who reported, `no_consent_needed` where nobody waits for it.
    """
    _case, order = lock_order(db, consenting.order_id)
    reports = reports_of(db, order.order_id)
    if order.state is not OrderState.TRACKING:
        raise Refused("wrong_state")
    if reports[-1].reported_by == caller.actor.id:
        raise Refused("second_person")
    given = [each.consent for each in consents_of(db, order.order_id)]
    if not needs_consent(len(reports), given, rules):
        raise Refused("no_consent_needed")
    _decide(db, order, consenting, len(reports), caller)
    return order


def hear_tracked_elsewhere(db: Connection, event: FactRelayed) -> None:
    """Another node explained a case that was registered here: its person is told by this one."""
    if event.fact.type != CaseTracked.name:
        return
    told = event.fact.open(CaseTracked)
    case = lock_case(db, told.case_id)
    if case is None or case.here or case.came_from is not None or case.round != told.round:
        return
    here = {"occurred_at": event.occurred_at, "promise_kept": True}
    say(db, told.model_copy(update=here))


def hear_worked_year(db: Connection, event: WorkedYearTold) -> None:
    """Keep on which days of a year people work."""
    keep_year(db, Year(event.year, frozenset(event.worked)), event.occurred_at)


def _check_day(db: Connection, day: date, rules: TrackingRules, now: datetime) -> None:
    objection = objection_to_day(day_of(now), day, rules, years_told(db, [day.year]))
    if objection is not None:
        raise Refused(objection, field="next_on")


def _report(
    db: Connection, keys: NodeKeys, tracking: Tracking, of: tuple[UUID, int], caller: Caller
) -> Report:
    case_id, serial = of
    sealed = sealed_answer(db, keys, case_id, tracking.explanation, EXPLANATION)
    return Report(
        report_id=new_id(),
        order_id=tracking.order_id,
        serial=serial,
        at=caller.now,
        reported_by=caller.actor.id,
        explanation=sealed.model_dump(mode="json"),
        explanation_masked=mask_text(tracking.explanation),
        ground_masked=mask_text(tracking.ground),
        next_on=tracking.next_on,
    )


def _reported(
    order: Order, report: Report, caller: Caller, *, needs_consent: bool
) -> TrackingReported:
    return TrackingReported(
        **order_facts(order, caller),
        report_id=report.report_id,
        round=order.round,
        serial=report.serial,
        explanation=Sealed.model_validate(report.explanation),
        explanation_masked=report.explanation_masked,
        ground_masked=report.ground_masked,
        next_on=report.next_on,
        needs_consent=needs_consent,
    )


def _tracked(case: Case, unit_name: str, report: Report, at: datetime) -> CaseTracked:
    return CaseTracked(
        case_id=case.case_id,
        occurred_at=at,
        report_id=report.report_id,
        round=case.round,
        serial=report.serial,
        unit_name=unit_name,
        explanation_masked=report.explanation_masked,
        ground_masked=report.ground_masked,
        next_on=report.next_on,
        promise_kept=case.came_from is None,
    )


def _decide(
    db: Connection, order: Order, consenting: Consenting, reports: int, caller: Caller
) -> None:
    given = Given(
        consent_id=new_id(),
        order_id=order.order_id,
        at=caller.now,
        reports=reports,
        granted=consenting.granted,
        because=mask_text(consenting.because),
    )
    add_consent(db, given)
    told = {"granted": given.granted, "reports": reports, "because": given.because}
    say(db, TrackingDecided(**order_facts(order, caller), **told))
    leave_trace(db, caller, Trace(Action.TRACKING_DECIDE, "order", str(order.order_id), told))
