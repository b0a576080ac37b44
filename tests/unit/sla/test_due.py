"""Due dates: the rules for both ends of a limit, and the explanation that goes with each."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.policy import (
    DEFAULT_HOURS,
    SAME_WORKING_DAY,
    ZONE,
    EndRule,
    Limit,
    LimitUnit,
    Notice,
    Rule,
    StartRule,
    Step,
    digest_of,
    due_at,
    explanation_text,
    local_time,
)
from services.sla.repository.calendar import load_calendar
from tests.unit.sla.calendars import CALENDAR, SOME, STARTS, at

LIMITS = st.builds(
    Limit,
    st.integers(2, 60),
    st.sampled_from(LimitUnit),
    st.sampled_from(StartRule),
    st.sampled_from(EndRule),
)
OTHER_NODE = load_calendar(DEFAULT_HOURS, last_year=2040)
WORKING_DAY_LIMITS = st.builds(
    Limit, st.integers(1, 60), st.just(LimitUnit.WORKING_DAY), st.sampled_from(StartRule)
)


def due(start: str, limit: Limit) -> str:
    return due_at(at(start), limit, CALENDAR).at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-02-20 10:00", 1, "2026-02-25 17:00"),
        ("2026-02-20 10:00", 3, "2026-02-27 17:00"),
        ("2026-02-20 10:00", 5, "2026-03-02 17:00"),
        ("2025-09-27 10:00", 1, "2025-09-29 17:00"),
        ("2025-09-27 10:00", 3, "2025-10-09 17:00"),
        ("2025-09-27 10:00", 5, "2025-10-11 17:00"),
    ],
)
def test_a_start_on_a_day_off_first_moves_to_the_next_working_day(
    start: str, days: int, end: str
) -> None:
    assert due(start, Limit(days)) == end


@pytest.mark.parametrize(
    ("start", "one_day", "same_day"),
    [
        ("2026-03-02 00:00", "2026-03-03 17:00", "2026-03-02 17:00"),
        ("2026-03-02 08:59", "2026-03-03 17:00", "2026-03-02 17:00"),
        ("2026-03-02 09:00", "2026-03-03 17:00", "2026-03-02 17:00"),
        ("2026-03-02 12:30", "2026-03-03 17:00", "2026-03-02 17:00"),
        ("2026-03-02 16:59:59.999999", "2026-03-03 17:00", "2026-03-02 17:00"),
        ("2026-03-02 17:00", "2026-03-04 17:00", "2026-03-03 17:00"),
        ("2026-03-02 23:59", "2026-03-04 17:00", "2026-03-03 17:00"),
        ("2026-03-06 17:00", "2026-03-10 17:00", "2026-03-09 17:00"),
        ("2026-02-13 18:00", "2026-02-24 17:00", "2026-02-14 17:00"),
    ],
    ids=[
        "at midnight",
        "before opening",
        "at opening",
        "at lunch",
        "just before closing",
        "exactly at closing the day is over",
        "in the evening",
        "on Friday evening",
        "before a make-up Saturday",
    ],
)
def test_the_hour_of_the_start_decides_which_day_it_belongs_to(
    start: str, one_day: str, same_day: str
) -> None:
    assert due(start, Limit(1)) == one_day
    assert due(start, SAME_WORKING_DAY) == same_day


HOURS = LimitUnit.WORKING_HOUR
CALENDAR_DAYS = LimitUnit.CALENDAR_DAY
NEXT, SAME, INSTANT = StartRule.NEXT_WORKING_DAY, StartRule.SAME_DAY, StartRule.INSTANT
CLOSING, CLOCK = EndRule.END_OF_WORKING_DAY, EndRule.SAME_CLOCK_TIME
OVER = EndRule.END_OF_DAY


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-02-20 10:00", Limit(1, start=INSTANT), "2026-02-24 17:00"),
        ("2026-03-02 20:00", Limit(1, start=INSTANT), "2026-03-03 17:00"),
        ("2026-03-02 10:15", Limit(3, end=CLOCK), "2026-03-05 10:15"),
        ("2026-03-02 18:00", Limit(3, end=CLOCK), "2026-03-06 09:00"),
        ("2026-03-02 10:00", Limit(3, start=SAME), "2026-03-04 17:00"),
        ("2026-03-02 10:00", Limit(15, CALENDAR_DAYS), "2026-03-17 17:00"),
        ("2026-03-02 10:00", Limit(5, CALENDAR_DAYS), "2026-03-09 17:00"),
        ("2026-03-02 10:00", Limit(5, CALENDAR_DAYS, end=CLOCK), "2026-03-07 10:00"),
        ("2026-03-06 20:00", Limit(2, LimitUnit.HOUR, INSTANT, CLOCK), "2026-03-06 22:00"),
        ("2026-03-06 16:00", Limit(2, LimitUnit.HOUR, INSTANT, CLOSING), "2026-03-09 17:00"),
        ("2026-03-06 20:00", Limit(2, LimitUnit.HOUR, SAME, CLOCK), "2026-03-09 11:00"),
        ("2026-03-06 16:00", Limit(4, HOURS, INSTANT, CLOCK), "2026-03-09 12:00"),
        ("2026-03-06 16:00", Limit(4, HOURS, NEXT, CLOCK), "2026-03-09 14:00"),
        ("2026-03-06 16:00", Limit(4, HOURS, INSTANT, CLOSING), "2026-03-09 17:00"),
        ("2026-03-02 09:00", Limit(20, LimitUnit.MINUTE, INSTANT, CLOCK), "2026-03-02 09:20"),
        ("2026-03-02 16:50", Limit(20, LimitUnit.MINUTE, INSTANT, CLOCK), "2026-03-02 17:10"),
        ("2026-03-02 16:50", Limit(20, LimitUnit.MINUTE, INSTANT, CLOSING), "2026-03-03 17:00"),
        ("2026-03-02 10:00", Limit(5, CALENDAR_DAYS, INSTANT, OVER), "2026-03-07 23:59"),
        ("2026-03-06 10:00", Limit(1, start=SAME, end=OVER), "2026-03-06 23:59"),
        ("2026-03-06 10:00", Limit(30, LimitUnit.HOUR, INSTANT, OVER), "2026-03-07 23:59"),
    ],
    ids=lambda value: str(value),
)
def test_every_rule_for_start_and_end_is_data(start: str, limit: Limit, end: str) -> None:
    assert due(start, limit) == end


def test_a_limit_within_published_years_is_certain() -> None:
    assert not due_at(at("2026-12-30 10:00"), Limit(1), CALENDAR).provisional


def test_a_limit_that_reaches_an_unpublished_year_is_provisional_and_says_so() -> None:
    after = max(CALENDAR.published) + 1

    found = due_at(at(f"{after - 1}-12-31 10:00"), Limit(3), CALENDAR)

    assert found.provisional
    assert [step.count for step in found.steps if step.rule is Rule.PROVISIONAL_YEAR] == [after]


def test_the_notice_moves_a_provisional_due_date_and_makes_it_certain() -> None:
    after = max(CALENDAR.published) + 1
    start = at(f"{after - 1}-12-31 10:00")
    off = frozenset(date(after, 1, day) for day in range(1, 8))
    notice = Notice(after, off, frozenset(), "test")

    before = due_at(start, Limit(1), CALENDAR)
    published = due_at(start, Limit(1), load_calendar(DEFAULT_HOURS, notices=[notice]))

    assert not published.provisional
    assert published.at > before.at
    assert published.calendar_version != before.calendar_version
    assert published.digest != before.digest


def test_the_steps_tell_every_move_in_order() -> None:
    found = due_at(at("2026-02-13 18:00"), Limit(5), CALENDAR)

    assert found.steps == (
        Step(Rule.AFTER_CLOSING, "2026-02-13T18:00:00+08:00", "2026-02-14T09:00:00+08:00"),
        Step(Rule.START_NOT_COUNTED, "2026-02-14", "2026-02-14"),
        Step(Rule.DAYS_OFF_SKIPPED, "2026-02-15", "2026-02-23", 9),
        Step(Rule.MAKE_UP_DAY_COUNTED, "2026-02-28", "2026-02-28"),
        Step(Rule.COUNTED, "2026-02-14", "2026-02-28", 5),
        Step(Rule.END_OF_WORKING_DAY, "2026-02-28", "2026-02-28T17:00:00+08:00"),
    )


def test_a_step_is_plain_values_for_storage() -> None:
    first = due_at(at("2026-02-20 10:00"), Limit(1), CALENDAR).steps[0]

    assert first.as_record() == {
        "rule": "day_off",
        "since": "2026-02-20T10:00:00+08:00",
        "until": "2026-02-24T09:00:00+08:00",
        "count": 0,
    }


def test_another_node_recomputes_the_same_digest_from_the_stored_explanation() -> None:
    start, limit = at("2026-02-13 18:00"), Limit(5)
    here = due_at(start, limit, CALENDAR)

    text = explanation_text(start, limit, here.calendar_version, here.steps, here.at)

    assert digest_of(text) == here.digest


def test_the_digest_of_a_known_due_date_stays_what_it_was() -> None:
    text = explanation_text(
        at("2026-03-02 10:00"), Limit(1), "CN-TEST", (), at("2026-03-03 17:00")
    )

    assert text == (
        "due date, edition 1\n"
        "start 2026-03-02T02:00:00+00:00\n"
        "limit 1 working_day next_working_day end_of_working_day\n"
        "calendar CN-TEST\n"
        "due 2026-03-03T09:00:00+00:00"
    )


@SOME
@given(STARTS, LIMITS)
def test_the_digest_depends_on_the_instant_and_not_on_how_it_is_written(
    start: datetime, limit: Limit
) -> None:
    elsewhere = due_at(start.astimezone(ZONE), limit, OTHER_NODE)

    assert due_at(start, limit, CALENDAR) == elsewhere


@SOME
@given(STARTS, LIMITS)
def test_a_due_date_is_always_after_its_start(start: datetime, limit: Limit) -> None:
    assert due_at(start, limit, CALENDAR).at > start


@SOME
@given(STARTS, WORKING_DAY_LIMITS)
def test_a_limit_in_working_days_ends_at_closing_of_a_working_day(
    start: datetime, limit: Limit
) -> None:
    at_end = due_at(start, limit, CALENDAR).at

    assert at_end == CALENDAR.closing(local_time(at_end).date())


@SOME
@given(STARTS, LIMITS, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_who_comes_later_is_never_due_earlier(
    start: datetime, limit: Limit, later: timedelta
) -> None:
    first, second = due_at(start, limit, CALENDAR), due_at(start + later, limit, CALENDAR)

    assert first.at <= second.at
