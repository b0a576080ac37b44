"""Words of parts of an order: co-handling, duties of a meeting."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

PART_KINDS: Mapping[str, str] = MappingProxyType(
    {"co_handling": _("协办"), "duty": _("协调会分工")}
)
PART_STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": _("等答复"),
        "answered": _("已答复"),
        "dissenting": _("有不同意见"),
        "withdrawn": _("已收回"),
    }
)
DISSENTS: Mapping[str, str] = MappingProxyType(
    {
        "law": _("法律或政策不允许"),
        "facts": _("事实不是这样"),
        "measure": _("不同意这个办法"),
        "means": _("缺人手、经费或时间"),
        "other": _("其他"),
    }
)
OVERRIDES: Mapping[str, str] = MappingProxyType(
    {
        "no_answer": _("催办后仍没有答复"),
        "not_needed": _("事情已经解决，不再需要"),
        "weighed": _("研究过不同意见，不采纳"),
        "decided_above": _("共同的上级已经决定"),
    }
)
PART_ENDS: Mapping[str, str] = MappingProxyType(
    {
        "withdrawn": _("不再需要"),
        "reassigned": _("改由别的单位协办"),
        "finished": _("主办单位已办结"),
        "returned": _("工单已退回"),
        "handed_over": _("已转其他层级"),
        "conflict_of_interest": _("按规定回避"),
        "unit_ended": _("单位已停用"),
    }
)
