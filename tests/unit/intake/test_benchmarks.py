from datetime import date

import pytest

from services.intake.policy.benchmarks import Whose, asks, counts_on, is_span, weighs, whose
from services.intake.policy.scope import Ground, Verdict, scope_of

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.mark.parametrize(("attempts", "does"), [(0, False), (1, False), (2, True), (9, True)])
def test_it_matters_for_who_came_twice(attempts: int, does: bool) -> None:
    assert asks(attempts) is does


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2026, 2, 28), False),
        (FIRST, True),
        (LAST, True),
        (date(2026, 4, 1), False),
    ],
)
def test_both_ends_of_its_validity_count(day: date, holds: bool) -> None:
    assert counts_on(day, FIRST, LAST) is holds
    assert counts_on(day, None, None)


def test_a_validity_does_not_end_before_it_begins() -> None:
    assert is_span(FIRST, FIRST)
    assert is_span(None, FIRST)
    assert not is_span(LAST, FIRST)


def test_what_is_done_elsewhere_is_in_scope_unless_a_word_hints() -> None:
    unknown = scope_of("办不了", "跑了三趟", in_catalogue=False, elsewhere=True)
    hinted = scope_of("办不了", "已经起诉了", in_catalogue=False, elsewhere=True)

    assert (unknown.verdict, unknown.ground) == (Verdict.ACCEPT, Ground.BENCHMARK)
    assert (hinted.verdict, hinted.ground) == (Verdict.ASK_OFFICER, Ground.HINT)


@pytest.mark.parametrize(
    ("origin", "node", "seen_as"),
    [
        (None, "341523", Whose.OWN),
        ("341500", "341523", Whose.ABOVE),
        ("340000", "341523", Whose.ABOVE),
        ("341523", "341500", Whose.BELOW),
        ("341502", "341523", Whose.BELOW),
        ("340100", "341523", Whose.BELOW),
    ],
)
def test_whose_an_entry_is_stands_in_the_codes(
    origin: str | None, node: str, seen_as: Whose
) -> None:
    assert whose(origin, node) is seen_as


@pytest.mark.parametrize(
    ("origin", "region", "does"),
    [
        (None, "320100", True),
        ("340000", "320100", True),
        ("340000", "341500", True),
        ("340000", "341523", False),
        ("341502", "320100", False),
    ],
    ids=["own", "above", "the city", "right here", "beside"],
)
def test_what_weighs_is_own_or_from_above_and_of_another_region(
    origin: str | None, region: str, does: bool
) -> None:
    assert weighs(origin, "341523", region) is does
