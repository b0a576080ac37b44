"""Clocks: which promises run, which lamp shows how near the limit is, when that changes."""

from datetime import datetime, timedelta
from enum import StrEnum, unique

YELLOW_BEFORE = timedelta(hours=24)
# The databases that keep these instants resolve microseconds.
INSTANT_AFTER = timedelta(microseconds=1)


@unique
class ClockKind(StrEnum):
    """Which promise a clock keeps: to the citizen, of a unit with its order, of a node.

    Of a unit with its part of another's order, with the next word on what goes on, with what it
    has to put right or answer, and with calling the person back, too.
    """

    CITIZEN = "citizen"
    CONTACT = "contact"
    RESOLVE = "resolve"
    FEEDBACK = "feedback"
    LEG = "leg"
    CO_HANDLE = "co_handle"
    TRACKING = "tracking"
    RECTIFY = "rectify"
    """A result that did not hold is put right."""
    SUPERVISION = "supervision"
    """A supervision slip is answered."""
    MEETING = "meeting"
    """A meeting that was called is held."""
    CALLBACK = "callback"
    """The unit calls the person back after its result."""
    CENTRE_CALLBACK = "centre_callback"
    """The centre calls the person back."""


@unique
class Lamp(StrEnum):
    """Green, yellow near the limit, red past it."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def is_missed(due: datetime, now: datetime) -> bool:
    """Tell whether the limit has passed; exactly on time is on time."""
    return now > due


def lamp_at(due: datetime, now: datetime, yellow_before: timedelta = YELLOW_BEFORE) -> Lamp:
    """Choose the lamp: yellow from exactly `yellow_before` by the wall clock, red after `due`."""
    if is_missed(due, now):
        return Lamp.RED
    return Lamp.YELLOW if now >= due - yellow_before else Lamp.GREEN


def next_step_at(
    due: datetime, lamp: Lamp, yellow_before: timedelta = YELLOW_BEFORE
) -> datetime | None:
    """Return the first instant that shows the next lamp; None when there is no further one."""
    match lamp:
        case Lamp.GREEN:
            return due - yellow_before
        case Lamp.YELLOW:
            return due + INSTANT_AFTER
        case Lamp.RED:
            return None
