"""The rules of the case library: who publishes, what may be offered, what fits how well."""

from datetime import date

import pytest

from services.review.policy.precedents import (
    MOST_CANDIDATES,
    SAME_ITEM,
    Match,
    Question,
    Standing,
    State,
    applies_in,
    ask_for,
    best_of,
    brevity_of,
    longest_of,
    narrows,
    objection_to_publishing,
    objection_to_writing,
    rarity_of,
    score_of,
    standing_on,
)

FIRST, LAST = date(2030, 1, 1), date(2030, 1, 31)
QUESTION = Question(words=6, item="SBK", region="341523")


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2029, 12, 31), Standing.NOT_YET),
        (FIRST, Standing.IN_FORCE),
        (LAST, Standing.IN_FORCE),
        (date(2030, 2, 1), Standing.OVER),
    ],
)
def test_both_days_of_a_policy_count(day: date, standing: Standing) -> None:
    assert standing_on(day, FIRST, LAST) is standing


def test_a_precedent_without_days_is_always_in_force() -> None:
    assert standing_on(FIRST, None, None) is Standing.IN_FORCE


def test_who_wrote_any_of_an_edition_does_not_publish_it() -> None:
    assert objection_to_publishing(State.DRAFT, {"a", "b"}, "b") == "second_reader"
    assert objection_to_publishing(State.DRAFT, {"a", "b"}, "c") is None
    assert objection_to_publishing(State.PUBLISHED, {"a"}, "c") == "not_a_draft"


def test_only_drafts_of_this_node_are_written() -> None:
    assert objection_to_writing(State.DRAFT, is_ours=True) is None
    assert objection_to_writing(State.DRAFT, is_ours=False) == "others_precedent"
    assert objection_to_writing(State.PUBLISHED, is_ours=True) == "not_a_draft"


def test_a_scope_may_grow_and_not_shrink() -> None:
    assert not narrows({"down"}, {"up", "down"})
    assert narrows({"up", "down"}, {"down"})
    assert narrows({"up"}, {"down"})


@pytest.mark.parametrize(
    ("regions", "place", "applies"),
    [
        ((), "341523", True),
        (("341523",), "341523", True),
        (("341500",), "341523", True),
        (("340000",), "341523", True),
        (("341522",), "341523", False),
        (("341523",), "341500", False),
    ],
)
def test_a_region_has_all_that_lies_within_it(
    regions: tuple[str, ...], place: str, *, applies: bool
) -> None:
    assert applies_in(regions, place) is applies


def test_rare_words_find_alone_and_common_ones_together() -> None:
    asked = ask_for({"学籍": 3, "档案": 400, "补办": 40_000, "证明": 30_000}, 100_000)

    assert asked.rare == ["学籍", "档案"]
    assert asked.together == ["证明", "补办"]


def test_no_more_words_are_asked_together_than_it_takes() -> None:
    having = {"一": MOST_CANDIDATES + 1, "二": 3_000, "三": 4_000}

    assert ask_for(having, 5_000).together == ["一", "二"]


def test_a_word_that_no_precedent_has_is_not_asked_for() -> None:
    assert ask_for({"没有": 0}, 10) == ask_for({}, 10)


def test_a_rare_word_tells_more_and_a_long_text_less() -> None:
    assert rarity_of(1, 1_000) > rarity_of(500, 1_000) > 0
    assert brevity_of(40) == pytest.approx(1.0)
    assert brevity_of(10) > 1.0 > brevity_of(200)


def test_the_same_item_and_place_count_more_and_another_place_less() -> None:
    plain = score_of(met(), QUESTION)

    assert score_of(met(item_code="SBK"), QUESTION) == pytest.approx(SAME_ITEM * plain)
    assert score_of(met(regions=["341500"]), QUESTION) > plain
    assert score_of(met(regions=["110101"]), QUESTION) < plain


def test_one_word_in_common_is_too_little_unless_the_item_is_the_same_or_no_more_was_asked() -> (
    None
):
    assert score_of(met(words=1), QUESTION) == 0
    assert score_of(met(words=1, item_code="SBK"), QUESTION) > 0
    assert score_of(met(words=1), Question(1, None, None)) > 0


def test_what_fits_far_worse_than_the_best_is_not_offered_beside_it() -> None:
    assert best_of([1.0, 9.0, 0.0, 5.0], 5) == [1, 3]
    assert best_of([9.0, 8.0, 7.0], 2) == [0, 1]
    assert best_of([0.0], 5) == []
    assert best_of([], 5) == []


def test_the_reason_names_whole_words() -> None:
    assert longest_of(["社保", "社保卡", "补办"]) == ["社保卡", "补办"]


def met(words: int = 3, item_code: str | None = None, regions: list[str] | None = None) -> Match:
    return Match(6.0, words, 1.0, item_code, regions or [])
