"""Who calls a person back, when a try counts, and what an answer means."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.review.policy import (
    CallbackObjection,
    CallbackRules,
    CallbackState,
    CalledBy,
    Owed,
    Told,
    callback_after,
    callers,
    objection_to_callback,
    reopens,
)

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CASE = UUID(int=5)
UNIT, CENTRE = CalledBy.UNIT, CalledBy.CENTRE
RULES = CallbackRules(tries=2, apart=4 * HOUR, share=0)
IN_VAIN, REACHED = Told(reached=False), Told(reached=True, solved=True)


@pytest.mark.parametrize(
    ("round_", "share", "has_unit", "called_by"),
    [
        (1, 0, True, (UNIT,)),
        (1, 100, True, (UNIT, CENTRE)),
        (1, 0, False, (CENTRE,)),
        (2, 0, True, (UNIT, CENTRE)),
    ],
    ids=["every case by its unit", "all of the share", "no unit of ours", "it did not hold"],
)
def test_the_unit_calls_every_case_and_the_centre_its_share(
    round_: int, share: int, has_unit: bool, called_by: tuple[CalledBy, ...]
) -> None:
    assert callers(CASE, round_, share, has_unit=has_unit) == called_by


def test_a_share_is_about_so_many_and_always_the_same() -> None:
    cases = [UUID(int=number) for number in range(2_000)]
    drawn = [callers(case, 1, 20, has_unit=True) for case in cases]

    assert drawn == [callers(case, 1, 20, has_unit=True) for case in cases]
    assert 340 < sum(CENTRE in each for each in drawn) < 460
    wider = [callers(case, 1, 40, has_unit=True) for case in cases]
    assert all(CENTRE in more for less, more in zip(drawn, wider, strict=True) if CENTRE in less)


@pytest.mark.parametrize(
    ("told", "by", "after", "wrong"),
    [
        (IN_VAIN, UNIT, None, None),
        (IN_VAIN, UNIT, 4 * HOUR, None),
        (IN_VAIN, UNIT, 4 * HOUR - timedelta(seconds=1), CallbackObjection.TOO_SOON),
        (REACHED, UNIT, HOUR, None),
        (Told(reached=False, level=3), UNIT, None, CallbackObjection.NOT_REACHED),
        (Told(reached=False, solved=False), UNIT, None, CallbackObjection.NOT_REACHED),
        (Told(reached=True, truthful=True), UNIT, None, CallbackObjection.NOT_THE_CENTRE),
        (Told(reached=True, truthful=False), CENTRE, None, None),
    ],
    ids=[
        "the first try",
        "far enough apart",
        "too soon",
        "reached at any time",
        "a level of nobody",
        "a word of nobody",
        "the unit of itself",
        "the centre",
    ],
)
def test_what_may_be_written_down_of_a_callback(
    told: Told, by: CalledBy, after: timedelta | None, wrong: CallbackObjection | None
) -> None:
    last = None if after is None else NINE - after
    owed = Owed(by, CallbackState.DUE, last)

    assert objection_to_callback(owed, told, RULES, NINE) is wrong


@pytest.mark.parametrize("state", set(CallbackState) - {CallbackState.DUE})
def test_a_callback_that_has_ended_takes_no_more(state: CallbackState) -> None:
    owed = Owed(UNIT, state, None)

    assert objection_to_callback(owed, REACHED, RULES, NINE) is CallbackObjection.OVER


def test_it_is_given_up_after_so_many_tries() -> None:
    states = [callback_after(IN_VAIN, tries, RULES) for tries in (1, 2)]

    assert states == [CallbackState.DUE, CallbackState.UNREACHED]
    assert callback_after(REACHED, 2, RULES) is CallbackState.REACHED


@pytest.mark.parametrize(
    ("told", "anew"),
    [
        (REACHED, False),
        (Told(reached=True), False),
        (Told(reached=True, solved=False, level=5), True),
        (Told(reached=True, solved=True, truthful=False), True),
    ],
    ids=["solved", "nothing said", "not solved", "not true"],
)
def test_what_does_not_hold_begins_anew(told: Told, anew: bool) -> None:
    assert reopens(told) is anew
