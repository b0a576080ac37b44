"""A signed notice as a fact for the tiers below, and as it is read from one.

A local one is a fact of its own: a node of an earlier release would take it for the country's.
"""

from datetime import datetime

from services.sla.policy import BadNotice, IssuedNotice, NamedDay, Scope, WeekRow, WorkingHours
from shared.events.sla import (
    LocalNoticeDay,
    LocalNoticeSigned,
    NoticeDay,
    NoticeSigned,
    NoticeWeek,
)

Told = NoticeSigned | LocalNoticeSigned


def known_as(name: str) -> type[NoticeSigned] | type[LocalNoticeSigned]:
    """Return as which fact a signed notice of this name is read."""
    return NoticeSigned if name == NoticeSigned.name else LocalNoticeSigned


def telling(issued: IssuedNotice, digest: str, node: str, now: datetime) -> Told:
    """Return what the tiers below are told."""
    head = {
        **{name: getattr(issued, name) for name in ("year", "title", "number", "issued_on")},
        "digest": digest,
        "node": node,
        "occurred_at": now,
    }
    if not issued.scope.is_local:
        days = tuple(NoticeDay(day=each.day, name=each.name, off=each.off) for each in issued.days)
        return NoticeSigned(**head, days=days)
    return LocalNoticeSigned(
        **head,
        region=issued.scope.region,
        unit_code=issued.scope.unit,
        days=tuple(map(_day, issued.days)),
        weeks=tuple(map(_week, issued.weeks)),
    )


def told_notice(told: Told) -> IssuedNotice | None:
    """Return the notice that was told; None of one that this release cannot read."""
    head = (told.year, told.title, told.number, told.issued_on)
    try:
        if isinstance(told, NoticeSigned):
            days = tuple(NamedDay(each.day, each.name, each.off) for each in told.days)
            return IssuedNotice(*head, days)
        scope = Scope(told.region, told.unit_code)
        local = tuple(map(_named, told.days))
        return IssuedNotice(*head, local, scope, tuple(map(_row, told.weeks)))
    except (BadNotice, ValueError):
        return None  # a later release may allow what this one cannot read


def _day(each: NamedDay) -> LocalNoticeDay:
    hours = str(each.hours or "")
    return LocalNoticeDay(day=each.day, name=each.name, off=each.off, hours=hours)


def _named(told: LocalNoticeDay) -> NamedDay:
    return NamedDay(told.day, told.name, told.off, WorkingHours.of(told.hours))


def _week(row: WeekRow) -> NoticeWeek:
    hours = str(row.hours or "")
    return NoticeWeek(weekdays=row.weekdays, hours=hours, since=row.since, until=row.until)


def _row(told: NoticeWeek) -> WeekRow:
    return WeekRow(told.weekdays, WorkingHours.of(told.hours), told.since, told.until)
