"""Words for what channels say beside a report, and for the situations that are in scope."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.portal.pages.language import later as _
from services.portal.pages.language import say

CHANNEL_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "hall": _("大厅"),
        "window_no": _("窗口号"),
        "materials_complete": _("材料齐全、符合形式"),
        "call_id": _("通话编号"),
        "recording_id": _("录音编号"),
        "kiosk_id": _("自助机编号"),
        "lat": _("纬度"),
        "lon": _("经度"),
        "message_id": _("短信编号"),
        "application_id": _("申报编号"),
        "stuck_at": _("卡在哪一步"),
        "review_id": _("评价编号"),
        "document_no": _("交办文号"),
        "campaign": _("外呼批次"),
        "grid": _("网格"),
        "point": _("服务点"),
    }
)
DEMANDS: Mapping[str, str] = MappingProxyType(
    {
        "consult": _("咨询"),
        "help": _("求助"),
        "complaint": _("投诉"),
        "report": _("举报"),
        "suggestion": _("建议"),
        "praise": _("表扬"),
    }
)
OF_CHANNEL: Mapping[tuple[str, str], str] = MappingProxyType(
    {("video", "point"): _("连线点")},
)
"""The words of fields that a channel calls otherwise."""
SITUATIONS: Mapping[str, str] = MappingProxyType(
    {
        "not_accepted_or_approved_or_late": _("材料齐全却没受理、没批准或超时"),
        "twice_unresolved": _("沪苏浙能办，来过两次以上仍办不成"),
        "buck_passing": _("部门之间推诿、拖延"),
        "special_handling": _("提速、延时、预约、上门办理"),
        "not_finished": _("提交了申请，没受理、没批准或没办结"),
        "at_a_centre": _("在中心没能办理或没能解决"),
        "in_business": _("办事中的其他问题"),
    }
)
ID_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "identity_card": _("居民身份证"),
        "residence_permit": _("港澳台居民居住证"),
        "hk_macau_permit": _("港澳居民来往内地通行证"),
        "taiwan_permit": _("台湾居民来往大陆通行证"),
        "permanent_residence": _("外国人永久居留身份证"),
        "passport": _("护照"),
    }
)
SAID = {"yes": _("是"), "no": _("否")}


def said_beside(channel: str, fields: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what a channel said in lines; a field that this release does not know by its name."""
    return [
        f"{say(word_of(channel, str(each['name'])))}：{say(_said(each['value_masked']))}"
        for each in fields
    ]


def word_of(channel: str, name: str) -> str:
    """Return the word for a field of a channel."""
    return OF_CHANNEL.get((channel, name)) or CHANNEL_FIELDS.get(name, name)


def _said(value: Any) -> str:
    return SAID.get(str(value), str(value))
