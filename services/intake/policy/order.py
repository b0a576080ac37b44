"""In which order the facts about a case count, whenever they were heard and whatever clocks say.

A case has rounds, and a round has epochs of custody, each at one node. What a node says runs by
its own clock, and the clocks of two nodes may differ by hours; so the place of a fact comes from
what it says of itself, then from what its own node had said before, and only then from its time.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.intake.policy.facts import RANK, Fact, FactKind

Place = tuple[int, int]
"""A round, and the epoch of custody in it."""

BEFORE_ALL = -1
AFTER_ALL = sys.maxsize
FIRST: Place = (1, 0)
AT_THE_DOOR = frozenset(
    {
        *(FactKind.REGISTERED, FactKind.ACCEPTED, FactKind.DECLINED),
        *(FactKind.APPEALED, FactKind.APPEAL_DECIDED),
    }
)
OF_WITHDRAWAL = frozenset({FactKind.WITHDRAWN, FactKind.WITHDRAWAL_TAKEN_BACK})
BEGINNING = frozenset({FactKind.REOPENED, FactKind.HANDED_OVER})
"""Facts that begin their place: nothing under an epoch comes before its hand-over."""
ENDING = frozenset({FactKind.CASE_FINISHED, FactKind.INVITED, FactKind.RATED, FactKind.CLOSED})
"""Facts after which custody moves no more in their round."""


def in_order(facts: Iterable[Fact]) -> Sequence[Fact]:
    """Put facts in the order in which they count: by round, epoch, time and rank.

    An order's facts belong where its dispatch does; what names no place, where its own node's
    last fact did.
    """
    by_time = sorted(facts, key=_by_time)
    orders = _places_of_orders(by_time)
    rounds = _rounds_of_epochs(by_time)
    placed: list[tuple[Place, Fact]] = []
    for node in {fact.node for fact in by_time}:
        of_node = [fact for fact in by_time if fact.node == node]
        placed += _placed(of_node, orders, rounds)
    return [fact for _, fact in sorted(placed, key=_by_place)]


def _placed(
    of_one_node: Iterable[Fact], orders: Mapping[str | None, Place], rounds: Mapping[int, int]
) -> Iterator[tuple[Place, Fact]]:
    running = FIRST
    for fact in of_one_node:
        place = _named(fact, running, rounds) or orders.get(fact.order_id) or running
        running = max(running, place)
        yield place, fact


def _named(fact: Fact, running: Place, rounds: Mapping[int, int]) -> Place | None:
    told = fact.round or running[0]
    if fact.kind in AT_THE_DOOR or _is_undecided(fact):
        return FIRST[0], BEFORE_ALL
    if fact.kind is FactKind.REOPENED:
        return told, BEFORE_ALL
    if fact.kind in ENDING:
        return told, AFTER_ALL
    if fact.epoch is None:
        return None
    # Who pools a case names no round, but the hand-over that led there does.
    return fact.round or max(told, rounds.get(fact.epoch, told)), fact.epoch


def _is_undecided(fact: Fact) -> bool:
    # What is withdrawn before anybody accepted it may be accepted later, when that is taken back.
    return fact.kind in OF_WITHDRAWAL and not fact.params["accepted"]


def _places_of_orders(facts: Iterable[Fact]) -> Mapping[str | None, Place]:
    return {
        fact.order_id: (fact.round, fact.epoch or 0)
        for fact in facts
        if fact.kind is FactKind.DISPATCHED and fact.round is not None
    }


def _rounds_of_epochs(facts: Iterable[Fact]) -> Mapping[int, int]:
    return {
        fact.epoch: fact.round
        for fact in facts
        if fact.kind is FactKind.HANDED_OVER and fact.epoch is not None and fact.round is not None
    }


def _by_time(fact: Fact) -> tuple[object, ...]:
    # The last two only so that facts alike in all else have one order, too.
    return fact.at, RANK[fact.kind], fact.node or "", fact.order_id or ""


def _by_place(placed: tuple[Place, Fact]) -> tuple[object, ...]:
    place, fact = placed
    return place, fact.kind not in BEGINNING, _by_time(fact)
