"""What each request and each event costs the database, held against `statements.txt`.

More than the table says is a regression; less is a saving, and the table is to say so.
"""

from collections.abc import Mapping

import pytest

from tests.integration.whole.conftest import Grown, Lived
from tests.integration.whole.table import of_events, of_pages, of_writes, written

pytestmark = pytest.mark.integration


def differences(kind: str, found: Mapping[str, str]) -> str:
    """Say, line by line, where the table and what was counted differ."""
    table = {name: told for name, told in written().items() if name.startswith(f"{kind} ")}
    return "\n".join(
        f"{name}: {found.get(name, 'gone')}, the table says {table.get(name, 'nothing')}"
        for name in sorted(table.keys() | found.keys())
        if table.get(name) != found.get(name)
    )


def test_a_page_costs_what_the_table_says_however_much_it_shows(grown: Grown) -> None:
    assert of_pages(grown.city, grown.lived) == grown.few
    assert differences("page", grown.few) == ""


def test_a_change_costs_what_the_table_says(lived: Lived) -> None:
    assert differences("write", of_writes(lived.tiers)) == ""


def test_an_event_costs_what_the_table_says(lived: Lived) -> None:
    assert differences("event", of_events(lived.tiers.below)) == ""
