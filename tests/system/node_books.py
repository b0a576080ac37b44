"""The books of one node, kept from outside: what its API confirmed against the services' rows.

Nothing here asks the services: it counts rows as the owner of the database.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from backstop.suite import MEMBERS
from shared.events.base import every_event
from tests.system.harness import RunningNode, eventually

MESSAGE = "SELECT case_id FROM notify.messages WHERE purpose = '{}' AND state = 'delivered'"
CLOCK = "SELECT case_id FROM sla.clocks WHERE kind = '{}'"
JOURNAL = "SELECT subject_id FROM portal.journal WHERE name = '{}.v1'"
ONE_PER_CASE: Mapping[str, str] = {
    "intake.cases": "SELECT case_id FROM intake.cases",
    "dispatch.cases": "SELECT case_id FROM dispatch.cases",
    "dispatch.orders": "SELECT case_id FROM dispatch.orders",
    **{f"sla.clocks, {kind}": CLOCK.format(kind) for kind in ("citizen", "contact", "resolve")},
    "review.cases": "SELECT case_id FROM review.cases",
    "link.cases": "SELECT case_id FROM link.cases",
    "portal.cases": "SELECT case_id FROM portal.cases",
    "journal, registered": JOURNAL.format("intake.case_registered"),
    "journal, accepted": JOURNAL.format("intake.case_accepted"),
    "journal, dispatched": JOURNAL.format("dispatch.order_dispatched"),
    **{
        f"message, {purpose}": MESSAGE.format(purpose)
        for purpose in ("receipt", "promise", "dispatched")
    },
}
"""What has exactly one row for each case once everything has been heard."""
NOT_KEPT = ", ".join(f"'{kind.name}'" for kind in every_event() if not kind.in_journal)
SAID = " UNION ALL ".join(
    f"SELECT id FROM {name}.outbox WHERE name NOT IN ({NOT_KEPT})"  # noqa: S608
    for name in MEMBERS
)
BY_EACH_OTHER: Mapping[str, tuple[str, str]] = {
    "journal, every fact said": (SAID, "SELECT id FROM portal.journal"),
    "handset, every message": (
        "SELECT id FROM notify.messages",
        "SELECT message_id FROM notify.handset",
    ),
}
"""What one table has and another one must have once."""
DIMENSIONS = ("status", "lamp", "channel", "unit_open", "registered_on")
BOARD = "SELECT coalesce(sum(n), 0) FROM portal.counts WHERE dimension = :dimension"
WITHIN = {
    what: [rows.format(name) for name in MEMBERS]
    for what, rows in {
        "unsent": "{}.outbox WHERE sent_at IS NULL",
        "waiting": "{}.waiting",
        "parked": "{}.parked WHERE ended_at IS NULL",
    }.items()
}
"""What is still on its way between services, or given up, by the tables that hold it."""
UNFINISHED = {**WITHIN, "undelivered": ["notify.messages WHERE state <> 'delivered'"]}
SETTLE_SECONDS = 180.0
LOOK_SECONDS = 1.0
"""Seldom: who looks all the time slows down what is to settle."""


@dataclass(frozen=True, slots=True)
class Books:
    """One line of the account: rows against what there must be."""

    what: str
    rows: int
    lost: int
    twice: int
    unasked: int
    """Rows of cases that no client was ever told of, and the like."""

    @classmethod
    def of(cls, what: str, expected: Iterable[str], found: Sequence[str]) -> "Books":
        """Compare ids that must be there, once each, with those that are."""
        wanted, known = set(expected), set(found)
        twice = len(found) - len(known)
        return cls(what, len(found), len(wanted - known), twice, len(known - wanted))

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.twice or self.unasked)


def account(node: RunningNode, confirmed: Collection[str]) -> list[Books]:
    """Compare every service, the projection, clocks and messages with what was confirmed."""
    books = [Books.of(what, confirmed, _ids(node, query)) for what, query in ONE_PER_CASE.items()]
    for what, (said, heard) in BY_EACH_OTHER.items():
        books.append(Books.of(what, _ids(node, said), _ids(node, heard)))
    return [*books, *(_counted(node, each, len(confirmed)) for each in DIMENSIONS)]


def count(node: RunningNode, counted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Count the rows of some tables at one moment, added up by what they are."""
    one = "(SELECT count(*) FROM {})"
    sums = ["+".join(map(one.format, tables)) for tables in counted.values()]
    [counts] = node.rows("SELECT " + ", ".join(sums))
    return dict(zip(counted, counts, strict=True))


def in_words(left: Mapping[str, int]) -> str:
    """Return what is still on its way as a line."""
    return "   ".join(f"{what} {number}" for what, number in left.items())


def balanced(
    node: RunningNode,
    confirmed: Collection[str],
    seconds: float = SETTLE_SECONDS,
    tell: Callable[[str], None] = lambda _line: None,
) -> float:
    """Return how long it took until the books were clean; fail with them if they are not."""
    begun = time.monotonic()

    def is_clean() -> bool:
        ready, left = node.is_ready(), count(node, UNFINISHED)
        if ready and not any(left.values()):
            return all(each.is_clean for each in account(node, confirmed))
        tell(f"{time.monotonic() - begun:6.1f} s  ready {ready}   {in_words(left)}")
        return False

    try:
        eventually("the books are clean", is_clean, seconds, LOOK_SECONDS)
    except AssertionError as error:
        error.add_note(in_words(count(node, UNFINISHED)))
        for each in account(node, confirmed):
            error.add_note(str(each))
        raise
    return time.monotonic() - begun


def _counted(node: RunningNode, dimension: str, cases: int) -> Books:
    [(rows,)] = node.rows(BOARD, dimension=dimension)
    surplus = int(rows) - cases
    return Books(f"board, by {dimension}", int(rows), max(-surplus, 0), max(surplus, 0), 0)


def _ids(node: RunningNode, query: str) -> list[str]:
    return [str(one) for (one,) in node.rows(query)]
