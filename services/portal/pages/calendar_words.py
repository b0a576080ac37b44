"""What people read of the working calendar: states of a notice, what looks wrong, what moves."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

NOTICE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "drafted": _("待审核"),
        "reviewed": _("待签发"),
        "arrived": _("上级发来，待签发"),
        "signed": _("执行中"),
        "replaced": _("已被替换"),
        "rejected": _("已退回"),
        "withdrawn": _("已撤回"),
    }
)
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "built_in": _("随软件带来的放假安排"),
        "notice": _("已签发的放假通知"),
        "statutory": _("还没有公布：只算周末和固定的法定节假日"),
    }
)
DAY_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "worked": _("上班"),
        "weekend": _("周末"),
        "off": _("放假"),
        "make_up": _("调休上班"),
        "short": _("短时上班"),
        "opening": _("加开"),
    }
)
WORKED = frozenset({"worked", "make_up", "short", "opening"})
DAY_MARKS: Mapping[str, str] = MappingProxyType(
    {"off": _("休"), "make_up": _("班"), "short": _("短"), "opening": _("开")}
)
"""Beside the number, so that nobody needs the colour."""
FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "make_up_on_weekday": _("{about} 写成调休上班，可是那天本来就上班。"),
        "off_on_weekend_alone": _("{about} 写成放假，可是那天本来就是周末，前后也不连着假期。"),
        "other_year": _("{about} 不是这一年的日子。"),
        "statutory_day_worked": _("{about} 是法定节假日，通知里没有放假。"),
        "holiday_short": _("{about}放 {count} 天，法定至少 {expected} 天。"),
        "days_uneven": _("{about} 年放假减去调休是 {count} 天，法定是 {expected} 天。"),
    }
)
MOVES: Mapping[str, str] = MappingProxyType(
    {
        "later": _("推后"),
        "earlier": _("提前"),
        "fixed": _("转为确定"),
    }
)
