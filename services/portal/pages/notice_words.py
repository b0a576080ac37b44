"""What staff are told in the inbox, and where the next act is."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlencode

from services.portal.pages.language import later as _
from services.portal.pages.language import say
from shared.events.portal import NoticeKind

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        NoticeKind.ORDER: _("新派单，请签收"),
        NoticeKind.ORDER_BACK: _("{unit}退回派单，请另找单位"),
        NoticeKind.ARBITRATED: _("争议已裁定由本单位办理，不能再退回"),
        NoticeKind.ARBITRATED_AWAY: _("裁定不属于本级任何单位，请转其他层级"),
        NoticeKind.EXTENSION: _("延期申请已批准"),
        NoticeKind.NO_EXTENSION: _("延期申请没有批准，原时限不变"),
        NoticeKind.PART: _("{unit}请本单位协办"),
        NoticeKind.DUTY: _("协调会分给本单位的任务，请办理"),
        NoticeKind.PART_ANSWERED: _("{unit}已答复协办"),
        NoticeKind.PART_DISSENTED: _("{unit}对协办有不同意见，请处理"),
        NoticeKind.PART_DECLINED: _("{unit}说协办不属于它，请收回或另请单位"),
        NoticeKind.PART_URGED: _("催办：请答复协办"),
        NoticeKind.PART_BACK: _("协办已收回，不用再办"),
        NoticeKind.MEETING: _("请本单位参加协调会"),
        NoticeKind.MEETING_MOVED: _("协调会改了时间或地点"),
        NoticeKind.MEETING_OFF: _("协调会取消"),
        NoticeKind.MEETING_SOON: _("下一个工作日开协调会，请准时参加"),
        NoticeKind.MINUTES: _("协调会纪要已确认，本单位有任务"),
        NoticeKind.SUPERVISION: _("上级督办，请答复"),
        NoticeKind.SIGN_SOON: _("快到签收时限"),
        NoticeKind.SIGN_OVER: _("过了签收时限，系统已代为签收"),
        NoticeKind.SEARCH_SOON: _("快到找单位的时限"),
        NoticeKind.SEARCH_OVER: _("到时限还没有找到承办单位"),
        NoticeKind.LIMIT_SOON: _("快到时限，请抓紧办"),
        NoticeKind.LIMIT_OVER: _("催办：已过时限，请马上办"),
        NoticeKind.SLIP: _("过了时限太久，督办单请答复"),
        NoticeKind.BULLETIN: _("过了时限太久，列为通报候选"),
        NoticeKind.RAISING: _("过了时限太久，建议提级"),
        NoticeKind.WITHDRAWN: _("诉求人已撤回，请停止办理"),
        NoticeKind.PRESSURE: _("诉求人说被要求撤回，请单独核实"),
        NoticeKind.HELPER: _("请您做这一件的帮办员"),
        NoticeKind.CALL: _("短信收不到或看不懂，请打电话告诉诉求人"),
        NoticeKind.FILE_SHOWN: _("放行了一个附件给本单位看"),
        NoticeKind.NOBODY: _("{unit}有岗位无人值班，请排班"),
    }
)
PART_BACK_OF = _("{unit}的协办已收回")
"""Of a part that was taken back from another unit than the reader's."""
MOMENTS: Mapping[str, str] = MappingProxyType(
    {
        NoticeKind.PART: _("{at} 前答复"),
        NoticeKind.DUTY: _("{at} 前答复"),
        NoticeKind.MEETING: _("{at} 开会"),
        NoticeKind.MEETING_MOVED: _("{at} 开会"),
        NoticeKind.MEETING_SOON: _("{at} 开会"),
        NoticeKind.SUPERVISION: _("{at} 前答复"),
        NoticeKind.SIGN_SOON: _("{at} 前签收"),
        NoticeKind.SIGN_OVER: _("时限 {at}"),
        NoticeKind.SEARCH_SOON: _("{at} 前找到"),
        NoticeKind.SEARCH_OVER: _("时限 {at}"),
        NoticeKind.LIMIT_SOON: _("时限 {at}"),
        NoticeKind.LIMIT_OVER: _("时限 {at}"),
        NoticeKind.SLIP: _("{at} 前答复"),
        NoticeKind.BULLETIN: _("时限 {at}"),
        NoticeKind.RAISING: _("时限 {at}"),
        NoticeKind.NOBODY: _("{at} 起"),
    }
)
"""What the moment of a notice is."""
URGENT = frozenset(
    {
        *(NoticeKind.SIGN_OVER, NoticeKind.SEARCH_OVER, NoticeKind.NOBODY, NoticeKind.PART_URGED),
        NoticeKind.PRESSURE,
        *(NoticeKind.LIMIT_OVER, NoticeKind.SLIP, NoticeKind.BULLETIN, NoticeKind.RAISING),
    }
)
"""What stands out in the list."""
VIEWS: Mapping[str, str] = MappingProxyType(
    {
        NoticeKind.ORDER_BACK: "pool",
        NoticeKind.ARBITRATED_AWAY: "pool",
        NoticeKind.PART: "helped",
        NoticeKind.DUTY: "helped",
        NoticeKind.PART_URGED: "helped",
        NoticeKind.SEARCH_SOON: "pool",
        NoticeKind.SEARCH_OVER: "pool",
        NoticeKind.SUPERVISION: "supervised",
        NoticeKind.SLIP: "supervised",
        NoticeKind.BULLETIN: "bulletins",
        NoticeKind.RAISING: "raising",
        NoticeKind.WITHDRAWN: "withdrawn",
        NoticeKind.PRESSURE: "pressed",
    }
)
"""In which list of the desk the next act is; else in the first one."""


def sentence(kind: str, unit: str | None) -> str:
    """Return what happened; a kind that came later shows itself."""
    text = PART_BACK_OF if kind == NoticeKind.PART_BACK and unit else SENTENCES.get(kind, kind)
    return say(text).format(unit=unit or "")


def place_of(kind: str, number: str | None, ref: str | None) -> str:
    """Return the address of the next act."""
    if kind == NoticeKind.NOBODY:
        return "/desk/rota"
    if ref is not None:
        return f"/desk/meetings/{ref}"
    if number is None:
        return "/desk"
    view = {"view": VIEWS[kind]} if kind in VIEWS else {}
    return f"/desk?{urlencode({**view, 'case': number})}"
