"""What staff do for whom; the words of it on pages are those of the rows."""

import pytest

from services.intake.policy.care import CARE_ROWS, MEASURES, Care, measures_of
from services.notify.policy.delivery import WANTED_AT_ONCE, is_for_a_call
from services.portal.pages import care_words
from shared.events.intake import CareMeasure
from shared.events.notify import Purpose


@pytest.mark.parametrize(
    ("grounds", "measures"),
    [
        ((), ()),
        (("elderly",), ("call", "large_print", "helper")),
        (("deaf",), ("write", "sign_language")),
        (("blind", "deaf"), ("large_print", "home_visit", "sign_language")),
        (("minor", "from_afar", "elderly"), ("call", "large_print", "guardian", "helper")),
    ],
    ids=["nobody", "elderly", "deaf", "neither hears nor reads", "several"],
)
def test_what_is_done_follows_from_why(
    grounds: tuple[str, ...], measures: tuple[str, ...]
) -> None:
    assert measures_of(grounds) == measures


def test_every_ground_and_measure_has_its_words() -> None:
    told = {measure for row in CARE_ROWS.values() for measure in row.measures}

    assert set(CARE_ROWS) == set(Care)
    assert told <= set(MEASURES) == set(CareMeasure) == set(care_words.MEASURES)
    assert {str(code): row.title[0] for code, row in CARE_ROWS.items()} == care_words.CARE


def test_who_is_called_still_gets_the_code_that_they_wait_for() -> None:
    assert is_for_a_call(True, Purpose.RESULT, to_another=False)
    assert not is_for_a_call(True, Purpose.RESULT, to_another=True)
    assert not is_for_a_call(False, Purpose.RESULT, to_another=False)
    assert not [each for each in WANTED_AT_ONCE if is_for_a_call(True, each, to_another=False)]
    assert set(Purpose) >= WANTED_AT_ONCE
