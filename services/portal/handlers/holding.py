"""What follows from hand-overs and supervisions: who holds a case, what waits for whom."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.portal.policy import (
    Custody,
    HandOver,
    HandOverState,
    Place,
    Status,
    custody,
    hand_over_state,
    is_below,
    place,
)
from services.portal.repository import Row

ASKS = frozenset({"up", "down", "reopened"})
"""Kinds of offers that somebody may have to answer; the others are taken by the rules."""


def hold(row: Row, node: str, hand_overs: Sequence[Row]) -> Custody:
    """Derive who holds a case and which offers are open; custody that was taken makes it ours."""
    for each in hand_overs:
        ground = each["refusal_ground"]
        each["state"] = hand_over_state(accepted=each["accepted"], ground=ground).value
    now = custody(row["origin"], node, [_hand_over(each) for each in hand_overs])
    row["holder"], row["holder_epoch"] = now.holder, now.epoch
    row["is_ours"] = row["is_ours"] or now.came_from is not None
    _offers(row, node, hand_overs)
    return now


def _hand_over(row: Row) -> HandOver:
    return HandOver(
        epoch=row["epoch"],
        kind=row["kind"] or "",
        from_node=row["from_node"],
        to_node=row["to_node"],
        state=HandOverState(row["state"]),
    )


def _offers(row: Row, node: str, hand_overs: Sequence[Row]) -> None:
    offers = [
        each
        for each in hand_overs
        if each["state"] == HandOverState.OPEN and each["epoch"] > row["holder_epoch"]
    ]
    made = _last(each for each in offers if each["from_node"] == node)
    row["offered_id"] = made["hand_over_id"] if made else None
    row["offered_to"] = made["to_node"] if made else None
    asked = _last(each for each in offers if _asks(each, node))
    row["incoming_id"] = asked["hand_over_id"] if asked else None
    row["incoming_from"] = asked["from_node"] if asked else None
    row["incoming_at"] = asked["offered_at"] if asked else None


def _asks(offer: Row, node: str) -> bool:
    to_us = offer["to_node"] == node and offer["offered_at"] is not None
    return to_us and offer["kind"] in ASKS and offer["withdrawn_at"] is None


def _last(offers: Iterable[Row]) -> Row | None:
    return max(offers, key=lambda each: each["epoch"], default=None)


def locate(row: Row, node: str, now: Custody) -> None:
    """Derive the lists that a case stands in; in none of this node's until it was registered."""
    status, born = Status(row["status"]), row["registered_at"] is not None
    is_origin = row["origin"] == node
    there = place(status, now, node=node, is_origin=is_origin) if row["is_ours"] and born else None
    row["is_open"] = there is Place.HERE
    row["is_away"] = there is Place.AWAY
    row["is_awaited"] = there is Place.AWAITED
    row["is_below"] = born and status.is_open and is_below(row["holder"], node)
    # A leg that was given back to a tier below is not over for the tier that watches it.
    row["is_at_rest"] = there is Place.REST and not row["is_below"]


def supervise(row: Row, node: str, supervisions: Sequence[Row]) -> None:
    """Derive which answer is owed next, by this node and to it."""
    open_ = [each for each in supervisions if each["answered_at"] is None and each["answer_by"]]
    row["supervised_until"] = _next(each for each in open_ if each["to_node"] == node)
    row["asked_until"] = _next(each for each in open_ if each["from_node"] == node)


def _next(supervisions: Iterable[Row]) -> datetime | None:
    return min((each["answer_by"] for each in supervisions), default=None)


def given_back_at(node: str, hand_overs: Sequence[Row]) -> datetime | None:
    """Return when this node's last leg ended by a hand-over, as the taker tells it."""
    ended = [each for each in hand_overs if each["accepted"] and each["from_node"] == node]
    last = _last(ended)
    moment: datetime | None = (last["answered_at"] or last["handed_at"]) if last else None
    return moment
