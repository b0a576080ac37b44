"""Tracking: when the next word may be due, and how long a unit goes on by itself (S3-23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

SATURDAY = 5


@unique
class TrackingRefusal(StrEnum):
    """Why a report is not taken; the words are codes of the HTTP door."""

    DAY_NOT_AHEAD = "next_day_not_ahead"
    DAY_TOO_FAR = "next_day_too_far"
    DAY_OFF = "next_day_off"
    CONSENT_NEEDED = "tracking_consent_needed"
    CONSENT_REFUSED = "tracking_consent_refused"


@dataclass(frozen=True, slots=True)
class TrackingRules:
    """How far ahead the next word may be due, and how many reports need nobody's consent."""

    most_days: int = 30
    alone: int = 3


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody above said to further tracking when there were so many reports."""

    reports: int
    granted: bool


@dataclass(frozen=True, slots=True)
class Year:
    """The days of a year on which people work, as sla tells them."""

    year: int
    worked: frozenset[date]


def objection_to_day(
    today: date, day: date, rules: TrackingRules, years: Sequence[Year]
) -> TrackingRefusal | None:
    """Return why the next word cannot be due on a day: it lies ahead, near, and is worked on.

    Of a year that nobody has told of the days from Monday to Friday are taken.
    """
    if day <= today:
        return TrackingRefusal.DAY_NOT_AHEAD
    if day > today + timedelta(days=rules.most_days):
        return TrackingRefusal.DAY_TOO_FAR
    return None if _is_worked(day, years) else TrackingRefusal.DAY_OFF


def _is_worked(day: date, years: Sequence[Year]) -> bool:
    known = next((each for each in years if each.year == day.year), None)
    return day.weekday() < SATURDAY if known is None else day in known.worked


def needs_consent(reports: int, given: Sequence[Consent], rules: TrackingRules) -> bool:
    """Tell whether somebody above must agree before the next report.

    Who agrees lets the unit go on for as many reports as it might have made alone.
    """
    granted = sum(each.granted for each in given)
    return reports >= rules.alone * (1 + granted)


def objection_to_report(
    reports: int, given: Sequence[Consent], rules: TrackingRules
) -> TrackingRefusal | None:
    """Return why a unit may not report once more, or None; the last word of those above counts."""
    if not needs_consent(reports, given, rules):
        return None
    is_refused = any(each.reports == reports and not each.granted for each in given)
    return TrackingRefusal.CONSENT_REFUSED if is_refused else TrackingRefusal.CONSENT_NEEDED
