"""Looks from outside, again and again, whether each case of some nodes has one holder.

Several databases give no common instant. But who reads one after the other and then all but the
last once more, and finds these unchanged, has seen all at the moment of the last one's reading: an
epoch never comes back.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

from tests.system.harness import RunningNode
from tests.system.linked import LinkedNodes

CUSTODY = """
SELECT c.case_id, c.here, c.epoch,
       (SELECT max(h.epoch) FROM dispatch.hand_overs AS h
         WHERE h.case_id = c.case_id AND h.direction = 'out' AND h.state = 'open')
  FROM dispatch.cases AS c
"""
LOOK_EVERY_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Leg:
    """A case at one node: whether it answers for it, under which epoch, which one it offers."""

    here: bool
    epoch: int
    offered: int | None


Legs = Mapping[str, Leg]
NOWHERE = Leg(here=False, epoch=0, offered=None)


@dataclass
class CustodyWatch:
    """What was seen of all nodes, and what should never be."""

    nodes: LinkedNodes
    looks: int = 0
    seen: int = 0
    """Cases, each as often as it was seen at all in one moment."""
    moved: set[tuple[str, int]] = field(default_factory=set)
    """Case and epoch of each holder that was seen."""
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def watching(self) -> Iterator["CustodyWatch"]:
        """Look while the block runs, and once more when it has ended."""
        over = threading.Event()
        watch = threading.Thread(target=self._look_until, args=(over,))
        watch.start()
        try:
            yield self
        finally:
            over.set()
            watch.join()
            self.look(*self.nodes.all)

    def _look_until(self, over: threading.Event) -> None:
        for order in cycle((self.nodes.all, self.nodes.all[::-1])):
            if over.wait(LOOK_EVERY_SECONDS):
                return
            self.look(*order)

    def look(self, *nodes: RunningNode) -> None:
        """Look once: at one after the other, and at all but the last again."""
        *before, last = (legs_of(node) for node in nodes)
        after = [legs_of(node) for node in nodes[:-1]]
        self.looks += 1
        for case_id in last.keys() | {case_id for legs in before for case_id in legs}:
            first = [legs.get(case_id, NOWHERE) for legs in before]
            if first == [legs.get(case_id, NOWHERE) for legs in after]:
                self._judge(case_id, *first, last.get(case_id, NOWHERE))

    def _judge(self, case_id: str, *legs: Leg) -> None:
        holding = [leg for leg in legs if leg.here]
        self.seen += 1
        self.moved |= {(case_id, leg.epoch) for leg in holding}
        if not holding:
            self.wrong.append(f"nobody holds {case_id}: {legs}")
        if max(Counter(leg.epoch for leg in holding).values(), default=0) > 1:
            self.wrong.append(f"two hold {case_id} under one epoch: {legs}")
        if sum(leg.offered is None for leg in holding) > 1:
            self.wrong.append(f"two may end {case_id}: {legs}")


def legs_of(node: RunningNode) -> Legs:
    """Return every case that a node's dispatch knows."""
    return {
        str(case_id): Leg(here, epoch, offered)
        for case_id, here, epoch, offered in node.rows(CUSTODY)
    }
