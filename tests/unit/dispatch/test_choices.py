"""What dispatchers make of suggestions: which one was taken, and how sure the first was."""

import pytest

from services.dispatch.policy.choices import Band, Choice, Taken, band_of, choice_of

SUGGESTED = [("a", 0.93), ("b", 0.4), ("c", 0.2), ("d", 0.1)]


@pytest.mark.parametrize(
    ("unit", "taken"),
    [
        ("a", Taken.FIRST),
        ("b", Taken.AMONG_THREE),
        ("c", Taken.AMONG_THREE),
        ("d", Taken.OTHER),
        ("x", Taken.OTHER),
    ],
)
def test_a_choice_is_told_by_its_place_and_how_sure_the_first_was(unit: str, taken: Taken) -> None:
    assert choice_of(unit, SUGGESTED) == Choice(taken, Band.SURE)


def test_without_suggestions_nothing_was_taken() -> None:
    assert choice_of("a", []) == Choice(Taken.NONE, Band.UNKNOWN)


@pytest.mark.parametrize(
    ("confidence", "band"),
    [
        (0.0, Band.UNKNOWN),
        (0.49, Band.BELOW_HALF),
        (0.5, Band.HALF),
        (0.8, Band.LIKELY),
        (0.899, Band.LIKELY),
        (0.9, Band.SURE),
        (1.0, Band.SURE),
    ],
)
def test_bands_begin_at_their_limit(confidence: float, band: Band) -> None:
    assert band_of(confidence) is band
