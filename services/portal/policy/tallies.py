"""What one case adds to the rollups: the board is the sum of this over all cases.

The projector adds the difference between before and after, so a board costs nothing to read and
cannot drift from the cases it counts.

A case that several nodes work on is counted so that the boards of all tiers can be added up:

- what was registered, finished and rated counts at the node that registered it, wherever it was
  solved, and so does its channel;
- what is open counts at every node that owes something: the one that registered it, and each one
  that has a leg of it, until that leg is given back; a unit's cases only at the unit's own node;
- a tier above counts each node below it apart (`below_…`, by the code of the node): registered and
  finished by the node that registered the case, open and its lamp by the node that holds it, be
  the case ours too or not, and offered by the node below that waits for our answer.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique

from services.portal.policy.days import day_of
from services.portal.policy.status import Status


@unique
class Dimension(StrEnum):
    """What is counted, and by what."""

    STATUS = "status"
    LAMP = "lamp"
    """Of open cases."""
    CHANNEL = "channel"
    UNIT_OPEN = "unit_open"
    UNIT_YELLOW = "unit_yellow"
    UNIT_RED = "unit_red"
    REGISTERED_ON = "registered_on"
    FINISHED_ON = "finished_on"
    """By the day of the last result, while it stands."""
    ON_TIME_ON = "on_time_on"
    """Of those, the promise to the person was kept."""
    WITHDRAWN_ON = "withdrawn_on"
    """By the day on which its person withdrew it, while that stands: neither kept nor missed."""
    LEVEL = "level"
    """Of every evaluation of a case registered here, not of a case."""
    AVOIDED_ON = "avoided_on"
    """Reports that nobody had to make, because a precedent answered them."""
    ITEM_CASES = "item_cases"
    """Of cases registered here, by month and item: what ordinary windows could not do (N15)."""
    ITEM_TRIES = "item_tries"
    """How often the persons of these had been there in vain."""
    ITEM_AGAIN = "item_again"
    """Of these, opened again because nothing was solved."""
    GUIDED = "guided"
    """Of cases registered here, by month and ground: who was told no, and shown where to go."""
    BELOW_REGISTERED = "below_registered"
    BELOW_FINISHED = "below_finished"
    """With a result that stands."""
    BELOW_OPEN = "below_open"
    BELOW_GREEN = "below_green"
    BELOW_YELLOW = "below_yellow"
    BELOW_RED = "below_red"
    BELOW_OFFERED = "below_offered"
    """Offers to us that nobody has answered."""


NOT_GOVERNMENT = frozenset({"non_government"})
"""Grounds of a no that make a matter none of the authorities: guided, counted apart (S4-14)."""
MOST_TRIES = 20
"""More than so often nobody counts; one wild number would hide all others."""
BELOW_BY_LAMP = {
    "green": Dimension.BELOW_GREEN,
    "yellow": Dimension.BELOW_YELLOW,
    "red": Dimension.BELOW_RED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A case as far as it is counted; a node is None where it is not one below."""

    status: Status
    channel: str | None
    lamp: str | None
    unit: str | None
    registered_at: datetime | None
    finished_at: datetime | None
    on_time: bool | None
    is_origin: bool = True
    """Registered here."""
    owes: bool = True
    """Registered here, or a leg of it goes on here."""
    registered_below: str | None = None
    held_below: str | None = None
    offered_below: str | None = None
    item: str | None = None
    tries: int | None = None
    round: int = 1
    """Rounds that began because a withdrawal was taken back left out."""
    declined: str | None = None
    """The ground of a no that stands."""
    withdrawn_at: datetime | None = None


def month_of(day: date) -> str:
    """Return a month as the keys of rollups name it."""
    return f"{day:%Y-%m}"


def tallies(case: Counted) -> Counter[tuple[str, str]]:
    """Return what a case adds; nothing before its registration has been heard."""
    if case.registered_at is None:
        return Counter()
    counted = _below(case)
    if case.owes:
        counted.append((Dimension.STATUS, case.status.value))
        counted += _open(case) if case.status.is_open else []
    if case.is_origin:
        counted += _registered(case, case.registered_at)
    adds = Counter((dimension.value, key) for dimension, key in counted)
    if case.is_origin:
        adds.update(_of_item(case, case.registered_at))
    return adds


def _of_item(case: Counted, at: datetime) -> dict[tuple[str, str], int]:
    if case.status is Status.DECLINED and case.declined in NOT_GOVERNMENT:
        return {}
    key = f"{month_of(day_of(at))} {case.item or ''}"
    adds = {
        Dimension.ITEM_CASES: 1,
        Dimension.ITEM_TRIES: min(case.tries or 0, MOST_TRIES),
        Dimension.ITEM_AGAIN: int(case.round > 1),
    }
    return {(dimension.value, key): n for dimension, n in adds.items() if n}


def _registered(case: Counted, at: datetime) -> list[tuple[Dimension, str]]:
    counted = [(Dimension.REGISTERED_ON, day_of(at).isoformat())]
    if case.channel is not None:
        counted.append((Dimension.CHANNEL, case.channel))
    if case.status is Status.DECLINED and case.declined is not None:
        counted.append((Dimension.GUIDED, f"{month_of(day_of(at))} {case.declined}"))
    if case.status is Status.WITHDRAWN:
        return counted + _withdrawn(case)
    return counted if case.status.is_open else counted + _finished(case)


def _withdrawn(case: Counted) -> list[tuple[Dimension, str]]:
    at = case.withdrawn_at
    return [] if at is None else [(Dimension.WITHDRAWN_ON, day_of(at).isoformat())]


def _open(case: Counted) -> list[tuple[Dimension, str]]:
    counted = [] if case.lamp is None else [(Dimension.LAMP, case.lamp)]
    if case.unit is None:
        return counted
    counted.append((Dimension.UNIT_OPEN, case.unit))
    if case.lamp == "yellow":
        counted.append((Dimension.UNIT_YELLOW, case.unit))
    if case.lamp == "red":
        counted.append((Dimension.UNIT_RED, case.unit))
    return counted


def _finished(case: Counted) -> list[tuple[Dimension, str]]:
    if case.finished_at is None:
        return []
    day = day_of(case.finished_at).isoformat()
    counted = [(Dimension.FINISHED_ON, day)]
    return [*counted, (Dimension.ON_TIME_ON, day)] if case.on_time else counted


def _below(case: Counted) -> list[tuple[Dimension, str]]:
    counted = []
    if case.registered_below:
        counted.append((Dimension.BELOW_REGISTERED, case.registered_below))
        if case.status in (Status.FINISHED, Status.CLOSED):
            counted.append((Dimension.BELOW_FINISHED, case.registered_below))
    if case.held_below:
        counted.append((Dimension.BELOW_OPEN, case.held_below))
        if case.lamp is not None:
            counted.append((BELOW_BY_LAMP[case.lamp], case.held_below))
    if case.offered_below:
        counted.append((Dimension.BELOW_OFFERED, case.offered_below))
    return counted
