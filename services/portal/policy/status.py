"""The status that is shown, from facts that several services of several nodes said in any order.

Each fact makes one mark `(round, rank)`; the highest mark is shown. Facts are only ever added, so
the same facts show the same status whichever speaker was heard first.

    status       said by    round                        rank
    registered   intake     1                            0
    accepted     intake     1                            1
    declined     intake     1                            2
    reopened     review     the round that begins        3
    pooled       dispatch   in which it was pooled       4
    dispatched   dispatch   of the order                 4
    signed       dispatch   of the order                 4
    contacted    dispatch   of the order                 4
    tracking     dispatch   of the order                 4
    returned     dispatch   of the order                 4
    joined       dispatch   in which it was joined       4
    handed_over  dispatch   of the hand-over             4
    finished     dispatch   of the order or the fact     4 or 5
    closed       review     of the fact                  6
    withdrawn    intake     of the fact                  7

The marks of rank 4 are said under the custody of one node after the other, so the highest epoch
has the last word of a round. Within one epoch they are one speaker's, and its versions tell: an
order in work before the others, then the highest version. A custody that another node took is the
lowest mark of its epoch: it is shown until the taker says what it does. The hand-over of a result
makes none, for the finished order says more. A case that was declined stays so until dispatch has
taken it up.

What its person has withdrawn stays so in its round, whatever else is said of that round, unless
they took it back: then it makes no mark, nor does the closing that was to follow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID


@unique
class Status(StrEnum):
    """Where a case stands, in the words shown to people."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    POOLED = "pooled"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    TRACKING = "tracking"
    RETURNED = "returned"
    HANDED_OVER = "handed_over"
    FINISHED = "finished"
    REOPENED = "reopened"
    CLOSED = "closed"
    JOINED = "joined"
    WITHDRAWN = "withdrawn"

    @property
    def is_at_rest(self) -> bool:
        """Tell whether nothing more is expected of anybody."""
        return self in (Status.CLOSED, Status.DECLINED, Status.WITHDRAWN)

    @property
    def is_open(self) -> bool:
        """Tell whether the house still owes a result."""
        return not self.is_at_rest and self is not Status.FINISHED


IN_WORK = frozenset({Status.DISPATCHED, Status.SIGNED, Status.CONTACTED, Status.TRACKING})
ENDED_HERE = frozenset({Status.RETURNED, Status.HANDED_OVER})
"""States of orders that their unit has no more and has not finished."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as far as it decides the status; `version` is that of dispatch's last word."""

    order_id: UUID
    round: int
    epoch: int
    state: Status
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What has been heard about a case; a round is 0 while nobody has spoken of one."""

    accepted: bool = False
    declined: bool = False
    orders: tuple[OrderFacts, ...] = ()
    pooled_round: int = 0
    pooled_epoch: int = 0
    pooled_version: int = 0
    joined_round: int = 0
    joined_epoch: int = 0
    joined_version: int = 0
    taken: tuple[tuple[int, int], ...] = ()
    """Round and epoch of each custody that a node took over, but for results."""
    finished_round: int = 0
    reopened_round: int = 0
    closed_round: int = 0
    withdrawn_round: int = 0
    """0 also where that was taken back."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer: what is shown, in which round, and which order holds the case."""

    status: Status
    round: int
    order_id: UUID | None


@dataclass(frozen=True, slots=True, order=True)
class _Mark:
    round: int
    rank: int
    epoch: int
    in_work: bool
    version: int
    status: Status
    order_id: UUID | None = None


def standing(facts: Facts) -> Standing:
    """Return where a case stands; its order is the shown round's last that was not given away."""
    highest = max(_marks(facts), key=_height)
    holding = highest.order_id
    if highest.status in (Status.FINISHED, Status.CLOSED, Status.WITHDRAWN):
        holding = _last_order(facts, highest.round)
    return Standing(highest.status, highest.round, holding)


def _height(mark: _Mark) -> tuple[int, int, int, bool, int]:
    return mark.round, mark.rank, mark.epoch, mark.in_work, mark.version


def _last_order(facts: Facts, round_: int) -> UUID | None:
    kept = [o for o in facts.orders if o.round == round_ and o.state not in ENDED_HERE]
    last = max(kept, key=lambda order: (order.epoch, order.version), default=None)
    return last.order_id if last else None


def _marks(facts: Facts) -> Iterator[_Mark]:
    yield _plain(1, 0, Status.REGISTERED)
    if facts.accepted:
        yield _plain(1, 1, Status.ACCEPTED)
    if facts.declined:
        yield _plain(1, 2, Status.DECLINED)
    if facts.reopened_round:
        yield _plain(facts.reopened_round, 3, Status.REOPENED)
    yield from _of_dispatch(facts)
    if facts.finished_round:
        yield _plain(facts.finished_round, 5, Status.FINISHED)
    if facts.closed_round:
        yield _plain(facts.closed_round, 6, Status.CLOSED)
    if facts.withdrawn_round:
        yield _plain(facts.withdrawn_round, 7, Status.WITHDRAWN)


def _plain(round_: int, rank: int, status: Status) -> _Mark:
    return _Mark(round_, rank, 0, False, 0, status)


def _of_dispatch(facts: Facts) -> Iterator[_Mark]:
    if facts.pooled_round:
        told = facts.pooled_epoch, False, facts.pooled_version
        yield _Mark(facts.pooled_round, 4, *told, Status.POOLED)
    if facts.joined_round:
        told = facts.joined_epoch, False, facts.joined_version
        yield _Mark(facts.joined_round, 4, *told, Status.JOINED)
    for round_, epoch in facts.taken:
        yield _Mark(round_, 4, epoch, False, 0, Status.HANDED_OVER)
    yield from map(_of_order, facts.orders)


def _of_order(order: OrderFacts) -> _Mark:
    holding = None if order.state in ENDED_HERE else order.order_id
    told = order.epoch, order.state in IN_WORK, order.version
    return _Mark(order.round, 4, *told, order.state, holding)
