"""Steps of ladders in words: 办结超过时限 2 个工作日：向承办单位发督办单."""

from collections.abc import Iterator
from types import MappingProxyType

from services.sla.api.limit_words import UNITS, Spoken, Words, conditions
from services.sla.policy import LadderRow, Side

CLOCKS: Words = MappingProxyType(
    {
        "citizen": ("对来件人的承诺", "the promise to the person"),
        "contact": ("联系来件人", "to contact the person"),
        "resolve": ("办结", "to resolve"),
        "feedback": ("反馈结果", "to tell the result"),
        "leg": ("本级办理", "this node's part"),
        "co_handle": ("协办答复", "a part of another's order"),
        "rectify": ("整改", "to put right"),
        "supervision": ("答复督办单", "to answer a supervision slip"),
        "meeting": ("召开协调会", "to hold a meeting"),
        "callback": ("承办单位回访", "to call back, by the unit"),
        "centre_callback": ("中心回访", "to call back, by the centre"),
    }
)
WHOM: Words = MappingProxyType(
    {
        "unit": ("承办单位", "the unit"),
        "unit_lead": ("承办单位负责人", "the lead of the unit"),
        "dispatcher": ("派单员", "the dispatcher"),
        "supervisor": ("督办人员", "the supervisor"),
    }
)
STEPS: Words = MappingProxyType(
    {
        "remind": ("提醒{whom}", "remind {whom}"),
        "urge": ("催办，告诉{whom}", "urge {whom}"),
        "supervise": ("向{whom}发督办单", "a supervision slip to {whom}"),
        "bulletin": ("列入通报名单，由{whom}定", "on the list for the bulletin, {whom} decides"),
        "raise": ("请{whom}提级", "ask {whom} to hand the case up"),
    }
)
SIDES: Words = MappingProxyType(
    {
        "before": ("到时限前 {span}", "{span} before the limit"),
        "after": ("超过时限 {span}", "{span} past the limit"),
    }
)
AT_ONCE = ("一超过时限", "as soon as the limit has passed")


def spoken_step(row: LadderRow) -> Spoken:
    """Return what a step says, for what it holds first."""
    zh, en = ([pair[at] for pair in _parts(row)] for at in (0, 1))
    return Spoken(zh=" · ".join(zh), en=" · ".join(en))


def _parts(row: LadderRow) -> Iterator[tuple[str, str]]:
    yield from conditions(row.when)
    yield CLOCKS[row.kind]
    yield _moment(row)
    step, whom = STEPS[row.step], WHOM[row.whom]
    yield step[0].format(whom=whom[0]), step[1].format(whom=whom[1])


def _moment(row: LadderRow) -> tuple[str, str]:
    if row.amount == 0 and row.side is Side.AFTER:
        return AT_ONCE
    (zh, en), spans = SIDES[row.side], UNITS[row.unit]
    return (
        zh.format(span=spans[0].format(n=row.amount)),
        en.format(span=spans[1].format(n=row.amount)),
    )
