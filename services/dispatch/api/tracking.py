"""Cases that go on without a result, over HTTP: reports of units, and who agrees to them."""

from uuid import UUID

from fastapi import APIRouter

from services.dispatch import handlers
from services.dispatch.api.bodies import Written
from services.dispatch.api.life import Asks, on_order, run_once
from services.dispatch.api.orders import DispatchDoor, allowed, written
from services.dispatch.api.tracking_bodies import (
    ConsentBody,
    ConsentView,
    ReportView,
    TrackingBody,
    TrackingView,
)
from services.dispatch.handlers import Caller
from services.dispatch.policy.tracking import needs_consent
from services.dispatch.repository.orders import Order
from services.dispatch.repository.tracking import consents_of, reports_of
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.security.policy import Action
from shared.unit import Work

router = APIRouter(prefix="/orders", route_class=ApiRoute)


@router.get("/{order_id}/tracking")
@demands(Action.ORDER_READ)
def tracking(order_id: UUID, door: DispatchDoor, actor: Who) -> TrackingView:
    """Show what was explained to the person so far, and what was said to it from above."""
    with door.unit.transaction() as db:
        allowed(door, db, actor, Action.ORDER_READ, order_id)
        reports, given = reports_of(db, order_id), consents_of(db, order_id)
    consents = [each.consent for each in given]
    return TrackingView(
        order_id=order_id,
        reports=[ReportView.model_validate(each, from_attributes=True) for each in reports],
        consents=[ConsentView.model_validate(each, from_attributes=True) for each in given],
        needs_consent=needs_consent(len(reports), consents, door.settings.tracking_rules),
    )


@router.post("/{order_id}/tracking", status_code=201)
@demands(Action.ORDER_TRACK)
def report(order_id: UUID, body: TrackingBody, asked: Asks) -> Written:
    """Explain why a matter cannot be settled now, and on which day there is more."""
    door = asked.door
    told = handlers.Tracking(
        order_id=order_id,
        explanation=body.explanation,
        ground=body.ground,
        next_on=body.next_on,
        attempt_needed=door.settings.attempt_before_finish,
    )

    def act(work: Work) -> Order:
        rules = door.settings.tracking_rules
        return handlers.report_tracking(work.db, door.keys, told, rules, asked.caller)

    return run_once(asked, Action.ORDER_TRACK, on_order(order_id, body), act)


@router.post("/{order_id}/tracking/consent")
@demands(Action.TRACKING_DECIDE)
def consent(order_id: UUID, body: ConsentBody, door: DispatchDoor, actor: Who) -> Written:
    """Agree that a unit goes on without a result, or have it settle the matter."""
    told = handlers.Consenting(order_id=order_id, granted=body.granted, because=body.because)
    caller, rules = Caller(actor, door.now()), door.settings.tracking_rules
    with door.unit.begin() as work:
        allowed(door, work.db, actor, Action.TRACKING_DECIDE, order_id)
        return written(work, handlers.decide_on_tracking(work.db, told, rules, caller))
