from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.policy.rota import (
    CHINA,
    Absence,
    Crew,
    Hours,
    LocalDay,
    OnDuty,
    Shift,
    Span,
    Turn,
    gaps,
    is_open,
    on_duty,
    shifts_by_pattern,
    span_of,
)

MONDAY = date(2030, 1, 7)
WORKDAYS = frozenset(range(1, 6))
HOURS = Hours(time(9), time(17), WORKDAYS)


def at(hour: int, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(), CHINA) + timedelta(hours=hour)


def span(begins: int, ends: int) -> Span:
    return Span(at(begins), at(ends))


DAY = Shift(span(9, 17), Crew("zhang", ("li", "wang")))

spans = st.tuples(st.integers(0, 48), st.integers(1, 24)).map(lambda two: span(two[0], sum(two)))
people = st.sampled_from(["zhang", "li", "wang", "zhao"])
crews = st.builds(Crew, people, st.lists(people, max_size=3).map(tuple))
shifts = st.lists(st.builds(Shift, spans, crews), max_size=5)
absences = st.lists(st.builds(Absence, people, spans), max_size=5)


@pytest.mark.parametrize(
    ("away", "there"),
    [
        ([], OnDuty("zhang")),
        (["zhang"], OnDuty("li", "zhang")),
        (["zhang", "li"], OnDuty("wang", "zhang")),
        (["li"], OnDuty("zhang")),
        (["zhang", "li", "wang"], None),
    ],
    ids=["nobody away", "one", "and the first substitute", "only a substitute", "all"],
)
def test_the_first_of_the_crew_who_is_there_is_on_duty(
    away: list[str], there: OnDuty | None
) -> None:
    assert on_duty([DAY], [Absence(one, span(8, 12)) for one in away], at(9)) == there


def test_the_substitute_is_on_duty_at_once_and_only_as_long_as_the_other_is_away() -> None:
    away = [Absence("zhang", span(10, 12))]

    there = [on_duty([DAY], away, at(hour)) for hour in (9, 10, 12)]

    assert there == [OnDuty("zhang"), OnDuty("li", "zhang"), OnDuty("zhang")]


@given(shifts, absences, st.integers(0, 72))
def test_who_is_on_duty_belongs_to_a_crew_of_that_moment_and_is_not_away(
    rota: list[Shift], away: list[Absence], hour: int
) -> None:
    there = on_duty(rota, away, at(hour))
    now = [one.crew for one in rota if one.span.begins <= at(hour) < one.span.ends]
    gone = {one.person for one in away if one.span.begins <= at(hour) < one.span.ends}

    if there is None:
        assert all(set(crew.everybody) <= gone for crew in now)
    else:
        assert there.person not in gone
        assert any(there.person in crew.everybody for crew in now)


@given(shifts, absences, st.integers(0, 72))
def test_a_moment_is_in_a_gap_exactly_if_nobody_is_on_duty(
    rota: list[Shift], away: list[Absence], hour: int
) -> None:
    found = gaps(rota, away, span(0, 73))

    in_gap = any(each.begins <= at(hour) < each.ends for each in found)
    assert in_gap == (on_duty(rota, away, at(hour)) is None)
    assert all(one.ends < other.begins for one, other in pairwise(found))


def test_a_gap_is_told_as_long_as_it_is() -> None:
    morning = Shift(span(9, 12), Crew("zhang"))

    assert gaps([morning], [Absence("zhang", span(9, 10))], span(9, 17)) == [
        span(9, 10),
        span(12, 17),
    ]


NOTICE = {
    date(2030, 1, 2): LocalDay.parse("", opens=False),
    date(2030, 1, 3): LocalDay.parse("09:00-12:00", opens=False),
    date(2030, 1, 4): LocalDay.parse("18:00-20:00", opens=False),
    date(2030, 1, 5): LocalDay.parse("09:30-11:30,14:00-16:00", opens=True),
    date(2030, 1, 6): LocalDay.parse("09:00-12:00", opens=False),
}
"""Wednesday off, Thursday short, Friday in the evening, Saturday open, Sunday no day of theirs."""


@pytest.mark.parametrize(
    ("day", "weekdays", "named", "told"),
    [
        (2, range(1, 6), {}, None),
        (2, range(1, 8), {}, ("09:00", "17:00")),
        (2, range(1, 6), {"open_on": frozenset({date(2030, 1, 2)})}, ("09:00", "17:00")),
        (3, range(1, 6), {}, ("09:00", "12:00")),
        (3, (6,), {}, None),
        (4, range(1, 6), {}, None),
        (5, range(1, 6), {}, ("09:30", "16:00")),
        (5, range(1, 6), {"closed_on": frozenset({date(2030, 1, 5)})}, None),
        (6, range(1, 6), {}, None),
        (7, range(1, 6), {}, ("09:00", "17:00")),
    ],
    ids=[
        *("off", "every day", "named open", "short", "not its weekday", "no hour shared"),
        *("opened", "named closed", "sunday", "silent"),
    ],
)
def test_a_post_follows_the_local_notices_of_its_unit_where_nobody_names_the_day(
    day: int, weekdays: Sequence[int], named: Any, told: tuple[str, str] | None
) -> None:
    hours = Hours(time(9), time(17), frozenset(weekdays), local=NOTICE, **named)
    on = date(2030, 1, day)

    found = list(shifts_by_pattern(hours, [Crew("zhang")], Turn.DAY, on, on))

    spans = [(f"{s.span.begins:%H:%M}", f"{s.span.ends:%H:%M}") for s in found]
    assert spans == ([told] if told else [])


@pytest.mark.parametrize(
    ("hours", "opened"),
    [
        (HOURS, True),
        (Hours(time(9), time(17), WORKDAYS, closed_on=frozenset({MONDAY})), False),
        (Hours(time(9), time(17), frozenset()), False),
        (Hours(time(9), time(17), frozenset(), open_on=frozenset({MONDAY})), True),
    ],
    ids=["a weekday", "closed by name", "not its weekday", "opened by name"],
)
def test_a_day_that_is_named_counts_before_its_weekday(hours: Hours, *, opened: bool) -> None:
    assert is_open(hours, MONDAY) is opened


@pytest.mark.parametrize(
    ("turn", "persons"),
    [(Turn.DAY, "ababababab"), (Turn.WEEK, "aaaaabbbbb")],
)
def test_crews_take_turns_on_open_days(turn: Turn, persons: str) -> None:
    last = MONDAY + timedelta(days=13)

    made = shifts_by_pattern(HOURS, [Crew("a"), Crew("b")], turn, MONDAY, last)

    assert "".join(one.crew.person for one in made) == persons
    assert made[0].span == span_of(HOURS, MONDAY) == span(9, 17)


@given(st.lists(crews, min_size=1, max_size=4), st.sampled_from(Turn), st.integers(0, 40))
def test_a_pattern_leaves_no_open_hour_without_a_shift(
    given_crews: list[Crew], turn: Turn, days: int
) -> None:
    last = MONDAY + timedelta(days=days)
    made = shifts_by_pattern(HOURS, given_crews, turn, MONDAY, last)

    for each in range(days + 1):
        day = MONDAY + timedelta(days=each)
        if is_open(HOURS, day):
            assert gaps(made, [], span_of(HOURS, day)) == []
