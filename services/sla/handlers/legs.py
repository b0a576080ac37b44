"""What a node owes while it holds a case that another one gave it: N3's clock of a whole leg."""

from sqlalchemy import Connection

from services.sla import repository
from services.sla.handlers.clocks import Promise, Subject, running, start, told_case
from services.sla.handlers.custody import clocks_of_order
from services.sla.handlers.stopping import stop, stop_withdrawn
from services.sla.handlers.terms import end_all_terms
from services.sla.policy import ClockKind, Complexity
from shared.events.dispatch import CaseHandedOver, HandOverAnswered, HandOverOffered
from shared.events.sla import StopReason
from shared.events.words import HandOverKind


def start_leg_clock(db: Connection, event: HandOverAnswered, promise: Promise) -> None:
    """Start what this node owes from its acceptance on; a result that comes back owes no work."""
    if not event.accepted:
        return
    told = told_case(event.case_id, event.matter)
    case = repository.lock_told(db, [told])[event.case_id]
    if event.epoch <= case.epoch:
        return  # an answer is said again to a neighbour that asks again

    repository.note_epoch(db, event.case_id, event.epoch)
    if event.kind is HandOverKind.RESULT:
        return
    complexity = Complexity(event.complexity)
    # In the place of an order stands what began the leg: in one round a case may come here twice.
    leg = (event.case_id, ClockKind.LEG, event.round, complexity, event.occurred_at)
    start(db, [Subject(*leg, order_id=event.hand_over_id, case=case)], promise)


def meet_leg(db: Connection, event: HandOverOffered, promise: Promise) -> None:
    """Stop the clock of a leg with its result: how long the link then takes is nobody's work."""
    if event.kind is HandOverKind.RESULT:
        repository.lock_case(db, event.case_id)
        ended = running(db, event.case_id, {ClockKind.LEG})
        if event.withdrawn:
            stop_withdrawn(db, ended, event.occurred_at, promise)
            end_all_terms(db, event)
            return
        stop(db, ended, event.occurred_at, StopReason.MET, promise)


def end_leg(db: Connection, event: CaseHandedOver, promise: Promise) -> None:
    """Charge node and unit no more from the moment when a neighbour took the case.

    The promise to the person runs on: custody moves the work, not the promise.
    """
    case = repository.lock_case(db, event.case_id)
    ended = clocks_of_order(db, event.case_id, event.order_id)
    if event.epoch > case.epoch:
        ended += running(db, event.case_id, {ClockKind.LEG, ClockKind.RECTIFY})
        repository.note_epoch(db, event.case_id, event.epoch)

    stop(db, ended, event.occurred_at, StopReason.HANDED_OVER, promise)
    end_all_terms(db, event)
