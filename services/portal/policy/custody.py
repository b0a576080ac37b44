"""Who holds a case, and in which lists of one node it therefore stands.

Custody moves by hand-overs, each under an epoch of its own: the highest that was accepted tells
the holder. A node that took a case over from another one has a leg of it until it gives it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from services.portal.policy.status import Status


@unique
class HandOverState(StrEnum):
    """How an offer stands; one that is wanted back is open until its hearer says so."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One hand-over as far as custody depends on it; a node is None until it is told."""

    epoch: int
    kind: str
    from_node: str | None
    to_node: str | None
    state: HandOverState


@dataclass(frozen=True, slots=True)
class Custody:
    """Custody of a case as one node sees it."""

    holder: str | None
    """None while nobody has said where the case comes from."""
    epoch: int
    came_from: str | None
    """Who gave this node its leg; None where it never had one."""
    has_leg: bool
    """Whether that leg goes on: it was neither given back nor its result taken."""


GIVEN = frozenset({"up", "down", "reopened"})
"""Kinds by which a leg begins at the hearer."""
GIVEN_BACK = frozenset({"return", "result"})
"""Kinds by which a leg ends at the offerer; the hearer takes them by itself."""


@unique
class Place(StrEnum):
    """Where a case stands for a node that registered it or took it over."""

    HERE = "here"
    """Open, and this node's to work on."""
    AWAY = "away"
    """Another node works on it; or what was found is under way between two of them."""
    AWAITED = "awaited"
    """Finished where it was registered: the person has the word."""
    REST = "rest"
    """Closed or declined, or this node's leg of it has ended."""


def hand_over_state(*, accepted: bool | None, ground: str | None) -> HandOverState:
    """Return how an offer stands by its answer; None while there is none."""
    if accepted is None:
        return HandOverState.OPEN
    if accepted:
        return HandOverState.ACCEPTED
    return HandOverState.WITHDRAWN if ground == "withdrawn" else HandOverState.REFUSED


def custody(origin: str | None, node: str, hand_overs: Sequence[HandOver]) -> Custody:
    """Return who holds a case; until a hand-over is accepted the node that registered it does."""
    accepted = [each for each in hand_overs if each.state is HandOverState.ACCEPTED]
    taken = [each for each in accepted if each.to_node == node and each.kind in GIVEN]
    ended = [each for each in accepted if each.from_node == node and each.kind in GIVEN_BACK]
    last = max(accepted, key=lambda each: each.epoch, default=None)
    return Custody(
        holder=last.to_node if last else origin,
        epoch=last.epoch if last else 0,
        came_from=_giver(taken),
        has_leg=_highest(taken) > _highest(ended),
    )


def _highest(hand_overs: Sequence[HandOver]) -> int:
    return max((each.epoch for each in hand_overs), default=0)


def _giver(taken: Sequence[HandOver]) -> str | None:
    # A round that begins anew comes by the way of the last result: the leg is still the old one's.
    given = [each for each in taken if each.kind != "reopened"] or taken
    return max(given, key=lambda each: each.epoch).from_node if given else None


def place(status: Status, custody: Custody, *, node: str, is_origin: bool) -> Place:
    """Return where a case stands for a node that registered it or once took it over."""
    if status.is_at_rest or not (is_origin or custody.has_leg):
        return Place.REST
    if custody.holder != node:
        return Place.AWAY
    if status.is_open:
        return Place.HERE
    return Place.AWAITED if is_origin else Place.AWAY


def is_below(code: str | None, node: str) -> bool:
    """Tell by the codes of GB/T 2260 whether a node lies within another one's area."""
    return code is not None and code != node and code.startswith(area_of(node))


def area_of(node: str) -> str:
    """Return the digits with which the codes of a node's area begin."""
    area = node
    while area.endswith("00"):
        area = area[:-2]
    return area
