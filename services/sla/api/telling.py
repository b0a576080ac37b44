"""The steps of an explanation in the words of whoever waits for an answer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from pydantic import BaseModel

from services.sla.api.limit_words import VALUES
from services.sla.policy import Rule, Step
from services.sla.policy.scopes import runs_of

DAY_CHARACTERS = 10
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

WORDS: Mapping[Rule, tuple[str, str]] = MappingProxyType(
    {
        Rule.SIGNED: (
            "{since}派单，{until}签收，从签收算起",
            "dispatched {since} and signed for {until}: it counts from the signature",
        ),
        Rule.UNSIGNED: (
            "{since}派单，到{until}还没签收的，从那时算起",
            "dispatched {since}; what is not signed for by {until} counts from then",
        ),
        Rule.BEFORE_OPENING: (
            "{since}还没上班，从{until}开始算",
            "{since} is before opening: it counts from {until}",
        ),
        Rule.AFTER_CLOSING: (
            "{since}已经下班，从下一个工作日{until}开始算",
            "{since} is after closing: it counts from the next working day, {until}",
        ),
        Rule.DAY_OFF: (
            "{since}不上班，从{until}开始算",
            "{since} is a day off: it counts from {until}",
        ),
        Rule.START_NOT_COUNTED: (
            "{since}当天不算在内",
            "{since} itself does not count",
        ),
        Rule.START_COUNTED: ("{since}当天算在内", "{since} itself counts"),
        Rule.DAYS_OFF_SKIPPED: (
            "{since}至{until}休息 {count} 天，不算",
            "{since} to {until}: {count} days off do not count",
        ),
        Rule.MAKE_UP_DAY_COUNTED: (
            "{since}是周末，按放假安排调休上班，算一天",
            "{since} is a weekend day that is worked by the holiday notice: it counts",
        ),
        Rule.LOCAL_DAY_OFF: (
            "{span}{name}，当地不上班，不算（依据《{notice}》）",
            "{span}: off here for {name}, by “{notice}”, and not counted",
        ),
        Rule.LOCAL_HOURS: (
            "{since}{name}，当地只在 {hours} 上班（依据《{notice}》）",
            "{since}: open at {hours} here for {name}, by “{notice}”",
        ),
        Rule.LOCAL_OPENING: (
            "{since}{name}，本来休息，当地 {hours} 上班，算一天（依据《{notice}》）",
            "{since}: a day off that is worked here at {hours} for {name}, by “{notice}”",
        ),
        Rule.LOCAL_WEEK: (
            "{span}，{weekdays}{open}（依据《{notice}》）",
            "{span}: {weekdays} {open}, by “{notice}”",
        ),
        Rule.COUNTED: (
            "数满 {count}，到{until}",
            "{count} counted, up to {until}",
        ),
        Rule.PROVISIONAL_YEAR: (
            "{count} 年的放假安排还没有公布，先按周末和法定节假日计算，公布后可能调整",
            "the holidays of {count} are not published: weekends and statutory days are taken, "
            "and this may move",
        ),
        Rule.LAST_DAY_OFF: (
            "最后一天{since}休息，顺延到{until}",
            "the last day, {since}, is off: {until} instead",
        ),
        Rule.LAST_DAY_OVER: (
            "{since}已过下班时间，顺延到{until}",
            "{since} is over: {until} instead",
        ),
        Rule.RESTED: (
            "中间暂停计时，顺延到{until}",
            "the clock rested in between: {until} instead",
        ),
        Rule.EXTENDED: (
            "经批准延长 {count} 个工作日，到{until}",
            "{count} more working days were granted: until {until}",
        ),
        Rule.AGREED: ("定在{until}，不用计算", "agreed upon for {until}: nothing is counted"),
        Rule.END_OF_WORKING_DAY: (
            "到{until}下班为止",
            "until the end of work, {until}",
        ),
        Rule.END_OF_DAY: ("到{since}当天结束为止", "until the end of {since}"),
        Rule.SAME_CLOCK_TIME: ("到{until}为止", "until {until}"),
    }
)


class TraceLine(BaseModel):
    """One step, in Chinese and in English."""

    zh: str
    en: str


def told_steps(steps: Iterable[Step]) -> list[TraceLine]:
    """Return one line for each step, in their order."""
    return [_told(step) for step in steps]


def told_reclassified(before: str, now: str) -> TraceLine:
    """Return why a limit is that of another complexity than before."""
    (old_zh, old_en), (new_zh, new_en) = (VALUES["complexity"][each] for each in (before, now))
    return TraceLine(
        zh=f"原定为{old_zh}，后来核定为{new_zh}，从开始的时候重新算起",
        en=f"it was taken for {old_en} and is {new_en}: counted anew from its beginning",
    )


def _told(step: Step) -> TraceLine:
    zh, en = WORDS[step.rule]
    since, until = (_zh(step.since), _zh(step.until))
    spoken = {"since": since, "until": until, **_local(step)}
    spoken["span"] = since if since == until else f"{since}至{until}"
    spoken |= {"weekdays": _weekdays(step, "周", "一二三四五六日", "至", "、")}
    spoken["open"] = f"在 {step.hours} 上班" if step.hours else "不上班"
    since, until = (_en(step.since), _en(step.until))
    english = {"since": since, "until": until, **_local(step)}
    english["span"] = since if since == until else f"{since} to {until}"
    english |= {"weekdays": _weekdays(step, "", WEEKDAYS, " to ", ", ")}
    english["open"] = f"open at {step.hours}" if step.hours else "closed"
    return TraceLine(zh=zh.format_map(spoken), en=en.format_map(english))


def _local(step: Step) -> dict[str, str | int]:
    return {"count": step.count, "name": step.name, "hours": step.hours, "notice": step.notice}


def _weekdays(step: Step, week: str, names: Sequence[str], to: str, and_: str) -> str:
    """Return the weekdays of a local week in words, runs of them shortened."""
    if step.rule is not Rule.LOCAL_WEEK:
        return ""
    runs = runs_of(tuple(int(each) - 1 for each in step.name.split(",")))
    told = [
        f"{week}{names[first]}" + (f"{to}{week}{names[last]}" if last > first else "")
        for first, last in runs
    ]
    return and_.join(told)


def _zh(text: str) -> str:
    if len(text) == DAY_CHARACTERS:
        day = date.fromisoformat(text)
        return f"{day.year}年{day.month}月{day.day}日"
    at = datetime.fromisoformat(text)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def _en(text: str) -> str:
    if len(text) == DAY_CHARACTERS:
        return text
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
