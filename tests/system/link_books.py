"""The books of a link, kept from outside: what one node said against what the other heard.

Nothing here asks the services: it counts rows. Confirmed is what an API answered; arrived is what
the other node's portal has written into its journal, behind link, its bus and two inboxes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from tests.system.harness import RunningNode, eventually
from tests.system.linked import LinkedNodes
from tests.system.node_books import WITHIN, count

SAID = "SELECT fact_id FROM link.facts WHERE via IS DISTINCT FROM :hearer"
KEPT = "SELECT fact_id FROM link.facts WHERE via = :speaker"
RELAYED = """
SELECT body->'data'->'fact'->>'id', body->'data'->'fact'->>'source',
       body->'data'->'fact'->>'subject', (body->'data'->'fact'->>'version')::int,
       body->'data'->'fact'->>'type'
  FROM portal.journal
 WHERE name = 'link.fact_relayed.v1' AND body->'data'->>'via' = :speaker ORDER BY position
"""
SEEN = "SELECT case_id FROM portal.cases"
UNFINISHED = WITHIN | {name: [f"link.{name}"] for name in ("outgoing", "held", "boxes", "refused")}
"""What is still on its way within a node, or between it and its neighbour."""
LOOK_SECONDS = 0.5
"""Seldom: who looks all the time slows down what is to settle."""


@dataclass(frozen=True, slots=True)
class Books:
    """What became of one node's facts at the other node."""

    said: int
    arrived: int
    lost: int
    twice: int
    unasked: int
    """Heard, though the other side never said it."""
    out_of_order: int
    """Of a case and a speaker: heard before an earlier one, or with one left out."""

    @property
    def is_clean(self) -> bool:
        """Tell whether everything arrived once and in order."""
        wrong = (self.lost, self.twice, self.unasked, self.out_of_order)
        return not any(wrong)

    @property
    def is_spoilt(self) -> bool:
        """Tell whether no waiting can make them clean."""
        return bool(self.twice or self.out_of_order)

    @property
    def in_words(self) -> str:
        """Return the books as one line."""
        return "   ".join(f"{each.name} {getattr(self, each.name)}" for each in fields(self))


def books_of(speaker: RunningNode, hearer: RunningNode) -> Books:
    """Compare what a node said or passed on about cases with what a neighbour heard of it."""
    by, to = speaker.settings.code, hearer.settings.code
    said = {str(fact) for (fact,) in speaker.rows(SAID, hearer=to)}
    heard = hearer.rows(RELAYED, speaker=by)
    ids = [fact for fact, *_ in heard]
    known = set(ids) & {str(fact) for (fact,) in hearer.rows(KEPT, speaker=by)}
    return Books(
        said=len(said),
        arrived=len(known),
        lost=len(said - known),
        twice=len(ids) - len(set(ids)),
        unasked=len(known - said),
        out_of_order=len(late_ones(heard)),
    )


def late_ones(heard: Sequence[Any]) -> list[str]:
    """Return what was heard of a case and a speaker after a later one."""
    # What stays in the node leaves gaps; what was left out by the way counts as lost.
    last: defaultdict[tuple[str, str], int] = defaultdict(int)
    late = []
    for _, source, subject, version, name in heard:
        if version <= last[source, subject]:
            late.append(f"{name} {version} of {subject}, after {last[source, subject]}")
        last[source, subject] = version
    return late


def unseen(node: RunningNode, confirmed: Collection[str]) -> int:
    """Count the cases that an API confirmed and this node's portal does not show once."""
    shown = Counter(str(case_id) for (case_id,) in node.rows(SEEN))
    return sum(shown[case_id] != 1 for case_id in confirmed)


def stuck(node: RunningNode) -> dict[str, int]:
    """Count what is still on its way within a node, or between it and its neighbour."""
    return count(node, UNFINISHED)


def left_in(nodes: LinkedNodes) -> dict[str, int]:
    """Add up what is stuck at all of them."""
    each = [stuck(node) for node in nodes.all]
    return {what: sum(left[what] for left in each) for what in UNFINISHED}


def is_clean(nodes: LinkedNodes, confirmed: Collection[str]) -> bool:
    """Tell whether all have everything of each other, once and in order, and nothing waits."""
    return (
        not any(left_in(nodes).values())
        and not any(unseen(node, confirmed) for node in nodes.all)
        and all(books_of(*pair).is_clean for pair in nodes.pairs)
    )


def is_settled(nodes: LinkedNodes, confirmed: Collection[str]) -> bool:
    """Tell whether the books are clean; fail at once where no waiting can make them so."""
    if is_clean(nodes, confirmed):
        return True
    assert not any(books_of(*pair).is_spoilt for pair in nodes.pairs), "the books are spoilt"
    return False


def balanced(nodes: LinkedNodes, confirmed: Collection[str] = (), seconds: float = 90) -> None:
    """Fail, with the books, unless they are clean before the time is up."""
    settled = partial(is_settled, nodes, confirmed)
    try:
        eventually("the books are clean", settled, seconds, LOOK_SECONDS)
    except AssertionError as error:
        for pair in nodes.pairs:
            error.add_note(books_of(*pair).in_words)
            speaker, hearer = pair
            heard = hearer.rows(RELAYED, speaker=speaker.settings.code)
            error.add_note("\n".join(late_ones(heard)))
        error.add_note(str(left_in(nodes)))
        raise
