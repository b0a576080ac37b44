"""What follows from all that is known of a case: status, holder, promises, place in the lists."""

from collections.abc import Sequence
from datetime import datetime

from services.portal.handlers.holding import given_back_at, hold, locate, supervise
from services.portal.handlers.sheet import Sheet, grouped
from services.portal.policy import (
    CALLBACK,
    CENTRE_CALLBACK,
    Clock,
    Facts,
    OrderFacts,
    Standing,
    Status,
    callback_due,
    promises,
    standing,
)
from services.portal.repository import Row
from shared.events.review import WITHDRAWN
from shared.events.words import ClockDetail

LIVE = frozenset({"open", "dissenting"})
"""States of a part in which somebody has still something to do."""
GONE = "withdrawn"
URGED = ("urges", "urged_at", "urged_often_at")
"""What of urges is shown in the round in which they were said."""
POOLED = frozenset({Status.POOLED.value, Status.RETURNED.value})
"""Statuses in which a unit is searched."""


def settle(sheet: Sheet) -> None:
    """Derive anew what is shown of every case on the sheet."""
    orders, clocks = grouped(sheet.orders.values()), grouped(sheet.clocks.values())
    helping = grouped(sheet.parts.values())
    moved, asked = grouped(sheet.hand_overs.values()), grouped(sheet.supervisions.values())
    for case_id, row in sheet.cases.items():
        hand_overs, node = moved.get(case_id, ()), sheet.node
        custody = hold(row, node, hand_overs)
        held = orders.get(case_id, ())
        now = standing(_facts(row, held, hand_overs))
        _stand(row, node, now, held)
        locate(row, node, custody)
        supervise(row, node, asked.get(case_id, ()))
        _help(sheet, row, helping.get(case_id, ()), clocks.get(case_id, ()))
        _promise(row, clocks.get(case_id, ()))
        _call_back(row, node, clocks.get(case_id, ()))
        if (row["urged_round"] or row["round"]) < row["round"]:
            row.update(dict.fromkeys(URGED))
        row["sort_at"] = _sort_at(row, given_back_at(node, hand_overs))


def _stand(row: Row, node: str, now: Standing, orders: Sequence[Row]) -> None:
    holding = next((o for o in orders if o["order_id"] == now.order_id), None)
    row["status"] = now.status.value
    row["round"] = now.round
    row["order_id"] = now.order_id
    # Two nodes may use one code for two units: only a unit of this node is shown by its code.
    is_here = holding is not None and holding["node"] == node
    row["unit_code"] = holding["unit_code"] if holding and is_here else None
    row["unit_name"] = holding["unit_name"] if holding else None
    row["unit_node"] = holding["node"] if holding else None
    for name in ("extension_at", "consent_at"):
        row[name] = holding[name] if holding and is_here else None
    if row["status"] not in POOLED:
        row.update(searcher=None, escalated_at=None)


def _facts(row: Row, orders: Sequence[Row], hand_overs: Sequence[Row]) -> Facts:
    return Facts(
        accepted=row["accepted_at"] is not None,
        declined=row["declined_at"] is not None,
        orders=tuple(map(_order_facts, orders)),
        pooled_round=row["pooled_round"] or 0,
        pooled_epoch=row["pooled_epoch"] or 0,
        pooled_version=row["pooled_version"] or 0,
        joined_round=row["joined_round"] or 0,
        joined_epoch=row["joined_epoch"] or 0,
        joined_version=row["joined_version"] or 0,
        taken=tuple((h["round"], h["epoch"]) for h in hand_overs if _is_work_taken(h)),
        finished_round=row["finished_round"] or 0,
        reopened_round=row["reopened_round"] or 0,
        closed_round=0 if _is_undone(row) else row["closed_round"] or 0,
        withdrawn_round=row["withdrawn_round"] or 0 if _is_withdrawn(row) else 0,
    )


def _is_withdrawn(row: Row) -> bool:
    back = row["taken_back_at"]
    return row["withdrawn_at"] is not None and (back is None or back < row["withdrawn_at"])


def _is_undone(row: Row) -> bool:
    """Tell whether a case closed because it was withdrawn while that was being taken back."""
    is_of_it = row["closed_how"] == WITHDRAWN and row["closed_round"] == row["withdrawn_round"]
    return is_of_it and not _is_withdrawn(row)


def _order_facts(row: Row) -> OrderFacts:
    return OrderFacts(
        row["order_id"], row["round"], row["epoch"] or 0, Status(row["state"]), row["version"]
    )


def _is_work_taken(hand_over: Row) -> bool:
    return bool(hand_over["accepted"]) and hand_over["kind"] != "result"


def _call_back(row: Row, node: str, clocks: Sequence[Row]) -> None:
    """Show until when whom of this node's the person is to be called back by."""
    ours = [_clock(clock) for clock in clocks if clock["node"] == node]
    row["callback_at"] = callback_due(ours, CALLBACK)
    row["centre_callback_at"] = callback_due(ours, CENTRE_CALLBACK)


def _promise(row: Row, clocks: Sequence[Row]) -> None:
    shown = promises([_clock(clock) for clock in clocks])
    citizen, custody = shown.citizen, shown.custody
    row["citizen_lamp"] = citizen.lamp if citizen and citizen.running else None
    row["citizen_due_at"] = citizen.due_at if citizen else None
    row["citizen_provisional"] = citizen.provisional if citizen else None
    row["citizen_on_time"] = citizen.on_time if citizen else None
    row["custody_kind"] = custody.kind if custody else None
    row["custody_lamp"] = custody.lamp if custody else None
    row["custody_due_at"] = custody.due_at if custody else None
    row["custody_provisional"] = custody.provisional if custody else None
    row["lamp"] = shown.lamp
    row["next_due_at"] = shown.next_due_at


def _help(sheet: Sheet, row: Row, parts: Sequence[Row], clocks: Sequence[Row]) -> None:
    """Show of each part how its own clock stands, and of the case which units of ours help."""
    own = {clock["order_id"]: clock for clock in clocks if clock["kind"] == ClockDetail.CO_HANDLE}
    for part in parts:
        clock = own.get(part["part_id"])
        shown: Row = {"is_live": part["state"] in LIVE and part["opened_at"] is not None}
        if clock is not None:
            runs = clock["stopped_at"] is None
            shown |= {"due_at": clock["due_at"], "lamp": clock["lamp"] if runs else None}
        if any(part[name] != value for name, value in shown.items()):
            part.update(shown)
            sheet.changed.add(part["part_id"])
    ours = [part for part in parts if part["node"] == sheet.node and part["state"] != GONE]
    units = sorted({part["unit_code"] for part in ours if part["round"] == row["round"]})
    row["helping_units"] = units if parts else None
    if row["closed_at"] is not None and row["is_at_rest"]:
        row["overridden_at"] = None


def _clock(row: Row) -> Clock:
    return Clock(
        kind=row["kind"],
        due_at=row["due_at"],
        lamp=row["lamp"],
        provisional=bool(row["provisional"]),
        running=row["stopped_at"] is None,
        on_time=row["on_time"],
        version=row["version"],
    )


def _sort_at(row: Row, given_back: datetime | None) -> datetime | None:
    if row["is_at_rest"] or Status(row["status"]).is_at_rest:
        own: datetime | None = row["closed_at"] or row["declined_at"] or row["withdrawn_at"]
        rested = own or given_back
        return rested
    since = ("registered_at", "accepted_at", "reopened_at", "finished_at")
    waits_since = max((row[name] for name in since if row[name]), default=None)
    return row["next_due_at"] or waits_since
