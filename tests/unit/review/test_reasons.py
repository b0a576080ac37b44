from itertools import chain

import pytest

from services.review.policy import MOST_REASONS, REASONS, Level, Standing, standing_of

FIRST = {
    Level.VERY_SATISFIED: 510,
    Level.SATISFIED: 406,
    Level.BASICALLY_SATISFIED: 307,
    Level.DISSATISFIED: 207,
    Level.VERY_DISSATISFIED: 108,
}


@pytest.mark.parametrize("level", Level)
def test_each_level_has_its_eight_national_codes(level: Level) -> None:
    codes = [reason.code for reason in REASONS[level]]

    assert codes == [str(code) for code in range(FIRST[level], FIRST[level] + MOST_REASONS)]


@pytest.mark.parametrize("level", Level)
def test_the_first_three_of_a_level_are_its_core(level: Level) -> None:
    assert [reason.is_core for reason in REASONS[level]] == [True] * 3 + [False] * 5


def test_no_two_reasons_read_alike() -> None:
    texts = [reason.text for reason in chain.from_iterable(REASONS.values())]

    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("code", "level", "standing"),
    [
        ("510", Level.VERY_SATISFIED, Standing.FITS),
        ("108", Level.VERY_DISSATISFIED, Standing.FITS),
        ("108", Level.VERY_SATISFIED, Standing.UNKNOWN),
        ("518", Level.VERY_SATISFIED, Standing.UNKNOWN),
        ("403", Level.SATISFIED, Standing.UNKNOWN),
        ("501", Level.VERY_SATISFIED, Standing.RETIRED),
        ("405", Level.SATISFIED, Standing.RETIRED),
        ("206", Level.DISSATISFIED, Standing.RETIRED),
        ("107", Level.VERY_SATISFIED, Standing.RETIRED),
        ("", Level.SATISFIED, Standing.UNKNOWN),
    ],
)
def test_a_code_is_told_from_those_of_other_levels_and_times(
    code: str, level: Level, standing: Standing
) -> None:
    assert standing_of(code, level) is standing
