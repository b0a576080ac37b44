"""The words of ladders: what is done on a level, for whom, on which side of a limit."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

STEPS: Mapping[str, str] = MappingProxyType(
    {
        "remind": _("提醒"),
        "urge": _("催办"),
        "supervise": _("发督办单"),
        "bulletin": _("列入通报候选"),
        "raise": _("建议提级"),
    }
)
WHOM: Mapping[str, str] = MappingProxyType(
    {
        "unit": _("承办单位"),
        "unit_lead": _("承办单位负责人"),
        "dispatcher": _("派单员"),
        "supervisor": _("督办人员"),
    }
)
SIDES: Mapping[str, str] = MappingProxyType(
    {"after": _("过了时限以后"), "before": _("到时限以前")}
)
CLOCKS: Mapping[str, str] = MappingProxyType(
    {
        "resolve": _("办结"),
        "contact": _("联系来件人"),
        "co_handle": _("协办答复"),
        "feedback": _("反馈结果"),
        "citizen": _("对来件人的承诺"),
        "leg": _("本级办理"),
        "rectify": _("整改"),
        "supervision": _("答复督办单"),
        "meeting": _("召开协调会"),
        "callback": _("承办单位回访"),
        "centre_callback": _("中心回访"),
    }
)
FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "same_level": _("和另一条是同一级"),
        "out_of_order": _("级别高，时间却比下面一级早"),
        "no_unit": _("这一种时限没有承办单位"),
        "other_whom": _("这一步只能给"),
        "acts_early": _("到时限以前只能提醒"),
        "unknown_place": _("没有这个地区"),
        "other_tier": _("是别的层级的，本级用不上"),
    }
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "level": _("第几级"),
        "amount": _("多少"),
        "whom": _("给谁"),
        "side": _("在时限前还是后"),
        "place": _("地区"),
        "tier": _("层级"),
    }
)
