"""Words of parties: who needs care, what is done for them, what of a party is said anew."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

CARE: Mapping[str, str] = MappingProxyType(
    {
        "elderly": _("老年人"),
        "no_reading": _("看不懂文字"),
        "blind": _("视力障碍"),
        "deaf": _("听力、言语障碍"),
        "disabled": _("行动不便"),
        "illness": _("重病、失能"),
        "minor": _("未成年人"),
        "language": _("需要翻译"),
        "service_family": _("军人军属、退役军人、优抚对象"),
        "pregnant": _("孕期、带婴幼儿"),
        "from_afar": _("异地来办"),
    }
)
MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "call": _("打电话说，不靠短信"),
        "write": _("写字或发短信，不打电话"),
        "large_print": _("给大字材料"),
        "home_visit": _("上门办，不让多跑"),
        "interpreter": _("请翻译"),
        "sign_language": _("请手语翻译"),
        "guardian": _("和监护人一起谈"),
        "priority": _("优先接待"),
        "helper": _("指定一名帮办员"),
    }
)
LANGUAGES: Mapping[str, str] = MappingProxyType({"zh": _("中文"), "en": _("英语")})
"""Of messages."""
RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "family": _("家人"),
        "guardian": _("监护人"),
        "lawyer": _("律师、法律工作者"),
        "employee": _("单位经办人"),
        "community": _("村居、网格代办"),
        "proxy": _("代办服务人员"),
        "other": _("其他"),
    }
)
AUTHORITIES: Mapping[str, str] = MappingProxyType(
    {
        "letter": _("授权委托书"),
        "notarised": _("公证委托书"),
        "by_law": _("法定代理"),
        "office_letter": _("单位介绍信"),
    }
)
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "contact.change": _("换联系电话"),
        "evaluation.submit": _("评价"),
        "decline.appeal": _("提异议"),
        "materials.answer": _("补材料"),
        "name.withhold": _("要求保密"),
        "case.withdraw": _("撤回"),
    }
)
TOLD: Mapping[str, str] = MappingProxyType(
    {
        "agent": _("告诉代办人"),
        "principal": _("告诉本人"),
        "both": _("两个人都告诉"),
    }
)
TOLD_YOU: Mapping[str, str] = MappingProxyType(
    {
        "principal": _("告诉本人"),
        "both": _("两个人都告诉"),
    }
)
"""Beside who reports themselves."""
PARTY_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "complainant.withheld": _("对承办单位保密"),
        "agent.withheld": _("代办人对承办单位保密"),
        "care": _("特殊关怀"),
        "authority": _("代理授权"),
        "others": _("一起反映的人"),
    }
)
