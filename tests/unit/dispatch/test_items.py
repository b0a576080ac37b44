"""What must be said before an item of the catalogue may end."""

from datetime import date

import pytest

from services.dispatch.policy import Objection, Tenure
from services.dispatch.policy.items import (
    OF_ITEMS,
    Leaving,
    Using,
    is_ending,
    objection_to_ending,
    objection_to_item,
)

LAST = date(2030, 6, 30)
OPEN = Tenure()
ENDED = Tenure(valid_until=LAST)
FOLLOWED = Tenure(valid_until=LAST, successors=("new",))


@pytest.mark.parametrize(
    ("before", "after", "ending"),
    [
        (None, ENDED, False),
        (OPEN, OPEN, False),
        (OPEN, ENDED, True),
        (OPEN, FOLLOWED, True),
        (OPEN, Tenure(active=False), True),
        (ENDED, ENDED, False),
        (ENDED, FOLLOWED, False),
        (FOLLOWED, ENDED, True),
        (ENDED, OPEN, False),
    ],
    ids=[
        "a new one has no users",
        "nothing ends",
        "a last day",
        "a last day with a successor",
        "put out of use",
        "ended before",
        "a successor is found later",
        "the successor is taken away",
        "it goes on after all",
    ],
)
def test_only_an_end_asks_what_becomes_of_the_users(
    before: Tenure | None, after: Tenure, ending: bool
) -> None:
    assert is_ending(before, after) is ending


@pytest.mark.parametrize(
    ("after", "using", "leaving", "field"),
    [
        (ENDED, Using(), Leaving(), None),
        (ENDED, Using(orders=3), Leaving(), "orders_stay"),
        (ENDED, Using(orders=3), Leaving(orders_stay=True), None),
        (FOLLOWED, Using(orders=3), Leaving(), None),
        (FOLLOWED, Using(rules=["R1"]), Leaving(), "rules_lapse"),
        (FOLLOWED, Using(rules=["R1"]), Leaving(rules_lapse=True), None),
        (ENDED, Using(rules=["R1"], orders=1), Leaving(rules_lapse=True), "orders_stay"),
    ],
    ids=[
        "nobody uses it",
        "open orders",
        "the units finish them",
        "the successor takes them",
        "a rule that does not name the successor",
        "the rule lapses",
        "each is to be said",
    ],
)
def test_an_item_in_use_does_not_end_in_silence(
    after: Tenure, using: Using, leaving: Leaving, field: str | None
) -> None:
    found = objection_to_ending(after, using, leaving)

    assert (found.field if found else None) == field


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ({"old": Tenure(successors=("new",)), "new": OPEN}, "item_successor_without_end"),
        ({"old": FOLLOWED}, "unknown_item"),
        ({"old": FOLLOWED, "new": Tenure(active=False)}, "item_successor_not_in_use"),
        ({"old": Tenure(active=False, successors=("old",))}, "item_successor_ring"),
        ({"old": ENDED, "elder": Tenure(active=False, successors=("old",))}, "item_chain_ends"),
        (
            {"old": Tenure(valid_from=LAST, valid_until=date(2030, 1, 1))},
            "item_ends_before_it_begins",
        ),
    ],
)
def test_days_and_successors_of_items_hold_together(items: dict[str, Tenure], code: str) -> None:
    found = objection_to_item("old", items)

    assert found in set(OF_ITEMS.values())
    assert isinstance(found, Objection)
    assert found.code == code
