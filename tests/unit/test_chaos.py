"""How the account of faults between hosts is counted, and what is taken for an alert."""

import pytest

from tests.chaos._account import Account, once_each, table
from tests.chaos._attacker import Tried
from tests.chaos._operator import Alert, Sight, Term, alerts, metrics_in
from tests.system.namespaces import left_by

OLDEST = Term("oldest_seconds", is_growth=False, above=True, limit=300)
TAKERS = Term("takers", is_growth=False, above=True, limit=0)
REFUSED = Term("refused_total", is_growth=True, above=True, limit=0)


@pytest.mark.parametrize(
    ("found", "counted"),
    [
        (["a", "b"], (0, 0)),
        (["a"], (1, 0)),
        (["a", "a", "b", "a"], (0, 2)),
        (["a", "b", "somebody else's", "somebody else's"], (0, 0)),
    ],
)
def test_each_case_is_counted_once(found: list[str], counted: tuple[int, int]) -> None:
    assert once_each(["a", "b"], found) == counted


def test_an_account_is_clean_only_if_all_came_to_its_end() -> None:
    clean = Account("cut", stories="4/4", catch_up_seconds=1.5)

    assert clean.is_clean
    assert not Account("cut", stories="4/4").is_clean
    assert not Account("cut", stories="3/4", catch_up_seconds=1.5).is_clean
    assert not Account("cut", stories="4/4", catch_up_seconds=1.5, lost=1).is_clean
    assert not Account("cut", stories="4/4", catch_up_seconds=1.5, breaches=1).is_clean


def test_a_row_has_a_cell_for_each_head() -> None:
    head, rule, row = table([Account("cut", saw="county: up | city: up")]).splitlines()

    assert head.count("|") == rule.count("|") == row.count("|")


def test_the_rules_about_links_are_understood() -> None:
    named = {alert.name: alert for alert in alerts()}

    assert named["ShovelAway"].seconds == 300
    assert [term.limit for term in named["ShovelStuck"].terms] == [300, 0]
    assert named["ParcelsRefused"].terms[0].is_growth


def test_a_condition_holds_when_each_of_its_parts_does() -> None:
    stuck = Alert("ShovelStuck", (OLDEST, TAKERS), 120)

    assert stuck.holds({"oldest_seconds": 301, "takers": 1}, {})
    assert not stuck.holds({"oldest_seconds": 301, "takers": 0}, {})
    assert not stuck.holds({"oldest_seconds": 301}, {})


@pytest.mark.parametrize(("before", "now", "grew"), [(2, 2, False), (2, 3, True), (2, 1, True)])
def test_growth_is_told_also_when_the_process_counts_anew(
    before: int, now: int, grew: bool
) -> None:
    assert REFUSED.holds({"refused_total": now}, {"refused_total": before}) is grew


def test_the_greatest_of_a_metric_counts() -> None:
    text = 'takers{peer="a"} 0\ntakers{peer="b"} 1\n'

    assert metrics_in(text) == {"takers": 1.0}


def test_an_alert_fires_only_when_its_condition_held_long_enough() -> None:
    sight = Sight()
    for at, met in ((0, ["Away"]), (200, ["Away"]), (202, []), (204, ["Away"]), (300, ["Away"])):
        sight.mark(met, at)
    sight.note("up")
    sight.note("up")
    sight.note("quiet")

    assert sight.in_words({"Away": 300}) == "up → quiet; Away pending 200 of 300 s"
    assert sight.in_words({"Away": 200}) == "up → quiet; Away fires"


def test_what_went_through_without_a_reason_is_a_breach() -> None:
    assert Tried("get", "let through", went_through=True).is_breach
    assert not Tried("get", "let through", "its own", went_through=True).is_breach
    assert not Tried("get", "refused").is_breach


def test_only_namespaces_that_were_made_here_are_taken_away() -> None:
    assert left_by(["bs12-city", "bs-city", "mine", "bs7-county"]) == [
        (12, "bs12-city"),
        (7, "bs7-county"),
    ]
