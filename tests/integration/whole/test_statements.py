"""What each request and each event costs the database, held against `statements.txt`.

More than the table says is a regression; less is a saving, and the table is to say so.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.whole.conftest import Grown, Lived, costs_of_pages
from tests.integration.whole.living import live_in_step, writes
from tests.whole.waves import Cost, Ledger

pytestmark = pytest.mark.integration

TABLE = Path(__file__).with_name("statements.txt")
PASSED_BY = Cost(3, 0)
"""The role, the inbox, what waits about the case: an event that concerns nobody."""


def written() -> Mapping[str, str]:
    """Return the lines of the table: what it is, and what it costs."""
    lines = [line.rsplit("  ", 1) for line in TABLE.read_text().splitlines() if line[:1] != "#"]
    return {name.rstrip(): told.strip() for name, told in filter(lambda one: len(one) > 1, lines)}


def differences(kind: str, found: Mapping[str, str]) -> str:
    """Say, line by line, where the table and what was counted differ."""
    table = {name: told for name, told in written().items() if name.startswith(f"{kind} ")}
    counted = {f"{kind} {name}": told for name, told in found.items()}
    return "\n".join(
        f"{name:<70}  {counted.get(name, 'gone')}  (the table: {table.get(name, 'nothing')})"
        for name in sorted(table.keys() | counted.keys())
        if table.get(name) != counted.get(name)
    )


def texts(found: Mapping[str, int]) -> Mapping[str, str]:
    """Return numbers as the table writes them."""
    return {name: str(n) for name, n in found.items()}


def of_events(ledger: Ledger) -> Mapping[str, str]:
    """Return what each event costs those who do something with it."""
    return {
        f"{service} hears {name}": f"{each.alone} + {each.further:g}"
        for (service, name), each in ledger.costs.items()
        if each != PASSED_BY
    }


def test_a_page_costs_what_the_table_says_however_much_it_shows(grown: Grown) -> None:
    assert costs_of_pages(grown.city, grown.lived) == grown.few
    assert differences("page", texts(grown.few)) == ""


def test_a_change_costs_what_the_table_says(lived: Lived) -> None:
    assert differences("write", texts(dict(writes(lived.tiers)))) == ""


def test_an_event_costs_what_the_table_says(lived: Lived) -> None:
    ledger = Ledger()

    live_in_step(lived.tiers.below, ledger)

    assert differences("event", of_events(ledger)) == ""
