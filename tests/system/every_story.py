"""Every story between two nodes, the same on each carrier: a module says which nodes it has.

They are told at the same time, as in life, and each is looked at by itself. None of them knows how
letters go.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.system.custody_watch import CustodyWatch
from tests.system.harness import RunningNode
from tests.system.link_books import balanced
from tests.system.link_stories import STORIES, Case, withdrawn
from tests.system.linked import LinkedNodes
from tests.system.record_stories import corrected, erased, reported_up, supervised

Story = Callable[[RunningNode, RunningNode], Case]
EVERY: Mapping[str, Story] = {
    story.__name__: story
    for story in (*STORIES, withdrawn, reported_up, supervised, corrected, erased)
}


class EveryStory:
    """The stories on the carrier of `linked`; another one is put into `carried`."""

    @pytest.fixture(scope="class")
    @classmethod
    def carried(cls, linked: LinkedNodes) -> LinkedNodes:
        """The nodes, with whatever carries between them at work."""
        return linked

    @pytest.fixture(scope="class")
    @classmethod
    def told(cls, carried: LinkedNodes) -> Iterator[Mapping[str, Future[Case]]]:
        """Every story, under way; meanwhile somebody looks who holds which case."""
        with (
            CustodyWatch(carried).watching() as watch,
            ThreadPoolExecutor(len(EVERY)) as people,
        ):
            yield {name: people.submit(story, *carried.both) for name, story in EVERY.items()}
        assert watch.wrong == []
        assert watch.seen

    @pytest.mark.parametrize("story", EVERY)
    def test_a_case_between_two_nodes(
        self, carried: LinkedNodes, told: Mapping[str, Future[Case]], story: str
    ) -> None:
        case = told[story].result()

        balanced(carried, [case["case_id"]])
