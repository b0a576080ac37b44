from datetime import UTC, datetime, timedelta

import pytest

from shared.events.words import Disclosure
from shared.security.disclosure import AS_EVER, Rule, area_of, is_shown, may_advise

NINE = datetime(2030, 1, 2, 9, tzinfo=UTC)
EIGHT, TEN = NINE - timedelta(hours=1), NINE + timedelta(hours=1)
COUNTY, CITY = "341523", "341500"
NONE, VIEW, ASSIST = Disclosure.NONE, Disclosure.VIEW, Disclosure.ASSIST


def test_where_nothing_was_said_every_case_is_shown_and_no_advice_taken() -> None:
    assert AS_EVER.shows(None)
    assert is_shown({}, COUNTY, EIGHT)
    assert not may_advise({}, COUNTY)


def test_a_case_of_exactly_then_is_shown_and_one_of_before_is_not() -> None:
    rule = Rule(VIEW, NINE)

    assert [rule.shows(at) for at in (EIGHT, NINE, TEN, None)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("before", "level", "since"),
    [
        (Rule(VIEW), NONE, None),
        (Rule(NONE), VIEW, TEN),
        (Rule(NONE), ASSIST, TEN),
        (Rule(VIEW, NINE), ASSIST, NINE),
        (Rule(ASSIST, NINE), NONE, NINE),
        (Rule(NONE, NINE), VIEW, TEN),
        (Rule(VIEW), ASSIST, None),
    ],
    ids=str,
)
def test_what_was_hidden_stays_so_when_a_rule_becomes_wider(
    before: Rule, level: Disclosure, since: datetime | None
) -> None:
    assert before.changed_to(level, TEN) == Rule(level, since)


@pytest.mark.parametrize(
    ("level", "most", "holds"),
    [
        (VIEW, NONE, NONE),
        (NONE, VIEW, NONE),
        (ASSIST, VIEW, VIEW),
        (VIEW, ASSIST, VIEW),
        (ASSIST, ASSIST, ASSIST),
    ],
)
def test_the_stricter_level_holds(level: Disclosure, most: Disclosure, holds: Disclosure) -> None:
    assert Rule(level, NINE).at_most(most) == Rule(holds, NINE)


def test_the_strictest_node_on_the_way_decides() -> None:
    rules = {COUNTY: Rule(ASSIST), CITY: Rule(NONE)}

    assert not is_shown(rules, COUNTY, TEN)
    assert not is_shown(rules, CITY, TEN)
    assert is_shown(rules, "341600", TEN)
    assert not may_advise(rules, COUNTY)
    assert may_advise({COUNTY: Rule(ASSIST), CITY: Rule(ASSIST)}, COUNTY)
    assert not may_advise({COUNTY: Rule(ASSIST), CITY: Rule(VIEW)}, COUNTY)
    assert not may_advise({CITY: Rule(ASSIST)}, COUNTY)
    assert not may_advise({CITY: Rule(ASSIST)}, None)


def test_the_area_of_a_node_is_what_its_code_begins_with() -> None:
    assert [area_of(code) for code in ("340000", CITY, COUNTY)] == ["34", "3415", COUNTY]
