"""Instants in the words of a person in China: which day, what time, how long still."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.portal.pages.language import later as _

CHINA = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
WEEKDAY_NAMES = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def day(at: date, language: str) -> str:
    """Return the day, or that of an instant, with its weekday: 3月5日（星期四）."""
    local = at.astimezone(CHINA) if isinstance(at, datetime) else at
    if language == "en":
        return f"{local:%a} {local.day} {local:%b}"
    return f"{local.month}月{local.day}日（星期{WEEKDAYS[local.weekday()]}）"


def day_in_a_table(on: datetime, language: str) -> str:
    """Return the day of an instant as short as a row is called: 3月5日 周四."""
    local = on.astimezone(CHINA)
    if language == "en":
        return day(on, language)
    return f"{local.month}月{local.day}日 周{WEEKDAYS[local.weekday()]}"


def short_day(on: date) -> str:
    """Return a calendar day for an axis: 3/5."""
    return f"{on.month}/{on.day}"


def moment(at: datetime, language: str) -> str:
    """Return day and minute: 3月5日 14:30."""
    local = at.astimezone(CHINA)
    if language == "en":
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def full(at: datetime, language: str) -> str:
    """Return the whole instant for a document: 2026年3月5日 14:30."""
    local = at.astimezone(CHINA)
    if language == "en":
        return f"{local.day} {local:%b %Y, %H:%M}"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def clock(at: datetime) -> str:
    """Return the minute alone: 14:30."""
    return f"{at.astimezone(CHINA):%H:%M}"


def iso(at: datetime) -> str:
    """Return the instant for a machine, in China's zone."""
    return at.astimezone(CHINA).isoformat(timespec="minutes")


def left(due: datetime, now: datetime, translate: Callable[[str], str]) -> str:
    """Return how long until the limit, or how long past it; whole days from two days on."""
    gap = due - now
    if gap < timedelta(0):
        return translate("已超过 %s") % _long(-gap, translate)
    return translate("还有 %s") % _long(gap, translate)


def _long(gap: timedelta, translate: Callable[[str], str]) -> str:
    if gap >= 2 * DAY:
        return translate("%d 天") % (gap // DAY)
    if gap >= HOUR:
        return translate("%d 小时") % (gap // HOUR)
    return translate("%d 分钟") % max(1, gap // timedelta(minutes=1))
