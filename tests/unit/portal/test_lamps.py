from datetime import UTC, datetime, timedelta

from services.portal.policy import Clock, promises

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def clock(
    kind: str, lamp: str, *, hours: int = 1, running: bool = True, version: int = 1
) -> Clock:
    due_at = NOON + timedelta(hours=hours)
    return Clock(kind, due_at, lamp, False, running, None if running else True, version)


def test_without_clocks_nothing_is_promised() -> None:
    shown = promises([])

    assert (shown.citizen, shown.custody, shown.lamp, shown.next_due_at) == (None,) * 4


def test_the_worst_custody_lamp_is_shown_and_of_equals_the_earliest_limit() -> None:
    late = clock("contact", "yellow", hours=3)
    later = clock("resolve", "yellow", hours=9)
    green = clock("feedback", "green", hours=1)

    assert promises([green, later, late]).custody == late


def test_the_lamp_of_a_case_is_the_worst_of_both_promises() -> None:
    citizen, custody = clock("citizen", "green"), clock("contact", "red")

    assert promises([citizen, custody]).lamp == "red"


def test_the_next_limit_is_the_earliest_of_all_that_run() -> None:
    first = clock("feedback", "green", hours=1)
    red = clock("contact", "red", hours=5)

    assert promises([red, first]).next_due_at == first.due_at


def test_a_stopped_citizen_clock_still_tells_whether_it_was_kept() -> None:
    stopped = clock("citizen", "yellow", running=False)

    shown = promises([stopped, clock("contact", "green", running=False)])

    assert shown.citizen == stopped
    assert (shown.custody, shown.lamp, shown.next_due_at) == (None, None, None)
