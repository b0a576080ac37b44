"""Addresses that ask for what cannot be: the field is named, and no sum of days overflows."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.portal.pages.calling import Answer, refused
from services.portal.pages.rota_values import month_of, week_of
from shared.http import Day, Moment
from shared.http.problems import problem_of

TODAY = date(2030, 1, 2)
KNOWN = {404: "unknown_precedent"}


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "2100-12-31", "x", ""])
def test_a_week_or_month_that_cannot_be_shown_is_this_one(text: str) -> None:
    assert week_of(text, TODAY) == date(2029, 12, 31)
    assert month_of(text[:7], TODAY) == (date(2030, 1, 1), date(2030, 1, 31))


def test_what_the_api_finds_wrong_in_an_address_is_named_and_not_called_away() -> None:
    wrong = Answer(422, {"errors": [{"field": "shelf", "zh": "请选一个。", "en": "Choose one."}]})

    problem = problem_of(refused(wrong, KNOWN))

    assert (problem.status, [each.field for each in problem.errors]) == (422, ["shelf"])
    assert refused(Answer(404), KNOWN).code == "unknown_precedent"
    assert refused(Answer(500), KNOWN).code == "unavailable"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Moment, "2100-12-31T23:59:59+08:00", "9999-12-31T23:59:59-12:00"),
        (Moment, "2000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"),
        (Day, "2030-01-02", "9999-12-31"),
    ],
)
def test_moments_and_days_are_of_this_century(kind: type, good: str, bad: str) -> None:
    taken: TypeAdapter[Any] = TypeAdapter(kind)
    taken.validate_python(good)
    with pytest.raises(ValidationError, match="year_range"):
        taken.validate_python(bad)
