"""What dispatch says: the catalogue, the orders, the pool, the result of a round."""

from services.portal.handlers.sheet import Facts, Sheet
from services.portal.policy import Status
from services.portal.repository import Row
from shared.events.base import Envelope
from shared.events.dispatch import (
    CaseFinished,
    CaseJoined,
    CasePooled,
    CaseReclassified,
    CaseTracked,
    ContactLogged,
    CustodyTold,
    DutyChanged,
    DutyGapEnded,
    DutyGapFound,
    ItemListed,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    OrderSigned,
    TrackingDecided,
    TrackingReported,
    UnitListed,
)

OrderFact = (
    OrderDispatched
    | OrderSigned
    | ContactLogged
    | OrderReturned
    | OrderFinished
    | TrackingReported
)


def _unit(sheet: Sheet, envelope: Envelope, event: UnitListed) -> None:
    known = sheet.units.get(event.unit_id)
    if known is None or known["version"] < envelope.version:
        row = event.model_dump(exclude={"occurred_at"})
        sheet.units[event.unit_id] = row | {"version": envelope.version}


def _item(sheet: Sheet, envelope: Envelope, event: ItemListed) -> None:
    known = sheet.items.get(event.item_id)
    if known is None or known["version"] < envelope.version:
        row = event.model_dump(exclude={"occurred_at", "legal_basis", "owners", "successor"})
        sheet.items[event.item_id] = row | {"version": envelope.version}


def _pooled(sheet: Sheet, envelope: Envelope, event: CasePooled) -> None:
    row = sheet.case(event.case_id)
    known = row["pooled_epoch"] or 0, row["pooled_version"] or 0
    if (event.epoch, envelope.version) > known:
        row["pooled_round"] = _round_of(sheet, envelope, event)
        row["pooled_epoch"] = event.epoch
        row["pooled_version"] = envelope.version
        row["pooled_at"] = event.occurred_at
        row["pool_reason"] = event.reason_told
        row["searcher"] = None  # who answers for it is said after it


def _joined(sheet: Sheet, envelope: Envelope, event: CaseJoined) -> None:
    row = sheet.case(event.case_id)
    known = row["joined_round"] or 0, row["joined_epoch"] or 0, row["joined_version"] or 0
    told = event.round, event.epoch, envelope.version
    if told > known:
        row["joined_round"], row["joined_epoch"], row["joined_version"] = told


def _round_of(sheet: Sheet, envelope: Envelope, event: CasePooled) -> int:
    # The same dispatch said before how it came to the case, and the end of its last round.
    row, node = sheet.case(event.case_id), envelope.node
    ended: int = (row["finished_round"] or 0) if row["finished_node"] == node else 0
    taken: list[int] = [
        each["round"]
        for each in sheet.hand_overs.values()
        if each["case_id"] == event.case_id
        and each["accepted"]
        and each["to_node"] == node
        and each["epoch"] <= event.epoch
    ]
    return max((ended + 1, *taken))


def _dispatched(sheet: Sheet, envelope: Envelope, event: OrderDispatched) -> None:
    order = _order(sheet, envelope, event, Status.DISPATCHED)
    order["round"] = event.round
    order["epoch"] = event.epoch
    order["complexity"] = event.complexity
    order["route"] = event.route_told
    order["because"] = event.because
    order["dispatched_at"] = event.occurred_at


def _signed(sheet: Sheet, envelope: Envelope, event: OrderSigned) -> None:
    order = _order(sheet, envelope, event, Status.SIGNED)
    order["signed_at"] = event.occurred_at
    order["forced_at"] = event.occurred_at if event.forced else None


def _contact(sheet: Sheet, envelope: Envelope, event: ContactLogged) -> None:
    tracks = sheet.order(event.order_id, event.case_id)["state"] == Status.TRACKING
    is_news = event.reached and not tracks
    order = _order(sheet, envelope, event, Status.CONTACTED if is_news else None)
    order["tried_at"] = event.occurred_at
    if event.reached and order["contacted_at"] is None:
        order["contacted_at"] = event.occurred_at


def _reported(sheet: Sheet, envelope: Envelope, event: TrackingReported) -> None:
    order = _order(sheet, envelope, event, Status.TRACKING)
    order["tracked_at"] = event.occurred_at
    order["tracking_serial"] = event.serial
    order["tracking_on"] = event.next_on
    order["tracking_masked"] = event.explanation_masked
    order["tracking_ground"] = event.ground_masked
    order["consent_at"] = event.occurred_at if event.needs_consent else None


def _consented(sheet: Sheet, _envelope: Envelope, event: TrackingDecided) -> None:
    # The same dispatch has said before that there is such an order.
    sheet.case(event.case_id)
    sheet.order(event.order_id, event.case_id)["consent_at"] = None


def _tracked(sheet: Sheet, _envelope: Envelope, event: CaseTracked) -> None:
    sheet.case(event.case_id)  # it stands in the timeline and changes nothing else


def _reclassified(sheet: Sheet, _envelope: Envelope, event: CaseReclassified) -> None:
    row = sheet.case(event.case_id)
    if row["reclassified_at"] is None:
        row.update(complexity=event.complexity, reclassified_at=event.occurred_at)


def _returned(sheet: Sheet, envelope: Envelope, event: OrderReturned) -> None:
    order = _order(sheet, envelope, event, Status.RETURNED)
    order["returned_at"] = event.occurred_at
    order["ground"] = event.ground
    order["legal_basis"] = event.legal_basis
    order["note_masked"] = event.note_masked


def _order_finished(sheet: Sheet, envelope: Envelope, event: OrderFinished) -> None:
    order = _order(sheet, envelope, event, Status.FINISHED)
    order["finished_at"] = None if event.withdrawn else event.occurred_at  # else nobody did
    order["consent_at"] = None
    order["outcome"] = event.outcome_told
    order["answer_masked"] = event.answer_masked
    if event.override_reason is not None and sheet.is_own(envelope):
        sheet.case(event.case_id)["overridden_at"] = event.occurred_at


def _order(sheet: Sheet, envelope: Envelope, event: OrderFact, state: Status | None) -> Row:
    case, order = sheet.case(event.case_id), sheet.order(event.order_id, event.case_id)
    order["node"] = envelope.node
    order["unit_code"] = event.unit_code
    order["unit_name"] = event.unit_name
    if order["round"] is None:
        order["round"] = (case["finished_round"] or 0) + 1
    if envelope.version > order["version"]:
        order["version"] = envelope.version
        order["state"] = state or order["state"] or Status.DISPATCHED
    return order


def _case_finished(sheet: Sheet, envelope: Envelope, event: CaseFinished) -> None:
    row = sheet.case(event.case_id)
    if event.round > (row["finished_round"] or 0):
        row["finished_round"] = event.round
        row["finished_node"] = envelope.node
        row["finished_at"] = None if event.withdrawn else event.occurred_at
        row["outcome"] = event.outcome_told
        row["answer_masked"] = event.answer_masked


def _custody(_sheet: Sheet, _envelope: Envelope, _event: CustodyTold) -> None:
    # It stands in the journal; what differs is dispatch's to keep.
    pass


def _duty(
    _sheet: Sheet, _envelope: Envelope, _event: DutyGapFound | DutyGapEnded | DutyChanged
) -> None:
    # It stands in the journal; desks ask dispatch who is on duty now.
    pass


FACTS: Facts = {
    UnitListed: _unit,
    ItemListed: _item,
    CasePooled: _pooled,
    CaseJoined: _joined,
    OrderDispatched: _dispatched,
    OrderSigned: _signed,
    ContactLogged: _contact,
    OrderReturned: _returned,
    OrderFinished: _order_finished,
    CaseFinished: _case_finished,
    TrackingReported: _reported,
    TrackingDecided: _consented,
    CaseReclassified: _reclassified,
    CaseTracked: _tracked,
    CustodyTold: _custody,
    DutyGapFound: _duty,
    DutyGapEnded: _duty,
    DutyChanged: _duty,
}
