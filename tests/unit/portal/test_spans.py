from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from services.portal.pages.outlook_values import span_words
from services.portal.policy import CHINA, Span, ages_at, days_from, hours_from

FRIDAY = datetime(2030, 1, 4, 6, 40, tzinfo=UTC)
"""14:40 in China."""
DAYS_OFF = {date(2030, 1, 5), date(2030, 1, 6), date(2030, 1, 7)}


def works(day: date) -> bool:
    return day not in DAYS_OFF


def test_the_hours_begin_with_the_present_one_and_leave_no_gap() -> None:
    hours = hours_from(FRIDAY)

    assert hours[0].since <= FRIDAY < hours[0].until
    assert len(hours) == 24
    assert all(one.until == following.since for one, following in pairwise(hours))


def test_days_off_go_with_the_next_working_day() -> None:
    saturday = FRIDAY.replace(minute=0) + timedelta(days=1)
    days = days_from(saturday, works)
    local = [(day.since.astimezone(CHINA), day.until.astimezone(CHINA)) for day in days]

    assert days[0].since == saturday
    assert [until.date() for _since, until in local] == [date(2030, 1, 9 + n) for n in range(5)]
    assert all(until.hour == 0 for _since, until in local)
    assert all(one.until == following.since for one, following in pairwise(days))


def test_a_calendar_without_any_working_day_still_has_days() -> None:
    assert len(days_from(FRIDAY, lambda _day: False)) == 5


def test_ages_go_by_the_days_of_people_and_leave_none_out() -> None:
    ages = ages_at(FRIDAY)

    assert [(age.first, age.last) for age in ages] == [
        *((0, 0), (1, 2), (3, 6), (7, 29), (30, None)),
    ]
    assert ages[0].until > FRIDAY
    assert all(one.since == older.until for one, older in pairwise(ages))
    assert ages[0].since == datetime(2030, 1, 3, 16, tzinfo=UTC)
    assert ages[1].since == ages[0].since - timedelta(days=2)


def test_a_span_is_called_by_its_hour_or_by_its_working_day() -> None:
    hours = hours_from(FRIDAY)

    assert span_words(hours[0], FRIDAY) == "今天 14 时"
    assert span_words(hours[-1], FRIDAY) == "明天 13 时"
    assert span_words(Span(FRIDAY, datetime(2030, 1, 8, 16, tzinfo=UTC)), FRIDAY) == "1月8日 周二"
