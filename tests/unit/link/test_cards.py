"""When a card is told of, and when the one before it may end."""

from datetime import UTC, datetime, timedelta

import pytest

from services.link.policy import Hindrance, UnderWay, hindrances, is_told, may_answer
from services.link.policy.cards import SETTLES, TOLD_AGAIN

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALL_KNOW = {"340000": NINE, "341523": NINE}


def why(
    acknowledged: dict[str, datetime | None] | None = None,
    persons: int = 0,
    files: dict[str, datetime] | None = None,
    after: timedelta = MINUTE,
) -> dict[Hindrance, list[str]]:
    known = ALL_KNOW if acknowledged is None else acknowledged
    found = hindrances(UnderWay(NINE, known, persons, files or {}), NINE + after)
    return {reason: list(about) for reason, about in found.items()}


def test_nothing_hinders_once_all_know_and_nothing_is_under_way() -> None:
    assert why() == {}
    assert why({}) == {}


def test_each_reason_is_named_with_what_it_is_about() -> None:
    assert why({"340000": None, "341523": NINE}) == {Hindrance.UNACKNOWLEDGED: ["340000"]}
    assert why(persons=2) == {Hindrance.PERSONS: ["2"]}
    assert why(after=SETTLES - timedelta(seconds=1)) == {Hindrance.TOKENS: ["60 s"]}


@pytest.mark.parametrize(
    ("offered", "hinders"), [(NINE - MINUTE, True), (NINE, True), (NINE + MINUTE, False)]
)
def test_a_file_that_was_offered_before_the_answer_may_be_sealed_for_the_old_card(
    offered: datetime, hinders: bool
) -> None:
    expected = {Hindrance.FILES: ["341523"]} if hinders else {}

    assert why(files={"341523": offered}) == expected
    assert why(files={"341599": offered}) == {}  # no neighbour any more


@pytest.mark.parametrize(
    ("told", "after", "acknowledged", "expected"),
    [
        (False, timedelta(0), False, False),
        (True, TOLD_AGAIN - MINUTE, False, True),
        (True, TOLD_AGAIN, False, False),
        (True, -TOLD_AGAIN, False, False),  # under a clock that was ahead
        (True, TOLD_AGAIN, True, True),
    ],
)
def test_a_card_is_told_again_each_day_until_it_is_acknowledged(
    told: bool, after: timedelta, acknowledged: bool, expected: bool
) -> None:
    assert is_told(told, NINE, acknowledged, NINE + after) is expected


def test_an_answer_waits_for_what_is_being_posted() -> None:
    assert not may_answer(None, NINE)
    assert not may_answer(NINE, NINE + SETTLES - timedelta(seconds=1))
    assert may_answer(NINE, NINE + SETTLES)
