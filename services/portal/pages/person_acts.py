"""What staff do for a person with a case that is registered already: offered where it is ours."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.portal.pages.agents import agency_of
from services.portal.pages.forms import Form
from services.portal.pages.language import later as _
from services.portal.repository import CaseCard
from shared.http import NodeFacts
from shared.security.policy import Action

PERSON_NEEDS: Mapping[str, Action] = MappingProxyType(
    {
        "urge": Action.CASE_URGE,
        "add": Action.CASE_ADD,
        **dict.fromkeys(("withdraw_case", "take_back"), Action.CASE_WITHDRAW),
        "tell_pressure": Action.PRESSURE_TELL,
        "withhold": Action.NAME_WITHHOLD,
        "care": Action.CARE_WRITE,
        "helper": Action.HELPER_ASSIGN,
        "authority": Action.AUTHORITY_WRITE,
    }
)
PERSON_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "urge": _("替诉求人催办"),
        "add": _("替诉求人补充情况"),
        "withdraw_case": _("替诉求人撤回"),
        "take_back": _("替诉求人恢复办理"),
        "tell_pressure": _("诉求人说有人要求撤回"),
        "withhold": _("对承办单位保密"),
        "care": _("特殊关怀"),
        "helper": _("指定帮办员"),
        "authority": _("登记代理授权"),
    }
)
PERSON_DONE: Mapping[str, str] = MappingProxyType(
    {
        "urge": _("已记下催办，承办单位看得到。时限不变。"),
        "add": _("已补充，承办单位看得到。"),
        "withdraw_case": _("已撤回，诉求人会收到短信，可以改变主意。"),
        "take_back": _("已恢复，这件接着办。"),
        "tell_pressure": _("已告诉督办人员，承办单位看不到。"),
        "care": _("已登记特殊关怀，办件的人看得到怎么做。"),
        "authority": _("已登记代理授权，即刻按它办。"),
        "helper": _("已指定帮办员，诉求人和帮办员都会知道。"),
        "withhold": _("已对承办单位保密，各级的副本都会跟着改。"),
    }
)
CONTACT_DONE: Mapping[str, str] = MappingProxyType(
    {"number_changed": _("联系电话换好了，原来的号码会收到通知。")}
)
"""What is said after what has a page of its own."""
PERSON_NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("urge", "withhold", "care", "helper"), MappingProxyType({})),
        **dict.fromkeys(("take_back", "tell_pressure"), MappingProxyType({})),
        "add": {"text": _("请写补充的内容。")},
        "authority": {"relation": _("请选代办人是诉求人的什么人。")},
        "withdraw_case": {
            "reason": _("请选诉求人为什么撤回。"),
            "text": _("请写清诉求人怎么说的。"),
        },
    }
)
PERSON_PATHS: Mapping[str, str] = MappingProxyType(
    {
        "urge": "/api/v1/cases/{number}/urges",
        "add": "/api/v1/cases/{number}/additions",
        "withdraw_case": "/api/v1/cases/{number}/withdrawal",
        "take_back": "/api/v1/cases/{number}/withdrawal/back",
        "tell_pressure": "/api/v1/cases/{number}/pressure",
        "withhold": "/api/v1/cases/{number}/withhold",
        "care": "/api/v1/cases/{number}/care",
        "helper": "/api/v1/cases/{number}/helper",
        "authority": "/api/v1/cases/{number}/authority",
    }
)
PERSON_CHANNELS: Sequence[tuple[str, str]] = (
    ("window", _("现场窗口")),
    ("hotline", _("12345 热线")),
    ("sms", _("短信")),
    ("outbound_call", _("电话外呼")),
    ("video", _("视频连线")),
)
"""How people mostly reach staff after they have registered."""


def _words(*names: str) -> Callable[[Form], dict[str, Any]]:
    return lambda form: {name: value for name in names if (value := form.optional(name))}


def _care(form: Form) -> dict[str, Any]:
    return {"grounds": list(form.all("care"))}


PERSON_BODIES: Mapping[str, Callable[[Form], dict[str, Any]]] = MappingProxyType(
    {
        **dict.fromkeys(("urge", "add", "tell_pressure"), _words("text", "channel")),
        "withdraw_case": _words("reason", "text", "channel"),
        "take_back": _words("channel"),
        "withhold": _words(),
        "care": _care,
        "helper": _words("login", "phone"),
        "authority": agency_of,
    }
)


def person_steps(case: CaseCard, node: NodeFacts) -> list[str]:
    """Return what may be done for the person of a case now; the policy decides who may."""
    if not is_ours_to_change(case, node):
        return []
    agency = ["authority"] if case.agent_masked else []
    kept = ["care", "helper", *agency, *([] if case.name_withheld else ["withhold"])]
    if case.status == "withdrawn":
        is_open = case.closed_at is None and case.taken_back_at is None
        return ["take_back", "tell_pressure", *kept] if is_open else kept
    owed = ["add", "urge", "withdraw_case", "tell_pressure"] if _is_owed(case) else []
    return [*owed, *kept]


def _is_owed(case: CaseCard) -> bool:
    return case.is_open or case.is_away


def is_ours_to_change(case: CaseCard, node: NodeFacts) -> bool:
    """Tell whether this node registered a case and still knows its person."""
    return case.is_ours and case.origin == node.code and case.erased_at is None
