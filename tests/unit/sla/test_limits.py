"""Limits as data: the defaults of the field, and what an operator may change."""

import pytest

from services.sla.policy import (
    SAME_WORKING_DAY,
    ClockKind,
    Complexity,
    EndRule,
    Limit,
    Limits,
    LimitUnit,
    StartRule,
)


def test_the_defaults_are_the_promises_of_the_mechanism() -> None:
    limits = Limits()

    assert limits.contact == limits.feedback == Limit(1)
    assert limits.resolve_for(Complexity.ON_SPOT) == SAME_WORKING_DAY
    assert limits.resolve_for(Complexity.SIMPLE) == SAME_WORKING_DAY
    assert limits.resolve_for(Complexity.ORDINARY) == Limit(3)
    assert limits.resolve_for(Complexity.COMPLEX) == Limit(5)


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        (ClockKind.CITIZEN, Limit(5)),
        (ClockKind.RESOLVE, Limit(5)),
        (ClockKind.LEG, Limit(5)),
        (ClockKind.CONTACT, Limit(1)),
        (ClockKind.FEEDBACK, Limit(1)),
    ],
)
def test_each_clock_has_its_limit(kind: ClockKind, limit: Limit) -> None:
    assert Limits().limit_for(kind, Complexity.COMPLEX) == limit


def test_an_operator_changes_one_field_and_keeps_the_others() -> None:
    limits = Limits.overriding(
        {"complex": {"amount": 7}, "contact": {"unit": "hour", "amount": "2", "start": "instant"}}
    )

    assert limits.complex == Limit(7)
    assert limits.contact == Limit(2, LimitUnit.HOUR, StartRule.INSTANT)
    assert limits.ordinary == Limits().ordinary


@pytest.mark.parametrize(
    "overrides",
    [
        {"urgent": {"amount": 1}},
        {"complex": {"days": 1}},
        {"complex": {"amount": 0}},
        {"complex": {"amount": "many"}},
        {"complex": {"unit": "fortnight"}},
    ],
    ids=["limit", "field", "none", "number", "unit"],
)
def test_an_unknown_name_or_value_is_refused(overrides: dict[str, dict[str, str | int]]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the sentence differs, the type is the promise
        Limits.overriding(overrides)


def test_a_limit_that_gives_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time"):
        Limit(1, start=StartRule.SAME_DAY, end=EndRule.SAME_CLOCK_TIME)
