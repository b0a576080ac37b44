"""Quiet hours of duty telephones (N28): a reminder of 02:00 rings in the morning and says so."""

from datetime import UTC, datetime, time, timedelta

import pytest

from services.notify.handlers.duty_words import TEXTS, text_for
from services.notify.handlers.templates import ONE_SMS
from services.notify.policy.quiet import CHINA, QuietHours, rings_at
from shared.clock import new_id
from shared.events.portal import NoticeKind, UnitTold

NIGHT = QuietHours(time(22), time(8, 30))


def at(text: str) -> datetime:
    """Return a moment in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("told", "rings"),
    [
        ("2026-11-28 02:00", "2026-11-28 08:30"),
        ("2026-11-27 22:00", "2026-11-28 08:30"),
        ("2026-12-31 23:59", "2027-01-01 08:30"),
        ("2026-11-28 08:29", "2026-11-28 08:30"),
        ("2026-11-28 08:30", "2026-11-28 08:30"),
        ("2026-11-28 21:59", "2026-11-28 21:59"),
    ],
)
def test_at_night_it_waits_for_the_morning(told: str, rings: str) -> None:
    assert rings_at(at(told), NIGHT, is_urgent=False) == at(rings)
    assert rings_at(at(told).astimezone(UTC), NIGHT, is_urgent=False) == at(rings)


def test_what_is_urgent_and_what_is_never_quiet_rings_at_once() -> None:
    told = at("2026-11-28 02:00")

    assert rings_at(told, NIGHT, is_urgent=True) == told
    assert rings_at(told, QuietHours(time(0), time(0)), is_urgent=False) == told
    assert rings_at(told, QuietHours(time(1), time(3)), is_urgent=False) == at("2026-11-28 03:00")


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_text_fits_one_message_and_says_when_it_happened_if_it_waited(kind: NoticeKind) -> None:
    told = at("2026-11-28 02:00")
    number = "341523-20261128-00001-7"
    event = UnitTold(
        occurred_at=told,
        notice_id=new_id(),
        unit_code="SCJGJ",
        kind=kind,
        number=number,
        about_at=at("2026-12-28 14:30"),
    )
    at_once, held = text_for(event, told), text_for(event, told + timedelta(hours=6))

    assert held == f"{at_once}（11月28日02:00）"
    assert len(held) <= ONE_SMS
    assert (number in held) == ("{number}" in TEXTS[kind])
    assert "{" not in held
