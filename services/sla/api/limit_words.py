"""Rows of limits in words: 普通件 · 办结 · 5 个工作日 · 从次日起."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from pydantic import BaseModel

from services.sla.policy import EndRule, LimitRow, LimitUnit, Ruled, StartRule, When

Words = Mapping[str, tuple[str, str]]
HOUR = 60


class Spoken(BaseModel):
    """The same in Chinese and in English."""

    zh: str
    en: str


KINDS: Words = MappingProxyType(
    {
        "resolve": ("办结", "resolve"),
        "citizen": ("对来件人的承诺", "the promise to the person"),
        "contact": ("联系来件人", "contact the person"),
        "feedback": ("反馈结果", "tell the result"),
        "leg": ("本级办理", "this node's part"),
        "sign": ("签收", "sign"),
        "search": ("找到承办单位", "find the unit"),
        "co_handle": ("协办答复", "answer a part"),
        "rectify": ("整改", "put right"),
        "supervision": ("答复督办单", "answer a supervision slip"),
        "meeting": ("召开协调会", "hold a meeting"),
        "callback": ("承办单位回访", "the unit calls back"),
        "centre_callback": ("中心回访", "the centre calls back"),
    }
)
VALUES: Mapping[str, Words] = MappingProxyType(
    {
        "complexity": {
            "on_spot": ("当场件", "on the spot"),
            "simple": ("简单件", "simple"),
            "ordinary": ("普通件", "ordinary"),
            "complex": ("复杂件", "complex"),
        },
        "urgency": {
            "ordinary": ("一般", "not urgent"),
            "urgent": ("急件", "urgent"),
            "critical": ("特急件", "critical"),
        },
        "demand": {
            "consult": ("咨询", "questions"),
            "help": ("求助", "asking for help"),
            "complaint": ("投诉", "complaints"),
            "report": ("举报", "reports of wrongdoing"),
            "suggestion": ("建议", "suggestions"),
            "praise": ("表扬", "praise"),
        },
        "tier": {
            "province": ("省级", "province"),
            "city": ("市级", "city"),
            "county": ("县级", "county"),
            "township": ("乡镇", "township"),
        },
        "channel": {
            "window": ("窗口来件", "at the window"),
            "hotline": ("热线来件", "by telephone"),
            "web": ("网站来件", "on the web"),
            "enterprise_portal": ("企业专区来件", "from the enterprise portal"),
            "app": ("手机来件", "by app"),
            "kiosk": ("自助机来件", "at a kiosk"),
            "snap": ("随手拍来件", "by picture"),
            "sms": ("短信来件", "by text message"),
            "midway_exit": ("中途退出来件", "from a form left halfway"),
            "upper_tier": ("上级转来", "from the tier above"),
            "outbound_call": ("外呼来件", "from an outbound call"),
            "grid": ("网格来件", "from the grid"),
            "video": ("视频来件", "by video"),
            "third_party": ("第三方服务点来件", "from a third-party point"),
            "evaluation": ("评价来件", "from a rating"),
        },
    }
)
UNITS: Mapping[LimitUnit, tuple[str, str]] = MappingProxyType(
    {
        LimitUnit.WORKING_DAY: ("{n} 个工作日", "{n} working days"),
        LimitUnit.WORKING_HOUR: ("{n} 个工作小时", "{n} working hours"),
        LimitUnit.CALENDAR_DAY: ("{n} 天", "{n} days"),
        LimitUnit.HOUR: ("{n} 小时", "{n} hours"),
        LimitUnit.MINUTE: ("{n} 分钟", "{n} minutes"),
    }
)
STARTS: Mapping[StartRule, tuple[str, str]] = MappingProxyType(
    {
        StartRule.NEXT_WORKING_DAY: ("从次日起", "from the next day"),
        StartRule.SAME_DAY: ("从当天起", "its own day counts"),
        StartRule.INSTANT: ("从当时起", "from that moment"),
    }
)
ENDS: Mapping[EndRule, tuple[str, str]] = MappingProxyType(
    {
        EndRule.END_OF_WORKING_DAY: ("到下班为止", "until the end of work"),
        EndRule.END_OF_DAY: ("到当天结束为止", "until the end of the day"),
        EndRule.SAME_CLOCK_TIME: ("到同一时刻为止", "until the same time"),
    }
)
FROM: Words = MappingProxyType(
    {
        "resolve": ("派单", "dispatch"),
        "citizen": ("受理", "acceptance"),
        "contact": ("派单", "dispatch"),
        "feedback": ("办结", "the result"),
        "leg": ("接收", "taking over"),
        "sign": ("派单", "dispatch"),
        "search": ("进入待派", "pooling"),
        "co_handle": ("交协办", "asking for help"),
        "rectify": ("重办", "reopening"),
        "supervision": ("督办", "the slip"),
        "meeting": ("召集", "the call"),
        "callback": ("办结", "the result"),
        "centre_callback": ("办结", "the result"),
    }
)
"""With which fact a kind begins."""
SIGNATURE = ("签收", "the signature")
AT_THE_LATEST = ("未按时签收的从签收期满起", "unsigned, from when that was due")
"""Of a limit that counts from a signature."""


def spoken_row(row: LimitRow) -> Spoken:
    """Return what a row says, for what it holds first."""
    zh, en = ([pair[at] for pair in _parts(row)] for at in (0, 1))
    return Spoken(zh=" · ".join(zh), en=" · ".join(en))


def spoken_source(ruled: Ruled) -> Spoken:
    """Return which row of which version decides."""
    if ruled.row is None:
        return Spoken(zh="按系统设置的时限", en="by the settings of the node")
    row = spoken_row(replace(ruled.row, limit=ruled.limit))
    zh = f"按《{ruled.title}》第 {ruled.number} 版 {ruled.code}：{row.zh}"
    return Spoken(zh=zh, en=f"by version {ruled.number} ({ruled.title}), {ruled.code}: {row.en}")


def _parts(row: LimitRow) -> Iterator[tuple[str, str]]:
    yield from conditions(row.when)
    yield KINDS[row.kind]
    unit = UNITS[row.limit.unit]
    yield unit[0].format(n=row.limit.amount), unit[1].format(n=row.limit.amount)
    fact = SIGNATURE if row.limit.by_signature else FROM[row.kind]
    start = STARTS[row.limit.start]
    yield f"{start[0][0]}{fact[0]}{start[0][1:]}", f"from {fact[1]}, {start[1]}"
    if row.limit.by_signature:
        yield AT_THE_LATEST
    yield ENDS[row.limit.end]
    if row.warn_minutes is not None:
        zh, en = _span(row.warn_minutes)
        yield f"提前 {zh}预警", f"warns {en} before"
    if not row.rests:
        yield "等材料不停表", "does not rest for materials"
    if row.allowance != (None, None):
        yield _extended(row)
    if row.valid_from:
        yield f"{row.valid_from} 起有效", f"valid from {row.valid_from}"
    if row.valid_until:
        yield f"{row.valid_until} 止", f"until {row.valid_until}"


def _extended(row: LimitRow) -> tuple[str, str]:
    most, days = row.allowance
    if most == 0:
        return "不能延期", "is never extended"
    often = (
        ("可延期", "may be extended")
        if most is None
        else (f"最多延期 {most} 次", f"is extended {most} times at most")
    )
    at_once = (
        ("", "")
        if days is None
        else (f"，每次最多 {days} 个工作日", f", by {days} working days at once at most")
    )
    return f"{often[0]}{at_once[0]}", f"{often[1]}{at_once[1]}"


def conditions(when: When) -> Iterator[tuple[str, str]]:
    """Yield the conditions of a row in words."""
    if when.item:
        yield f"事项 {when.item}", f"item {when.item}"
    if when.place:
        yield f"地区 {when.place}", f"place {when.place}"
    for name, words in VALUES.items():
        value = getattr(when, name)
        if value:
            yield words.get(value, (value, value))


def _span(minutes: int) -> tuple[str, str]:
    if minutes % HOUR:
        return f"{minutes} 分钟", f"{minutes} minutes"
    return f"{minutes // HOUR} 小时", f"{minutes // HOUR} hours"
