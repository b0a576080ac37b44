"""What the lists of the desk are called where one of them was exported."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

LIST_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "incoming": _("待接收"),
        "intake": _("待受理"),
        "pool": _("派单池"),
        "unit": _("本单位工单"),
        "tracked": _("跟踪中"),
        "consents": _("等同意跟踪"),
        "open": _("在办"),
        "feedback": _("待评价"),
        "rest": _("已结束"),
        "all": _("全部"),
        "away": _("转出去的"),
        "below": _("下级在办"),
        "reported": _("下级报告的"),
        "supervised": _("待答复督办"),
        "bulletins": _("通报候选"),
        "raising": _("建议提级"),
        "callbacks": _("待回访"),
        "centre_callbacks": _("待中心回访"),
        "extensions": _("等批延期"),
        "escalated": _("没有单位接"),
        "helped": _("协办"),
        "overridden": _("越过协办办结"),
        "arbitrations": _("等争议裁定"),
    }
)
EXPORT_STATES: Mapping[str, str] = MappingProxyType(
    {
        "asked": _("等批准"),
        "refused": _("不批准"),
        "making": _("正在生成"),
        "failed": _("没有生成，请重新申请"),
        "ready": _("可以下载"),
        "fetched": _("已下载"),
        "expired": _("过期，已删除"),
    }
)
