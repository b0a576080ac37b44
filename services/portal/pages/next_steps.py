"""What one member of staff can do next with a case, the natural next step first.

Only what the policy would allow is offered; the API decides again when it is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.portal.pages.language import later as _
from services.portal.repository import CaseCard
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

NEEDS: Mapping[str, Action] = MappingProxyType(
    {
        "accept": Action.CASE_ACCEPT,
        "decline": Action.CASE_DECLINE,
        "dispatch": Action.ORDER_DISPATCH,
        "sign": Action.ORDER_SIGN,
        "contact": Action.ORDER_CONTACT,
        "finish": Action.ORDER_FINISH,
        "return": Action.ORDER_RETURN,
    }
)
IN_STATUS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "registered": ("accept", "decline"),
        "pooled": ("dispatch",),
        "returned": ("dispatch",),
        "dispatched": ("sign", "return"),
        "signed": ("contact", "finish", "return"),
        "contacted": ("finish", "contact", "return"),
    }
)
"""The first is the next step; `signed` after a try that reached nobody can be finished too."""
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "accept": _("受理"),
        "decline": _("不予受理"),
        "dispatch": _("派给承办单位"),
        "sign": _("签收"),
        "contact": _("联系诉求人"),
        "finish": _("办结"),
        "return": _("退回"),
    }
)
WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "registered": _("等窗口或派单人员判断是否受理。"),
        "accepted": _("系统正在派单，几秒钟后再看。"),
        "pooled": _("等派单员派给承办单位。"),
        "returned": _("等派单员重新派单。"),
        "dispatched": _("等承办单位签收。"),
        "signed": _("等承办单位联系诉求人。"),
        "contacted": _("等承办单位办结。"),
        "finished": _("等诉求人评价。说没解决，会自动重新派单。"),
        "reopened": _("系统正在重新派单，几秒钟后再看。"),
        "closed": _("这件已经结束。"),
        "declined": _("这件不予受理，已说明理由。"),
    }
)


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What can be done; `why` says why nothing can where `next` is None."""

    next: str | None
    others: Sequence[str]
    why: str
    may_reveal: bool


def next_steps(actor: Actor, case: CaseCard, node: str) -> NextSteps:
    """Return what the actor can do with a case."""
    here = _place(case, node)
    offered = IN_STATUS.get(case.status, ())
    open_to = [act for act in offered if may(actor, NEEDS[act], here).allowed]
    reveal = may(actor, Action.PERSON_REVEAL, here).allowed
    why = WHY_NOT.get(case.status, "")
    return NextSteps(open_to[0] if open_to else None, open_to[1:], why, reveal)


def _place(case: CaseCard, node: str) -> Resource:
    units = frozenset(order.unit_code for order in case.orders if order.unit_code)
    return Resource(node=node, unit=case.unit_code, case_id=case.case_id, units=units)


def may_see(actor: Actor, case: CaseCard, node: str) -> bool:
    """Tell whether the actor may look at this case at all."""
    return may(actor, Action.CASE_READ, _place(case, node)).allowed
