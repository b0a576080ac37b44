"""Ladders: which steps follow from a limit, when, in which order, and what is wrong with one."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.policy import (
    SHIPPED_LADDERS,
    ClockKind,
    Ladder,
    LadderRow,
    LadderTable,
    LimitUnit,
    Matter,
    QuietHours,
    Side,
    Standing,
    StepKind,
    Tier,
    Times,
    When,
    Whom,
    is_late,
    next_step,
    passed_over,
    steps_until,
)
from services.sla.policy.ladder_checks import findings_of_ladders
from services.sla.policy.ladders import MOST_LEVELS, step_at
from services.sla.policy.limit_checks import Around
from tests.unit.sla.calendars import CALENDAR, SOME, STARTS, at

NIGHT = QuietHours.parse("22:00-08:00")
TIMES = Times(CALENDAR, NIGHT)
ANY_TIME = Times(CALENDAR, QuietHours())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
ORDINARY = Matter(complexity="ordinary", item="SPXK", place="341523", urgency="urgent")
BY_UNIT: dict[ClockKind, Ladder] = {
    kind: LadderTable(SHIPPED_LADDERS).find(kind, ORDINARY) for kind in ClockKind
}
AROUND = Around(Tier.COUNTY, date(2026, 3, 2), lambda code: code.startswith("34"))


def row(level: int, amount: int = 0, unit: LimitUnit = LimitUnit.HOUR, **more: Any) -> LadderRow:
    told: dict[str, Any] = {"kind": ClockKind.RESOLVE, "step": StepKind.SUPERVISE}
    told |= {"code": f"S{level}", "whom": Whom.UNIT, **more}
    return LadderRow(**told, level=level, amount=amount, unit=unit)


def urge(level: int, amount: int = 0, **more: Any) -> LadderRow:
    return row(level, amount, step=StepKind.URGE, **more)


def levels(ladder: Ladder, clock: Standing, until: datetime, times: Times = TIMES) -> list[int]:
    return [step.row.level for step in steps_until(ladder, clock, until, times)]


@pytest.mark.parametrize(
    ("amount", "unit", "side", "expected"),
    [
        (0, LimitUnit.HOUR, Side.AFTER, at("2026-02-13 17:00") + MICROSECOND),
        (24, LimitUnit.HOUR, Side.BEFORE, at("2026-02-12 17:00")),
        (24, LimitUnit.HOUR, Side.AFTER, at("2026-02-14 17:00")),
        (2, LimitUnit.CALENDAR_DAY, Side.AFTER, at("2026-02-15 17:00")),
        (1, LimitUnit.WORKING_DAY, Side.AFTER, at("2026-02-14 17:00")),
        (2, LimitUnit.WORKING_DAY, Side.AFTER, at("2026-02-24 17:00")),
        (1, LimitUnit.WORKING_HOUR, Side.AFTER, at("2026-02-14 10:00")),
        (1, LimitUnit.WORKING_HOUR, Side.BEFORE, at("2026-02-13 16:00")),
        (1, LimitUnit.WORKING_DAY, Side.BEFORE, at("2026-02-12 17:00")),
        (30, LimitUnit.MINUTE, Side.AFTER, at("2026-02-13 17:30")),
    ],
)
def test_a_step_lies_beside_the_limit_across_make_up_and_spring_festival(
    amount: int, unit: LimitUnit, side: Side, expected: datetime
) -> None:
    friday = at("2026-02-13 17:00")
    assert step_at(row(1, amount, unit, side=side), friday, CALENDAR) == expected


@SOME
@given(STARTS, st.integers(0, 300), st.sampled_from(LimitUnit), st.sampled_from(Side))
def test_no_step_lies_on_the_other_side_of_its_limit(
    due: datetime, amount: int, unit: LimitUnit, side: Side
) -> None:
    moment = step_at(row(1, amount, unit, side=side), due, CALENDAR)
    assert moment > due if side is Side.AFTER else moment <= due


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("2026-03-03 02:00", "2026-03-03 08:00"),
        ("2026-03-03 22:00", "2026-03-04 08:00"),
        ("2026-03-03 21:59", "2026-03-03 21:59"),
        ("2026-03-03 08:00", "2026-03-03 08:00"),
        ("2026-12-31 23:30", "2027-01-01 08:00"),
    ],
)
def test_a_reminder_of_the_night_waits_for_the_morning(told: str, said: str) -> None:
    assert NIGHT.open_from(at(told)) == at(said)
    assert QuietHours().open_from(at(told)) == at(told)
    lunch = QuietHours.parse("12:00-13:00")
    assert lunch.open_from(at("2026-03-03 12:30")) == at("2026-03-03 13:00")


def test_only_reminders_wait_and_keep_when_they_were_due() -> None:
    due = at("2026-03-03 01:00")
    clock = Standing(due - DAY, due)
    urged = steps_until([urge(1, 1)], clock, due + DAY, TIMES)
    slip = steps_until([row(1, 1)], clock, due + DAY, TIMES)

    assert [(step.due_at, step.at) for step in urged] == [(due + HOUR, at("2026-03-03 08:00"))]
    assert [(step.due_at, step.at) for step in slip] == [(due + HOUR, due + HOUR)]
    assert not is_late(urged[0], at("2026-03-03 08:00"))
    # Nobody is supervised before they were urged.
    assert [step.at.hour for step in steps_until([urge(1, 1), row(2, 2)], clock, due + DAY, TIMES)]
    assert levels([urge(1, 1), row(2, 2)], clock, due + 3 * HOUR) == []


def test_a_level_is_climbed_once_and_a_moved_limit_restarts_nothing() -> None:
    """The clock is measured from its limit, never from the last change of a case (DIGIT)."""
    ladder, due = BY_UNIT[ClockKind.RESOLVE], at("2026-03-05 17:00")
    first = Standing(due - 3 * DAY, due)
    assert levels(ladder, first, due + 5 * DAY) == [1, 2, 3, 4]

    extended = Standing(due - 3 * DAY, due + 7 * DAY, level=4)
    assert levels(ladder, extended, due + 30 * DAY) == [5, 6]
    assert levels(ladder, Standing(first.started_at, due, level=6), due + 90 * DAY) == []
    assert next_step(ladder, Standing(first.started_at, due, level=6), TIMES) is None


def test_a_ladder_goes_on_past_three_levels() -> None:
    """Three levels are the end of the scheduler of DIGIT; here nine are, by a check."""
    ladder = [row(level, level) for level in range(1, MOST_LEVELS + 1)]
    due = at("2026-03-05 17:00")
    assert levels(ladder, Standing(due - DAY, due), due + DAY) == list(range(1, 10))


def test_what_would_have_come_before_the_clock_began_is_passed_over() -> None:
    due = at("2026-03-05 17:00")
    ladder = [row(1, 24, step=StepKind.REMIND, side=Side.BEFORE), row(2, 1)]
    assert levels(ladder, Standing(due - 5 * HOUR, due), due + DAY) == [2]


def test_what_fell_while_a_promise_stood_is_passed_over() -> None:
    ladder, due = BY_UNIT[ClockKind.CITIZEN], at("2026-03-05 17:00")
    clock = Standing(due - 3 * DAY, due)
    assert passed_over(ladder, clock, due + 30 * DAY, TIMES) == 3
    assert passed_over(ladder, clock, due - 2 * DAY, TIMES) == 0


LADDERS = st.lists(
    st.builds(
        row,
        st.integers(1, 9),
        st.integers(0, 60),
        st.sampled_from(LimitUnit),
        side=st.sampled_from(Side),
        step=st.sampled_from(StepKind),
    ),
    max_size=6,
    unique_by=lambda each: each.level,
).map(lambda rows: sorted(rows, key=lambda each: each.level))


@SOME
@given(LADDERS, STARTS, st.integers(1, 400), st.lists(st.integers(0, 4000), max_size=8))
def test_looking_often_or_once_finds_the_same_steps_in_the_same_order(
    ladder: Ladder, start: datetime, length: int, looks: list[int]
) -> None:
    due, end = start + length * HOUR, start + (length + 4000) * HOUR
    level, often = 0, []
    for hours in [*sorted(looks), length + 4000]:
        found = steps_until(ladder, Standing(start, due, level), start + hours * HOUR, TIMES)
        often += found
        level = found[-1].row.level if found else level

    once = steps_until(ladder, Standing(start, due), end, TIMES)
    # A step that comes after a pause of looking may lie no earlier than what was found before it.
    assert [(step.row, step.due_at) for step in often] == [
        (step.row, step.due_at) for step in once
    ]
    assert [step.at for step in once] == sorted(step.at for step in once)


def test_the_nearest_ladder_counts_as_a_whole() -> None:
    rows = [
        row(1, 1),
        row(2, 2),
        row(1, 3, when=When(urgency="urgent")),
        row(1, 4, when=When(urgency="urgent", tier="city")),
        row(1, 5, when=When(place="3415"), kind=ClockKind.CONTACT),
    ]
    table = LadderTable(rows, "county")
    assert [each.amount for each in table.find("resolve", ORDINARY)] == [3]
    assert [each.amount for each in table.find("resolve", Matter(complexity="simple"))] == [1, 2]
    assert [each.amount for each in table.find("contact", ORDINARY)] == [5]
    assert table.find("contact", Matter(complexity="simple", place="340100")) == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([urge(1), urge(1, 2)], [("same_level", "S1", "level")]),
        ([urge(1, 5), row(2, 4)], [("out_of_order", "S2", "amount")]),
        ([urge(1, kind=ClockKind.CITIZEN)], [("no_unit", "S1", "whom")]),
        ([row(1, whom=Whom.DISPATCHER)], [("other_whom", "S1", "whom")]),
        ([urge(1, 1, side=Side.BEFORE)], [("acts_early", "S1", "side")]),
        ([urge(1, when=When(place="99"))], [("unknown_place", "S1", "place")]),
        ([urge(1, when=When(tier="city"))], [("other_tier", "S1", "tier")]),
        (list(SHIPPED_LADDERS), []),
    ],
)
def test_what_is_wrong_names_row_and_field(
    rows: list[LadderRow], expected: list[tuple[str, str, str]]
) -> None:
    found = findings_of_ladders(rows, AROUND)
    assert [(each.finding.value, each.code, each.field) for each in found] == expected


def test_a_step_comes_back_from_its_record() -> None:
    told = urge(3, 2, when=When(urgency="urgent"), basis="效能办〔2026〕3 号")
    assert LadderRow.of_record(told.as_record()) == told
    assert all(LadderRow.of_record(each.as_record()) == each for each in SHIPPED_LADDERS)
