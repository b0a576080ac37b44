"""What holds for the country's calendar holds for every local one, whatever it is made of."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.sla.policy import (
    DEFAULT_HOURS,
    ZONE,
    EndRule,
    IssuedNotice,
    Limit,
    LocalCalendar,
    NamedDay,
    WeekRow,
    WorkingHours,
    due_at,
)
from tests.unit.sla.local import (
    FESTIVAL,
    HALF_DAY,
    LONG_LUNCH,
    MORNING,
    REGION,
    UNIT,
    WORKING_HOURS,
    calendars,
    festival,
    of_unit,
)

SPANS = st.sampled_from(
    [MORNING, LONG_LUNCH, DEFAULT_HOURS, WorkingHours.parse("08:00-08:01,10:00-23:59")]
)
NAMED = st.dictionaries(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.one_of(st.just("off"), st.none(), SPANS),
    min_size=1,
    max_size=30,
)
WEEKS = st.lists(
    st.builds(
        lambda days, hours, since, many: WeekRow(
            tuple(sorted(days)), hours, since, since + timedelta(days=many) if many else None
        ),
        st.sets(st.integers(0, 6), min_size=1, max_size=4),
        st.one_of(st.none(), SPANS),
        st.dates(date(2025, 12, 1), date(2027, 1, 31)),
        st.integers(0, 200),
    ),
    max_size=4,
)


@st.composite
def locals_(draw: st.DrawFn) -> LocalCalendar:
    """Any calendar of a unit, with a region's over the country's under it."""
    named = [
        NamedDay(
            day, "节", off=told == "off", hours=told if isinstance(told, WorkingHours) else None
        )
        for day, told in draw(NAMED).items()
    ]
    half = len(named) // 2
    unit = of_unit(*draw(WEEKS), days=(*named[:half], HALF_DAY))
    region = IssuedNotice(2026, FESTIVAL, "", None, tuple(named[half:]), REGION)
    calendar = replace(KNOWN, local={REGION: (region,), UNIT: (unit,)}).of(UNIT)
    assert isinstance(calendar, LocalCalendar)
    return calendar


MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2026, 12, 20),  # noqa: DTZ001
    timezones=st.just(ZONE),
)
KNOWN = calendars(festival())
FEW = settings(max_examples=20, deadline=None)


@FEW
@given(locals_(), st.lists(st.tuples(MOMENTS, MOMENTS, st.integers(1, 30)), min_size=8))
def test_what_holds_for_the_countrys_calendar_holds_for_every_local_one(
    calendar: LocalCalendar, tried: list[tuple[datetime, datetime, int]]
) -> None:
    for one, other, n in tried:
        day, m = one.date(), n % 7 + 1
        twice = calendar.add_working_days(calendar.add_working_days(day, n), m)
        assert twice == calendar.add_working_days(day, n + m)

        minutes = calendar.add_working_minutes(one, 45 * n)
        assert calendar.add_working_minutes(minutes, m) == calendar.add_working_minutes(
            one, 45 * n + m
        )

        ends = due_at(one, Limit(n), calendar).at
        assert calendar.is_working_day(ends.astimezone(ZONE).date())
        assert ends == calendar.closing(ends.astimezone(ZONE).date())

        early, late = sorted((one, other))
        for limit in (Limit(n), WORKING_HOURS, Limit(n, end=EndRule.SAME_CLOCK_TIME)):
            assert due_at(early, limit, calendar).at <= due_at(late, limit, calendar).at


@FEW
@given(locals_(), MOMENTS, st.integers(1, 3_000))
def test_working_minutes_agree_with_walking_through_the_spans(
    calendar: LocalCalendar, start: datetime, minutes: int
) -> None:
    left = timedelta(minutes=minutes)
    day = start.date()
    while True:
        spans = calendar.hours_on(day).spans if calendar.is_working_day(day) else ()
        for begin, end in spans:
            midnight = datetime.combine(day, datetime.min.time(), ZONE)
            since = max(midnight + timedelta(minutes=begin), start)
            room = max(midnight + timedelta(minutes=end) - since, timedelta())
            if room >= left:
                assert calendar.add_working_minutes(start, minutes) == since + left
                return
            left -= room
        day += timedelta(days=1)
