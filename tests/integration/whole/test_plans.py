"""No list, search, board or sweep reads a large table in full, at any size.

PostgreSQL is told to read in full only what no index serves, and rows that it touched are counted:
so a few thousand cases tell what a million would.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Connection, text

from services.intake.handlers.erasure import ENDS
from services.intake.policy.retention import LOOK_AGAIN
from services.intake.repository.cases import cases_of_phone
from services.intake.repository.one_time_codes import take_new_asks
from services.intake.repository.orders import Looks, at_rest_before, come_back
from services.notify.repository.messages import take_due
from services.portal.repository import ledger, words
from services.review.repository import unanswered_before
from services.sla.repository import clocks_with_a_step_due
from shared.clock import new_id, utcnow
from shared.forgetting import forget_said
from shared.inbox import first_heard, forget_ended_before, forget_heard_before
from shared.outbox import forget_sent_before, unsent
from shared.security.actor import Role
from tests.integration.whole.conftest import Grown
from tests.whole.pages import readings
from tests.whole.plans import BY_INDEX, GENERIC, Plan, explained

pytestmark = pytest.mark.integration

SMALL = frozenset(
    {"counts", "units", "items", "accounts", "sessions", "wrong_codes", "handset"}
    | {"ledger_views", "ledger_firsts"}
)
"""They grow with the house, not with its cases; the telephone of a demonstration holds nothing."""
BEHIND = re.compile(r'href="(/desk\?view=[^"]+cell=[^"]+)"')
AT_ONCE = 500
MOST_ROWS = 400
"""Of one table for one page: some pages' worth, far less than there are."""


def too_much(plans: Iterable[Plan]) -> Iterator[str]:
    """Yield what is read in full or nearly so, but for what stays small."""
    for plan in plans:
        for read in plan.reads:
            if read.table not in SMALL and (read.is_full or read.rows > MOST_ROWS):
                yield f"{read.how} {read.index} of {read.table}, {read.rows} rows"


def pages_that_read_too_much(grown: Grown, plans: list[Plan]) -> Mapping[str, list[str]]:
    """Return the pages, and what each of them reads."""
    found = {}
    for reading in readings(grown.city, grown.crowd):
        plans.clear()
        grown.city.done("GET", next(reading.paths), reading.who)
        found[reading.name] = list(too_much(plans))
    return {name: told for name, told in found.items() if told}


@pytest.mark.parametrize("more", [(BY_INDEX,), (BY_INDEX, GENERIC)], ids=["known", "any"])
def test_a_page_reads_what_it_shows_and_not_the_table(
    grown: Grown, more: tuple[Mapping[str, str], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "FEW", MOST_ROWS // 4)  # as few of these as FEW are of a million
    monkeypatch.setattr(ledger, "WALK", MOST_ROWS // 4)
    monkeypatch.setattr(ledger, "WALK_BY_WORDS", MOST_ROWS // 5)

    with explained(grown.city, *more) as plans:
        assert pages_that_read_too_much(grown, plans) == {}


def test_a_board_and_the_lists_behind_its_numbers_read_open_cases_and_not_the_table(
    grown: Grown,
) -> None:
    who, most = grown.city.signed_in(Role.SUPERVISOR), most_open(grown)

    with explained(grown.city, BY_INDEX) as plans:
        board = grown.city.done("GET", "/desk/board", who)
        behind = {unescape(each) for each in BEHIND.findall(board)}
        by_kind = {cell_kind(path): path for path in sorted(behind)}
        found = {"board": beyond_the_open(plans, most)}
        for kind, path in by_kind.items():
            plans.clear()
            grown.city.done("GET", path, who)
            found[kind] = beyond_the_open(plans, most)

    # Read once an hour, by whoever asks first: perhaps by another test.
    past = found["board"].pop("clocks", "Seq Scan")
    assert past.startswith("Seq Scan"), "the past is no longer read in full: say so in ADR 43"
    assert {name: told for name, told in found.items() if told} == {}
    assert {"lamp", "lamp unit", "clock lamp", "late until"} <= by_kind.keys()


def most_open(grown: Grown) -> Mapping[str, int]:
    """Return how many rows may be read: the open cases, and the clocks that run."""
    with grown.city.owner() as db:
        cases = db.scalar(text("SELECT count(*) FROM portal.cases WHERE is_open OR is_below"))
        clocks = db.scalar(text("SELECT count(*) FROM portal.clocks WHERE stopped_at IS NULL"))
    return {"cases": cases or 0, "clocks": clocks or 0}


def beyond_the_open(plans: Iterable[Plan], most: Mapping[str, int]) -> dict[str, str]:
    """Return by table what is read in full, or more of than is open."""
    return {
        read.table: f"{read.how} {read.index}: {read.rows} rows"
        for plan in plans
        for read in plan.reads
        if read.table not in SMALL
        if read.is_full or read.rows > most.get(read.table, MOST_ROWS)
    }


def cell_kind(path: str) -> str:
    """Return the names of what a cell is made of."""
    code = parse_qs(urlsplit(path).query)["cell"][0]
    return " ".join(sorted(part.partition(".")[0] for part in code.split("~")))


@pytest.mark.parametrize("more", [(BY_INDEX,), (BY_INDEX, GENERIC)], ids=["known", "any"])
def test_work_by_the_clock_reads_what_is_due_and_not_the_table(
    grown: Grown, more: tuple[Mapping[str, str], ...]
) -> None:
    now, old = utcnow(), utcnow() - timedelta(days=999)

    with explained(grown.city, *more) as plans:
        for service, unit in grown.city.units.items():
            with unit.transaction() as db:
                unsent(db, unit.plumbing.outbox, AT_ONCE)
                forget_sent_before(db, unit.plumbing.outbox, old, AT_ONCE)
                forget_heard_before(db, unit.plumbing.inbox, old, AT_ONCE)
                forget_ended_before(db, unit.plumbing.inbox, old, AT_ONCE)
                if service != "sla":  # which says nothing that names anybody
                    forget_said(db, unit.plumbing, new_id())
                first_heard(db, unit.plumbing.inbox, [new_id()])
                if service in BY_THE_CLOCK:
                    BY_THE_CLOCK[service](db, now)

    assert list(too_much(plans)) == []
    assert {read.table for plan in plans for read in plan.reads} >= {"clocks", "messages", "cases"}


def at_the_door(db: Connection, now: datetime) -> None:
    """Look for what was asked for, the cases of a telephone that nobody has, and what is due."""
    take_new_asks(db, 50)
    cases_of_phone(db, ["0" * 64], 40)
    for kind in ENDS:
        at_rest_before(db, kind, now - timedelta(days=999), 200)
    come_back(db, Looks(now, LOOK_AGAIN, 200))


BY_THE_CLOCK: Mapping[str, Callable[[Connection, datetime], object]] = {
    "intake": at_the_door,
    "sla": lambda db, now: clocks_with_a_step_due(db, now - timedelta(days=999), 500),
    "notify": lambda db, now: take_due(db, now - timedelta(days=999), timedelta(seconds=60), 50),
    "review": lambda db, now: unanswered_before(db, now - timedelta(days=999), 500),
}
"""What a service looks for from time to time; nothing of it is due."""
