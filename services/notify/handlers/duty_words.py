"""What a duty telephone is told, for each kind of notice: a number and an act, and nobody."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from services.notify.handlers.templates import SIGNATURE, said
from shared.events.portal import NoticeKind, UnitTold

TEXTS: Mapping[NoticeKind, str] = MappingProxyType(
    {
        NoticeKind.ORDER: "{number}新派单，请签收。",
        NoticeKind.ORDER_BACK: "{number}被退回，请另找单位。",
        NoticeKind.ARBITRATED: "{number}裁定由本单位办理，不能再退回。",
        NoticeKind.ARBITRATED_AWAY: "{number}裁定不属于本级任何单位。",
        NoticeKind.EXTENSION: "{number}延期已批准。",
        NoticeKind.NO_EXTENSION: "{number}延期没有批准，原时限不变。",
        NoticeKind.PART: "{number}请本单位协办。",
        NoticeKind.DUTY: "{number}协调会分给本单位任务。",
        NoticeKind.PART_ANSWERED: "{number}协办单位已答复。",
        NoticeKind.PART_DISSENTED: "{number}协办单位有不同意见，请处理。",
        NoticeKind.PART_DECLINED: "{number}协办单位说不归它办，请处理。",
        NoticeKind.PART_URGED: "{number}催办：请答复协办。",
        NoticeKind.PART_BACK: "{number}协办已收回。",
        NoticeKind.MEETING: "{number}请本单位参加{at}的协调会。",
        NoticeKind.MEETING_MOVED: "{number}协调会有变动，{at}开会。",
        NoticeKind.MEETING_OFF: "{number}协调会取消。",
        NoticeKind.MEETING_SOON: "{number}提醒：{at}开协调会。",
        NoticeKind.MINUTES: "{number}会议纪要已确认，本单位有任务。",
        NoticeKind.SUPERVISION: "{number}上级督办，{at}前答复。",
        NoticeKind.SIGN_SOON: "{number}请在{at}前签收。",
        NoticeKind.SIGN_OVER: "{number}过了签收时限，系统已代签。",
        NoticeKind.SEARCH_SOON: "{number}请在{at}前找到单位。",
        NoticeKind.SEARCH_OVER: "{number}到时限没有找到单位。",
        NoticeKind.LIMIT_SOON: "{number}等{at}到时限，请抓紧办。",
        NoticeKind.LIMIT_OVER: "催办：{number}等已过时限，请马上办。",
        NoticeKind.SLIP: "{number}督办单，{at}前答复。",
        NoticeKind.BULLETIN: "{number}超时太久，列为通报候选。",
        NoticeKind.RAISING: "{number}超时太久，建议提级。",
        NoticeKind.WITHDRAWN: "{number}诉求人已撤回，请停办。",
        NoticeKind.PRESSURE: "{number}有情况，请看收件箱。",
        NoticeKind.HELPER: "{number}请您帮办，陪到办结。",
        NoticeKind.FILE_SHOWN: "{number}放行了一个附件给本单位看。",
        NoticeKind.CALL: "{number}短信看不到，请打电话告诉本人。",
        NoticeKind.NOBODY: "本单位{at}起有岗位无人值班，请排班。",
    }
)
HELD = "（{told}）"
"""When it happened, of what waited for the morning."""


def text_for(event: UnitTold, rings_at: datetime) -> str:
    """Return the whole text of a message, with when it happened if it rings later than that."""
    at = "" if event.about_at is None else said(event.about_at)
    told = TEXTS[event.kind].format(number=event.number, at=at)
    held = HELD.format(told=said(event.occurred_at))
    return SIGNATURE + told + (held if rings_at > event.occurred_at else "")
