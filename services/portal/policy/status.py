"""The status that is shown, from facts that several services said in any order.

Each fact makes one mark `(round, rank)`; the highest mark is shown. Facts are only ever added, so
the same facts show the same status whichever speaker was heard first.

    status       said by    round                        rank
    registered   intake     1                            0
    accepted     intake     1                            1
    declined     intake     1                            2
    reopened     review     the round that begins        3
    pooled       dispatch   after its last finished one  4
    dispatched   dispatch   of the order                 4
    signed       dispatch   of the order                 4
    contacted    dispatch   of the order                 4
    returned     dispatch   of the order                 4
    finished     dispatch   of the fact                  5
    closed       review     of the fact                  6

The marks of rank 4 are one speaker's, so its versions tell which is the last word of a round: an
order in work before the others, then the highest version. A case that was declined stays so until
dispatch has taken it up.
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
    RETURNED = "returned"
    FINISHED = "finished"
    REOPENED = "reopened"
    CLOSED = "closed"

    @property
    def is_at_rest(self) -> bool:
        """Tell whether nothing more is expected of anybody."""
        return self in (Status.CLOSED, Status.DECLINED)

    @property
    def is_open(self) -> bool:
        """Tell whether the house still owes a result."""
        return not self.is_at_rest and self is not Status.FINISHED


IN_WORK = frozenset({Status.DISPATCHED, Status.SIGNED, Status.CONTACTED})


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as far as it decides the status; `version` is that of dispatch's last word."""

    order_id: UUID
    round: int
    state: Status
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What has been heard about a case; a round is 0 while nobody has spoken of one."""

    accepted: bool = False
    declined: bool = False
    orders: tuple[OrderFacts, ...] = ()
    pooled_round: int = 0
    pooled_version: int = 0
    finished_round: int = 0
    reopened_round: int = 0
    closed_round: int = 0


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
    in_work: bool
    version: int
    status: Status
    order_id: UUID | None = None


def standing(facts: Facts) -> Standing:
    """Return where a case stands; its order is the shown round's last that was not returned."""
    highest = max(_marks(facts), key=_height)
    holding = highest.order_id
    if highest.status in (Status.FINISHED, Status.CLOSED):
        holding = _last_order(facts, highest.round)
    return Standing(highest.status, highest.round, holding)


def _height(mark: _Mark) -> tuple[int, int, bool, int]:
    return mark.round, mark.rank, mark.in_work, mark.version


def _last_order(facts: Facts, round_: int) -> UUID | None:
    kept = [o for o in facts.orders if o.round == round_ and o.state is not Status.RETURNED]
    return max(kept, key=lambda order: order.version).order_id if kept else None


def _marks(facts: Facts) -> Iterator[_Mark]:
    yield _Mark(1, 0, False, 0, Status.REGISTERED)
    if facts.accepted:
        yield _Mark(1, 1, False, 0, Status.ACCEPTED)
    if facts.declined:
        yield _Mark(1, 2, False, 0, Status.DECLINED)
    if facts.reopened_round:
        yield _Mark(facts.reopened_round, 3, False, 0, Status.REOPENED)
    if facts.pooled_round:
        yield _Mark(facts.pooled_round, 4, False, facts.pooled_version, Status.POOLED)
    yield from map(_of_order, facts.orders)
    if facts.finished_round:
        yield _Mark(facts.finished_round, 5, False, 0, Status.FINISHED)
    if facts.closed_round:
        yield _Mark(facts.closed_round, 6, False, 0, Status.CLOSED)


def _of_order(order: OrderFacts) -> _Mark:
    holding = None if order.state is Status.RETURNED else order.order_id
    return _Mark(order.round, 4, order.state in IN_WORK, order.version, order.state, holding)
