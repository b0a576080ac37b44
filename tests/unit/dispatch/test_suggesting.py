"""Which unit a case looks like: what counts, for whom, how much, and how sure that is."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.policy.suggesting import (
    HALF_LIFE,
    LEAST_ODDS,
    MOST_ODDS,
    Ledger,
    Lesson,
    Track,
    confidence_of,
    odds_of,
    rank,
)

NOW = datetime(2030, 1, 2, 1, tzinfo=UTC)
HERE: dict[str, str | None] = {"a": "a", "b": "b", "c": "c"}
FOOD, NOISE = frozenset({"word:食品", "word:许可"}), frozenset({"word:噪声", "word:许可"})


def lesson(unit: str, features: frozenset[str], days: int = 1, *, finished: bool = True) -> Lesson:
    return Lesson(unit, finished, NOW - timedelta(days=days), features)


def learned(*lessons: Lesson) -> Ledger:
    ledger = Ledger()
    for each in lessons:
        ledger.learn(each)
    return ledger


def ranked(ledger: Ledger, features: frozenset[str], heirs: dict[str, str | None]) -> list[str]:
    return [one.unit for one in rank(features, ledger.counts, NOW, heirs)]


def test_who_finished_what_is_like_it_comes_first_and_what_they_share_is_the_reason() -> None:
    ledger = learned(*[lesson("a", FOOD)] * 5, *[lesson("b", NOISE)] * 5)

    first, second = rank(frozenset({"word:食品"}), ledger.counts, NOW, HERE)

    assert (first.unit, first.features) == ("a", ("word:食品",))
    assert (second.unit, second.features) == ("b", ())
    assert first.share + second.share == pytest.approx(1.0)
    assert first.odds >= 0 > second.odds


def test_what_everybody_has_is_no_reason() -> None:
    ledger = learned(*[lesson("a", FOOD)] * 5, *[lesson("b", NOISE)] * 5)

    assert rank(FOOD, ledger.counts, NOW, HERE)[0].features[0] == "word:食品"
    even = rank(frozenset({"word:许可"}), ledger.counts, NOW, HERE)
    assert [round(one.share, 6) for one in even] == [0.5, 0.5]


def test_what_was_given_back_counts_against_the_unit_but_not_below_nothing() -> None:
    back = [lesson("a", FOOD, finished=False)] * 4
    ledger = learned(*[lesson("a", FOOD)] * 3, *back, *[lesson("b", FOOD)] * 2)
    assert ranked(ledger, FOOD, HERE) == ["b", "a"]

    only_back = learned(*back, lesson("b", NOISE))
    assert ranked(only_back, FOOD, HERE) == ["b"]
    assert rank(FOOD, only_back.counts, NOW, HERE)[0].features == ()  # of one unit nothing tells


def test_what_was_done_lately_counts_more() -> None:
    old = [lesson("a", FOOD, days=3 * HALF_LIFE.days)] * 4
    assert ranked(learned(*old, lesson("b", FOOD)), FOOD, HERE) == ["b", "a"]


def test_what_a_unit_did_is_its_heirs_and_who_has_none_is_not_named() -> None:
    ledger = learned(*[lesson("a", FOOD)] * 5, lesson("b", NOISE))

    assert ranked(ledger, FOOD, {"a": "c", "b": "b", "c": "c"}) == ["c", "b"]
    assert ranked(ledger, FOOD, {"a": None, "b": "b"}) == ["b"]


def test_nothing_is_said_of_what_nobody_ever_had() -> None:
    assert ranked(learned(lesson("a", FOOD)), frozenset({"word:别的"}), HERE) == []
    assert ranked(Ledger(), FOOD, HERE) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.frozensets(st.sampled_from([f"word:{n}" for n in range(6)]), min_size=1),
            st.integers(0, 2_000),
            st.booleans(),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 11),
)
def test_what_is_forgotten_leaves_nothing(
    told: list[tuple[str, frozenset[str], int, bool]], kept: int
) -> None:
    lessons = [lesson(unit, has, days, finished=done) for unit, has, days, done in told]
    ledger = learned(*lessons)
    for each in lessons[kept:]:
        ledger.learn(each, -1)

    apart = learned(*lessons[:kept])
    # What no lesson is left of goes from the table by its number, so residues of sums count not.
    numbers = {key: number for key, (_weight, number) in ledger.changed.items() if number}
    assert numbers == {key: number for key, (_weight, number) in apart.changed.items()}
    for (name, unit), (weight, _number) in apart.changed.items():
        assert math.isclose(ledger.counts[name][unit], weight, rel_tol=1e-6, abs_tol=1e-6)


def test_odds_are_steps_of_a_scale_with_two_ends() -> None:
    assert [odds_of(share) for share in (0.0, 1e-9, 0.5, 0.9, 1.0)] == [
        LEAST_ODDS,
        LEAST_ODDS,
        0,
        2,
        MOST_ODDS,
    ]


def test_a_few_right_ones_are_no_certainty() -> None:
    few, many = Track(9.0, 10.0), Track(900.0, 1000.0)
    assert Track().confidence == 0.0
    assert few.confidence == pytest.approx(0.596, abs=0.001)
    assert many.confidence == pytest.approx(0.880, abs=0.001)
    assert Track(10.0, 10.0).confidence < 0.75

    ledger = learned(*[lesson("a", FOOD)] * 5)
    sure = rank(FOOD, ledger.counts, NOW, HERE)[0]
    assert confidence_of(sure, {sure.odds: many}) == many
    assert confidence_of(sure, {}) == Track()
