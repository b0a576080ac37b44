"""The account of one fault between two nodes: lost, twice, order, how long until all was well."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from tests.system.apart import NodesApart
from tests.system.harness import RunningNode
from tests.system.link_books import Books, books_of
from tests.system.node_books import MESSAGE, ONE_PER_CASE

WRONG = ("lost", "twice", "unasked", "out_of_order")
RELAYED = """
SELECT subject_id FROM portal.journal
 WHERE name = 'link.fact_relayed.v1' AND body->'data'->'fact'->>'type' = '{}.v1'
"""
SEEN_ABOVE: Mapping[str, str] = {
    "portal.cases": "SELECT case_id FROM portal.cases",
    "link.cases": "SELECT case_id FROM link.cases",
    "review.custodies": "SELECT case_id FROM review.custodies",
    "journal, registered": RELAYED.format("intake.case_registered"),
    "journal, accepted": RELAYED.format("intake.case_accepted"),
    "journal, dispatched": RELAYED.format("dispatch.order_dispatched"),
}
"""What has one row for each case at a tier that only sees it."""
RATED_AT_HOME: Mapping[str, str] = {
    "review.evaluations": "SELECT case_id FROM review.evaluations",
    "message, invitation": MESSAGE.format("invitation"),
}
RATED_ABOVE: Mapping[str, str] = {"evaluation": RELAYED.format("review.evaluation_received")}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of every link, in both directions, at one moment."""

    books: Sequence[Books]

    @classmethod
    def of(cls, nodes: NodesApart) -> "Ledger":
        """Take them."""
        return cls([books_of(*pair) for pair in nodes.pairs])

    def since(self, before: "Ledger") -> dict[str, int]:
        """Return what came to be said, and what went wrong, after another moment."""
        each = list(zip(self.books, before.books, strict=True))
        return {
            what: sum(getattr(now, what) - getattr(then, what) for now, then in each)
            for what in ("said", *WRONG)
        }


def once_each(cases: Collection[str], found: Iterable[str]) -> tuple[int, int]:
    """Return how many cases are not among what was found, and how often one is once too often."""
    wanted = set(cases)
    counted = Counter(one for one in found if one in wanted)
    return len(wanted) - len(counted), counted.total() - len(counted)


def effects_of(
    node: RunningNode, cases: Collection[str], queries: Mapping[str, str]
) -> Counter[str]:
    """Count effects on cases at a node that are `missing`, and those that came `twice`."""
    told: Counter[str] = Counter()
    for query in queries.values():
        missing, twice = once_each(cases, (str(case) for (case,) in node.rows(query)))
        told.update(missing=missing, twice=twice)
    return told


def all_effects(
    nodes: NodesApart, reported: Collection[str], rated: Collection[str]
) -> Counter[str]:
    """Count them at every tier: of all that was reported, and of what was rated as well."""
    at_home = effects_of(nodes.county, reported, ONE_PER_CASE)
    at_home += effects_of(nodes.county, rated, RATED_AT_HOME)
    above = (
        effects_of(node, cases, queries)
        for node in nodes.all[1:]
        for cases, queries in ((reported, SEEN_ABOVE), (rated, RATED_ABOVE))
    )
    return sum(above, at_home)


@dataclass
class Account:
    """What became of one fault."""

    name: str
    confirmed: int = 0
    said: int = 0
    """Facts that each told the other."""
    lost: int = 0
    twice: int = 0
    """Facts heard twice, and effects on cases that came twice."""
    unasked: int = 0
    out_of_order: int = 0
    sent_again: int = 0
    """Reports that a client had to repeat."""
    custody_wrong: int = 0
    breaches: int = 0
    """Attempts that went through and must not."""
    stories: str = ""
    """Cases handed over before the fault and gone on with after it."""
    fault_seconds: float = 0.0
    catch_up_seconds: float | None = None
    """From the end of the fault until both had everything; None if that never came."""
    saw: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Tell whether everything was well in the end."""
        wrong = (
            self.lost,
            self.twice,
            self.unasked,
            self.out_of_order,
            self.custody_wrong,
            self.breaches,
        )
        done, _, begun = self.stories.partition("/")
        return not any(wrong) and done == begun and self.catch_up_seconds is not None

    @property
    def line(self) -> str:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self) | {"clean": self.is_clean}, ensure_ascii=False)

    @property
    def row(self) -> str:
        """Return it as a row of a table."""
        caught_up = self.catch_up_seconds
        cells = (
            self.name,
            self.confirmed,
            self.said,
            self.lost,
            self.twice,
            "kept" if not self.out_of_order else self.out_of_order,
            self.unasked,
            self.stories,
            f"{self.fault_seconds:.0f} s",
            "never" if caught_up is None else f"{caught_up:.1f} s",
            "<br>".join([self.saw, *self.notes]),
        )
        return f"| {' | '.join(str(cell).replace('|', '·') for cell in cells)} |"


HEAD = (
    "| fault | cases | facts | lost | twice | order | unasked | hand-overs | fault | caught up "
    "| what the operator saw |\n|---|--:|--:|--:|--:|---|--:|--:|--:|--:|---|"
)


def table(accounts: Sequence[Account]) -> str:
    """Return all of them as a table in Markdown."""
    return "\n".join([HEAD, *(account.row for account in accounts)])
