from datetime import UTC, datetime, timedelta

import pytest

from services.intake.policy.looks import Counted, Limit, wait_after

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMIT = Limit(per_hour=3, per_day=10)


def ago(**time: int) -> datetime:
    return NOW - timedelta(**time)


@pytest.mark.parametrize(
    ("counted", "wait"),
    [
        (Counted(), None),
        (Counted(2, ago(minutes=59), 9, ago(hours=23)), None),
        (Counted(3, ago(minutes=50), 3, ago(minutes=50)), 600),
        (Counted(5, ago(minutes=59, seconds=59), 5, ago(hours=2)), 1),
        (Counted(0, None, 10, ago(hours=20)), 4 * 3600),
        (Counted(3, ago(minutes=50), 10, ago(hours=23, minutes=59)), 600),
    ],
)
def test_an_account_waits_until_its_window_has_room(counted: Counted, wait: int | None) -> None:
    assert wait_after(counted, LIMIT, NOW) == wait
