"""Custody of a case between nodes: who may offer it, what an offer is to its hearer (ADR 6).

    holder of n ── offer n + 1 ──► open ──► accepted: the hearer holds n + 1, here it has ended
                                       └──► refused: the offerer holds on, and n + 1 is used up

The offerer answers for the case until it hears the acceptance, the taker from its acceptance on.
Meanwhile nothing may end the case at the offerer. Every offer, taken or not, uses up its epoch,
so a late message can never be mistaken for the answer to a later offer.
"""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class HandOverKind(StrEnum):
    """Why custody moves."""

    UP = "up"
    DOWN = "down"
    RETURN = "return"
    RESULT = "result"
    REOPENED = "reopened"


@unique
class Direction(StrEnum):
    """Whose offer it is: this node's, or one made to it."""

    OUT = "out"
    IN = "in"


@unique
class OfferState(StrEnum):
    """open ─► accepted | refused; who withdraws waits for the refusal like anybody."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@unique
class Hearing(StrEnum):
    """What a node does with an offer that it hears."""

    CONSIDER = "consider"
    """A dispatcher decides."""
    TAKE = "take"
    """It is this node's to take: it gave it away, or its own result was not enough."""
    REPEAT = "repeat"
    """Answered before: the same answer again."""
    PENDING = "pending"
    """Heard before, and not answered yet."""
    STALE = "stale"
    """Custody has moved on since."""
    WAIT = "wait"
    """The offerer must have taken what this node offers it: that answer comes first."""


@dataclass(frozen=True, slots=True)
class Custody:
    """How custody of one case looks from one node."""

    here: bool = False
    epoch: int = 0
    """The highest whose offer was answered at this node or to it."""
    offered: int | None = None
    """The epoch of this node's open offer."""
    offered_to: str | None = None

    @property
    def is_free(self) -> bool:
        """Tell whether this node may end the case or offer it: it holds it and offers it not."""
        return self.here and self.offered is None


@dataclass(frozen=True, slots=True)
class Heard:
    """An offer as it is heard."""

    epoch: int
    kind: HandOverKind
    peer: str
    known: OfferState | None = None
    """How this very offer stands, if it was heard before."""


def hearing_of(custody: Custody, offer: Heard, *, gave_result: bool) -> Hearing:
    """Return what an offer is to a node; a reopened round goes to whoever gave the last result."""
    if offer.known is not None:
        return Hearing.PENDING if offer.known is OfferState.OPEN else Hearing.REPEAT
    if offer.epoch <= max(custody.epoch, custody.offered or 0):
        return Hearing.STALE
    if custody.offered is not None and custody.offered_to == offer.peer:
        return Hearing.WAIT
    is_ours = _is_to_be_taken(offer.kind, gave_result=gave_result)
    return Hearing.TAKE if is_ours else Hearing.CONSIDER


def _is_to_be_taken(kind: HandOverKind, *, gave_result: bool) -> bool:
    match kind:
        case HandOverKind.RETURN | HandOverKind.RESULT:
            return True
        case HandOverKind.REOPENED:
            return gave_result
        case HandOverKind.UP | HandOverKind.DOWN:
            return False


def kind_of(to_node: str, came_from: str | None, *, is_above: bool) -> HandOverKind:
    """Return what handing to a neighbour means: back where the leg came from, up, or down."""
    if to_node == came_from:
        return HandOverKind.RETURN
    return HandOverKind.UP if is_above else HandOverKind.DOWN
