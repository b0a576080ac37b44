"""The ledger of custody that two nodes share, and what differs between its two copies (N4).

A line says of one case how its offers between the two nodes were answered, and on whose side of
their link the case is. What the row of the case says beyond what its offers add up to is counted
into the epoch, so that a change of either is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.dispatch.policy.custody import Direction, OfferState

MARGIN = timedelta(minutes=5)
"""Longer than any transaction, and than clocks of nodes are apart."""
COMPARED = ("number", "epoch", "holder", "since", "offered", "steps")
MISSING_HERE = "missing_here"
MISSING_THERE = "missing_there"
NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One offer as it counts in the ledger."""

    hand_over_id: UUID
    number: str
    epoch: int
    kind: str
    direction: Direction
    peer: str
    state: OfferState
    offered_at: datetime
    answered_at: datetime | None

    @property
    def changed_at(self) -> datetime:
        """When it last changed."""
        return self.answered_at or self.offered_at


@dataclass(frozen=True, slots=True)
class Standing:
    """What the row of a case says of its custody."""

    epoch: int
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The shared custody of one case as one node has it."""

    case_id: UUID
    number: str
    epoch: int
    holder: str
    """The node on whose side of the link the case is; empty for nobody."""
    since: datetime | None
    offered: int
    """The epoch of an offer that nobody has answered; 0 for none."""
    steps: str
    changed_at: datetime


def line_of(
    case_id: UUID, ends: tuple[str, str], standing: Standing | None, moves: Sequence[Move]
) -> Line:
    """Return the line of a case at a node (`ends`: it, and its neighbour) by all its offers."""
    node, peer = ends
    between = [move for move in moves if move.peer == peer]
    answered = [move for move in between if move.state is not OfferState.OPEN]
    taken = [move for move in answered if move.state is OfferState.ACCEPTED]
    beyond = standing.epoch - _counted(moves) if standing else 0
    return Line(
        case_id=case_id,
        number=between[0].number,
        epoch=max((move.epoch for move in answered), default=0) + beyond,
        holder=_holder(ends, standing, moves),
        since=max(taken, key=_epoch).answered_at if taken else None,
        offered=max((one.epoch for one in between if one.state is OfferState.OPEN), default=0),
        steps="; ".join(_told(node, move) for move in sorted(answered, key=_order)),
        changed_at=max(move.changed_at for move in between),
    )


def differing(mine: Line | None, theirs: Line | None) -> tuple[str, ...]:
    """Return in what two copies of a line differ; nothing where they agree."""
    if mine is None or theirs is None:
        return (MISSING_HERE if mine is None else MISSING_THERE,)
    return tuple(name for name in COMPARED if getattr(mine, name) != getattr(theirs, name))


def is_settled(lines: Sequence[Line | None], known_until: datetime | None, now: datetime) -> bool:
    """Tell whether both nodes must have heard what made these lines.

    `known_until` is the moment up to which each has heard the other, None if one never has. A
    change that is yet to come is no reason to wait.
    """
    latest = max(line.changed_at for line in lines if line is not None)
    is_known = known_until is not None and latest < known_until - MARGIN
    return is_known or latest > now + MARGIN


def _counted(moves: Sequence[Move]) -> int:
    # A refusal counts in the row of who offered, for its epoch is used up; not of who refused.
    counts = [
        move.epoch
        for move in moves
        if move.state is OfferState.ACCEPTED
        or (move.state is OfferState.REFUSED and move.direction is Direction.OUT)
    ]
    return max(counts, default=0)


def _holder(ends: tuple[str, str], standing: Standing | None, moves: Sequence[Move]) -> str:
    node, peer = ends
    if standing is None:
        return peer
    if standing.here:
        return node
    taken = [move for move in moves if move.state is OfferState.ACCEPTED]
    last = max(taken, key=_epoch, default=None)
    if last is None or last.direction is Direction.IN:
        return NOBODY
    # Beyond a third node it is still on this side of the link.
    return peer if last.peer == peer else node


def _told(node: str, move: Move) -> str:
    giver = node if move.direction is Direction.OUT else move.peer
    at = move.answered_at.timestamp() if move.answered_at else None
    return f"{move.hand_over_id} {move.epoch} {move.kind} {move.state} {giver} {at}"


def _epoch(move: Move) -> int:
    return move.epoch


def _order(move: Move) -> tuple[int, UUID]:
    return move.epoch, move.hand_over_id
