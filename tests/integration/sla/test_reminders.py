"""A meeting is said to be near once, on the working day before; a moved one for its new day."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.sla import handlers
from services.sla.policy import ZONE
from shared.events.dispatch import MeetingCalled, MeetingCancelled
from shared.events.sla import MeetingNear
from shared.events.words import By
from shared.outbox import said
from tests.integration.sla.stories import CASE, PROMISE

pytestmark = pytest.mark.integration

BY = By(kind="staff", role="dispatcher")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZONE)


WEDNESDAY, FRIDAY, MONDAY = at("04T10:00"), at("06T14:00"), at("09T14:00")
"""When it is called, and when it is."""


def called(starts_at: datetime, when: datetime = WEDNESDAY, **told: Any) -> MeetingCalled:
    about = {"meeting_id": MEETING, "round": 1, "serial": 1, "with_person": True, "by": BY}
    place: dict[str, Any] = {"place_masked": "301", "starts_at": starts_at}
    return MeetingCalled(case_id=CASE, occurred_at=when, **{**about, **place, **told})


MEETING = uuid4()


def near(db: Connection) -> list[datetime]:
    """Return of which moments it was said that a meeting is near."""
    told = [event for event in said(db) if isinstance(event, MeetingNear)]
    return [event.starts_at for event in told if event.meeting_id == MEETING]


def sweep(db: Connection, now: datetime) -> list[datetime]:
    before = len(near(db))
    handlers.sweep_reminders(db, now, PROMISE, 100)
    return near(db)[before:]


def test_it_is_said_once_on_the_working_day_before(db: Connection) -> None:
    handlers.plan_reminder(db, called(MONDAY), PROMISE)

    assert [sweep(db, at(text)) for text in ("05T09:00", "06T08:59", "06T09:00")] == [
        *([], [], [MONDAY])
    ]
    assert not sweep(db, at("06T09:01"))
    handlers.plan_reminder(db, called(MONDAY, at("06T11:00"), moves=1), PROMISE)
    assert not sweep(db, at("09T09:00")), "who is asked on that day has just been told"


def test_a_moved_meeting_is_near_on_its_new_day_and_a_cancelled_one_never(db: Connection) -> None:
    handlers.plan_reminder(db, called(FRIDAY), PROMISE)
    handlers.plan_reminder(db, called(MONDAY, moves=1), PROMISE)
    handlers.plan_reminder(db, called(MONDAY, at("05T10:00"), moves=1), PROMISE)

    assert [sweep(db, at("05T17:00")), sweep(db, at("06T09:30"))] == [[], [MONDAY]]

    handlers.plan_reminder(db, called(at("20T14:00"), at("09T18:00"), serial=2), PROMISE)
    off: dict[str, Any] = {"meeting_id": MEETING, "round": 1, "with_person": True, "by": BY}
    gone = MeetingCancelled(case_id=CASE, occurred_at=at("10T10:00"), because="已商定", **off)
    handlers.drop_reminder(db, gone)
    assert not sweep(db, at("19T10:00"))


def test_what_nobody_could_say_in_time_is_not_said_afterwards(db: Connection) -> None:
    handlers.plan_reminder(db, called(MONDAY), PROMISE)

    assert not sweep(db, MONDAY + timedelta(minutes=1))
    assert not sweep(db, MONDAY + timedelta(days=1))
