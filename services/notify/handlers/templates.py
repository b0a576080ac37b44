"""What people are told, for each purpose: Chinese msgids with named places; English by gettext.

A message names a number, a unit, a date or a link and never the person or the matter: whoever
holds the telephone may read it. 70 characters are one SMS, signature included; one with a link,
or with the numbers of several cases, is longer. English has 160 signs of the GSM alphabet, as long
as no Chinese name stands in it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from types import MappingProxyType

from babel.dates import format_datetime

from shared.catalogues import compiled
from shared.events.notify import Purpose
from shared.events.words import Language

SIGNATURE = "【办不成事反映窗口】"
ONE_SMS = 70
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

TEMPLATES: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.RECEIPT: "已登记，编号{number}，查询码{code}，请妥善保管。",
        Purpose.PROMISE: "{number}已受理，承诺{date}前办结。",
        Purpose.DECLINED: "{number}未予受理，原因、去处、怎么提异议请凭查询码查询或拨打12345。",
        Purpose.DISPATCHED: "{number}已派给{unit}办理，该单位会与您联系。",
        Purpose.RESULT: "{number}已办结，答复请凭查询码查询或拨打12345。",
        Purpose.INVITATION: "{number}是否真正解决？请在{date}前评价：{link}",
        Purpose.HANDED_OVER: "{number}已转由{node}办理，承诺时间和查询方式不变。",
        Purpose.ONE_TIME_CODE: "验证码{code}，{date}前有效，查进度用。请勿告诉任何人。",
        Purpose.CODE_RENEWED: "{number}新查询码{code}，旧的作废。非本人请打12345。",
        Purpose.CONTACT_CODE: "验证码{code}，{date}前有效，换联系电话用。不是您要换的，别告诉人。",
        Purpose.CONTACT_CHANGED: "{number}的联系电话换了，短信改发新号码。非本人请打12345。",
        Purpose.PROMISE_MOVED: "{number}{why}，承诺改为{date}前办结。",
        Purpose.PROMISE_FIXED: "{number}放假安排已公布，承诺{date}前办结，不变。",
        Purpose.MATERIALS: "{number}需您在{date}前补材料，清单请凭查询码查询。",
        Purpose.MEETING: "{number}请您{date}参加协调会，地点和要带的请凭查询码查询。",
        Purpose.MEETING_SOON: "{number}提醒您{date}参加协调会，地点请凭查询码查询。",
        Purpose.MEETING_OFF: "{number}的协调会不开了，原因请凭查询码查询。",
        Purpose.DELAYED: "{number}经批准延期，预计{date}前办结，原因请凭查询码查询。",
        Purpose.APPEALED: "{number}的异议已收到，最晚{date}答复。",
        Purpose.APPEAL_DECIDED: "{number}的异议有结果了，请凭查询码查询或拨打12345。",
        Purpose.HELPER: "{number}有帮办员陪您办，姓名和电话请凭查询码查询或拨打12345。",
        Purpose.REOPENED: "{number}已按您的反映重新办理，承办单位会再次与您联系。",
        Purpose.TRACKED: "{number}一时难办，跟踪中，{date}前再告知，原因凭查询码查。",
        Purpose.SPLIT: "{number}分成{matters}件办，每件都答复，原查询码都能查。新编号：{numbers}",
        Purpose.JOINED: "{number}和您的另一件合在一起办，都答复您，编号、查询码和时限不变。",
        Purpose.WITHDRAWN: "{number}已撤回，{until}不是本意请打12345。",
        Purpose.TAKEN_BACK: "{number}已恢复办理，承诺时间接着算。不是本意请打12345。",
        Purpose.OUTSIDE_LINK: "{unit}请您{date}前协助答复：{link}",
        Purpose.OUTSIDE_MEETING: "{unit}提醒您{date}参加协调会。",
        Purpose.OUTSIDE_REMINDER: "{unit}请您{date}前答复，链接在此前短信里，勿转发。",
    }
)
PROVISIONAL: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.PROMISE: "{number}已受理，承诺{date}前办结（暂定）。",
        Purpose.PROMISE_MOVED: "{number}{why}，承诺改为{date}前办结（暂定）。",
    }
)

MAY_COME_BACK, IS_FINAL = "{date}前可恢复。", "不再办理。"
"""Whether a withdrawal may be taken back."""
BY_CALENDAR, BY_LIMITS = "因放假安排", "因办理时限调整"
BY_COMPLEXITY = "因难易重新核定"
"""Why a promise moves; a message that was queued before there were two reasons has the first."""


LOCAL_OFF, LOCAL_HOURS = "因当地放假", "因当地调整上班"
LOCAL_DAYS, LOCAL_AT = "因{names}放假", "因{place}{names}放假"
"""Why a promise moves by a local notice of the calendar."""
LONGEST_WHY = 9
"""So many characters of a reason leave the message one SMS, provisional or not."""
MOMENT, DAY, BETWEEN = "M月d日HH:mm", "M月d日", "、"
"""How a moment and a day are written, and what stands between several numbers."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words within a message that are said in the language of whom it goes to."""

    text: str
    values: Mapping[str, "Value"] = field(default_factory=dict)


Value = str | date | datetime | tuple[str, ...] | Words
"""What fills a place; a name, a number, a code or a link reads alike in every language."""


def local_why(place: str, names: Sequence[str], *, off: bool) -> Words:
    """Return why a promise moves by a local notice, as plainly as one SMS has room for."""
    if not off:
        return Words(LOCAL_HOURS)
    values: Mapping[str, Value] = {"place": place, "names": tuple(names)}
    plain = (Words(LOCAL_AT, values), Words(LOCAL_DAYS, values))
    fitting = (each for each in plain if len(said(each)) <= LONGEST_WHY)
    return next(fitting, Words(LOCAL_OFF))


def text_of(
    purpose: Purpose,
    values: Mapping[str, Value],
    language: Language = Language.ZH,
    *,
    provisional: bool = False,
) -> str:
    """Return the whole text of a message with its signature."""
    told = {**TEMPLATES, **PROVISIONAL} if provisional else TEMPLATES
    filled = Words(told[purpose], {"why": Words(BY_CALENDAR), **values})
    return spoken(language)(SIGNATURE) + said(filled, language)


def said(value: Value, language: Language = Language.ZH) -> str:
    """Return what fills a place as people say it: 3月5日17:00 in China."""
    match value:
        case Words(text, values):
            filled = {name: said(each, language) for name, each in values.items()}
            return spoken(language)(text).format_map(filled)
        case datetime():
            return _dated(value.astimezone(CHINA), MOMENT, language)
        case date():
            return _dated(datetime.combine(value, time(), CHINA), DAY, language)
        case tuple():
            return spoken(language)(BETWEEN).join(value)
        case _:
            return value


@cache
def spoken(language: Language) -> Callable[[str], str]:
    """Return what says a text of the source language in another one."""
    if language is Language.ZH:
        return str
    return compiled("services.notify", language, ["notify"]).gettext


def _dated(at: datetime, pattern: str, language: Language) -> str:
    written: str = format_datetime(at, spoken(language)(pattern), locale=language.value)
    return written
