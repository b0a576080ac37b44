"""The account of one fault between two nodes: lost, twice, order, how long until all was well."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field

from tests.system.apart import NodesApart
from tests.system.harness import RunningNode
from tests.system.link_books import Books, books_of
from tests.system.node_books import ONE_PER_CASE

WRONG = ("lost", "twice", "unasked", "out_of_order")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of both directions at one moment."""

    up: Books
    down: Books

    @classmethod
    def of(cls, nodes: NodesApart) -> "Ledger":
        """Take them."""
        return cls(books_of(nodes.county, nodes.city), books_of(nodes.city, nodes.county))

    def since(self, before: "Ledger") -> dict[str, int]:
        """Return what came to be said, and what went wrong, after another moment."""
        both = ((self.up, before.up), (self.down, before.down))
        return {
            what: sum(getattr(now, what) - getattr(then, what) for now, then in both)
            for what in ("said", *WRONG)
        }


def once_each(cases: Collection[str], found: Iterable[str]) -> tuple[int, int]:
    """Return how many cases are not among what was found, and how often one is once too often."""
    wanted = set(cases)
    counted = Counter(one for one in found if one in wanted)
    return len(wanted) - len(counted), counted.total() - len(counted)


def effects_of(node: RunningNode, cases: Collection[str]) -> tuple[int, int]:
    """Count effects at the node of origin that are missing, and those that came twice."""
    told = [
        once_each(cases, (str(case) for (case,) in node.rows(query)))
        for query in ONE_PER_CASE.values()
    ]
    return sum(missing for missing, _ in told), sum(twice for _, twice in told)


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
