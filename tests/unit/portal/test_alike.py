from uuid import UUID

import pytest

from services.portal.policy.alike import MOST_SOUGHT, nearest, sought_in

FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("words", "sets"),
    [
        ([], []),
        (["办"], []),
        (["许可证"], []),
        (["20", "许可证", "2026年"], []),
        (["回音", "许可证"], [("许可证", "回音")]),
        (["许可", "回音", "许可证"], [("许可证", "许可", "回音")]),
    ],
    ids=["nothing", "a-sign", "a-word", "numbers", "two", "three"],
)
def test_the_longest_words_are_looked_for_together(
    words: list[str], sets: list[tuple[str, ...]]
) -> None:
    assert sought_in(words) == sets


def test_of_a_long_text_the_longest_words_are_looked_for() -> None:
    words = ["经营", *(f"许可证{sign}" for sign in "甲乙丙丁戊己庚辛壬")]

    found = sought_in(words)

    assert len({word for each in found for word in each}) == MOST_SOUGHT
    assert "经营" not in {word for each in found for word in each}
    assert {len(each) for each in found} == {3}


def test_who_shares_most_is_nearest_and_who_shares_little_is_none() -> None:
    words = ["老字号", "经营者", "遗失", "了"]
    found = {
        FIRST: ["老字号", "经营者"],
        SECOND: ["老字号", "经营者", "遗失"],
        THIRD: ["遗失", "税务"],
    }

    assert nearest(words, found, 5) == [SECOND, FIRST]
    assert nearest(words, found, 1) == [SECOND]
    assert nearest(words, dict.fromkeys((FIRST, SECOND), words), 5) == [SECOND, FIRST]
    assert nearest([], found, 5) == []
