"""What one member of staff can do next with a case, the natural next step first.

Only what the policy would allow is offered; the API decides again when it is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from types import MappingProxyType

from services.portal.pages.callback_acts import (
    CALLBACK_NEEDS,
    CALLBACK_TITLES,
    callback_steps,
)
from services.portal.pages.complexity_acts import (
    COMPLEXITY_NEEDS,
    COMPLEXITY_TITLES,
    complexity_steps,
)
from services.portal.pages.custody_words import (
    asked_to_take,
    notice_of,
    on_its_way,
    why_elsewhere,
)
from services.portal.pages.language import later as _
from services.portal.pages.leg import leg_of, offer_of
from services.portal.pages.let_see import released_to
from services.portal.pages.nodes import node_name
from services.portal.pages.parts import PART_NEEDS, PART_TITLES, part_steps
from services.portal.pages.person_acts import (
    PERSON_NEEDS,
    PERSON_TITLES,
    is_ours_to_change,
    person_steps,
)
from services.portal.policy import is_below
from services.portal.repository import CaseCard, OrderCard, SupervisionCard
from shared.http import NodeFacts
from shared.neighbours import above
from shared.security.actor import Actor
from shared.security.disclosure import NO_RULES, Rules, is_shown, may_advise
from shared.security.policy import Action, Resource, may

NEEDS: Mapping[str, Action] = MappingProxyType(
    {
        "accept": Action.CASE_ACCEPT,
        "decline": Action.CASE_DECLINE,
        "dispatch": Action.ORDER_DISPATCH,
        "mark": Action.CASE_MARK,
        "correction": Action.CORRECTION_ORDER,
        "sign": Action.ORDER_SIGN,
        "contact": Action.ORDER_CONTACT,
        "finish": Action.ORDER_FINISH,
        "return": Action.ORDER_RETURN,
        "work": Action.ORDER_WORK,
        "ask_materials": Action.ORDER_MATERIALS,
        "settle_materials": Action.ORDER_MATERIALS,
        "extend": Action.ORDER_EXTEND,
        "decide_extension": Action.EXTENSION_DECIDE,
        "track": Action.ORDER_TRACK,
        "consent_tracking": Action.TRACKING_DECIDE,
        "take_search": Action.ORDER_DISPATCH,
        "opine": Action.ARBITRATION_OPINE,
        "arbitrate": Action.ARBITRATION_DECIDE,
        "take_over": Action.HAND_OVER_ANSWER,
        "refuse": Action.HAND_OVER_ANSWER,
        "hand_over": Action.HAND_OVER_OFFER,
        "give_back": Action.HAND_OVER_OFFER,
        "withdraw": Action.HAND_OVER_OFFER,
        "report_up": Action.CASE_REPORT_UP,
        "supervise": Action.SUPERVISION_ORDER,
        "advise": Action.CASE_ADVISE,
        "read_supervision": Action.SUPERVISION_ANSWER,
        "answer_supervision": Action.SUPERVISION_ANSWER,
        "hold": Action.HOLD_WRITE,
        "release": Action.HOLD_WRITE,
        "erase": Action.ERASURE_ASK,
        **CALLBACK_NEEDS,
        **COMPLEXITY_NEEDS,
        **PART_NEEDS,
        **PERSON_NEEDS,
    }
)
IN_STATUS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "registered": ("accept", "decline"),
        "pooled": ("dispatch", "take_search"),
        "returned": ("dispatch", "take_search"),
        "dispatched": ("sign", "return"),
        "signed": ("contact", "finish", "work", "track", "return"),
        "contacted": ("finish", "contact", "work", "track", "return"),
        "tracking": ("track", "finish", "contact", "work"),
    }
)
"""The first is the next step; `signed` after a try that reached nobody can be finished too."""
IN_HAND = frozenset({"pooled", "returned", "dispatched", "signed", "contacted", "tracking"})
"""Statuses in which a case can be handed to another tier."""
BEFORE_AN_ANSWER = frozenset({"signed", "contacted"})
"""Statuses in which a unit may ask for more time."""
IN_WORK = BEFORE_AN_ANSWER | {"tracking"}
"""Statuses in which a unit may ask for materials."""
ARBITRATED = "arbitrated"
ANSWERS = frozenset({"answer_supervision", "read_supervision"})
"""What the unit owes that was asked, or this node where no unit was, whoever has the case."""
AT_REST = frozenset({"closed", "declined"})
"""Statuses in which the node that registered a case may be asked to erase its person."""
NOT_WHILE_OFFERED = frozenset({"dispatch", "finish", "track", "return"})
DISPUTED = frozenset({"dispatch", "take_search", "hand_over", "give_back"})
"""What waits until it is decided whose a case is."""
"""What would end the case here, or move it, while another node may have taken it already."""
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "accept": _("受理"),
        "decline": _("不予受理"),
        "dispatch": _("派给承办单位"),
        "sign": _("签收"),
        "contact": _("联系诉求人"),
        "finish": _("办结"),
        "return": _("退回"),
        "work": _("记办理经过、上门核查"),
        "ask_materials": _("请诉求人补材料"),
        "settle_materials": _("材料到了，或者不等了"),
        "extend": _("申请延期"),
        "decide_extension": _("批延期"),
        "track": _("一时难办，向诉求人说明并继续跟踪"),
        "consent_tracking": _("同不同意再跟踪"),
        "take_search": _("我来负责找单位"),
        "opine": _("写裁定意见"),
        "arbitrate": _("作出裁定"),
        "take_over": _("接收，由本级办理"),
        "refuse": _("不接收"),
        "hand_over": _("提级或交下级办理"),
        "give_back": _("退回来件单位"),
        "withdraw": _("撤回转办"),
        "mark": _("记下反映对象，按规定回避"),
        "correction": _("更正登记的信息"),
        "report_up": _("报告上级，仍由本级办理"),
        "supervise": _("督办"),
        "advise": _("提指导意见"),
        "read_supervision": _("签收督办"),
        "answer_supervision": _("答复督办"),
        "hold": _("依法保留"),
        "release": _("解除保留"),
        "erase": _("申请清除个人信息"),
        **CALLBACK_TITLES,
        **COMPLEXITY_TITLES,
        **PART_TITLES,
        **PERSON_TITLES,
    }
)
WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "registered": _("等窗口或派单人员判断是否受理。"),
        "accepted": _("系统正在派单，几秒钟后再看。"),
        "pooled": _("等派单员派给承办单位。"),
        "returned": _("等派单员重新派单。"),
        "joined": _("等牵头件的结果，一起答复；要单独办，请撤销并案。"),
        "dispatched": _("等承办单位签收。"),
        "signed": _("等承办单位联系诉求人。"),
        "contacted": _("等承办单位办结。"),
        "tracking": _("承办单位已向诉求人说明难处，继续跟踪；到了告知的日子再说一次，或者办结。"),
        "handed_over": _("对方已经接收，等它派给承办单位。"),
        "finished": _("等诉求人评价。说没解决，会自动重新派单。"),
        "reopened": _("系统正在重新派单，几秒钟后再看。"),
        "closed": _("这件已经结束。"),
        "declined": _("这件不予受理，已说明理由。"),
        "withdrawn": _("诉求人已撤回，不再办理；改变主意的，会接着办。"),
    }
)


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What can be done; `why` says why nothing can where `next` is None."""

    next: str | None
    others: Sequence[str]
    why: str
    notice: str
    """What keeps some steps from being offered; mostly empty."""
    may_reveal: bool
    may_open_files: bool
    may_read_records: bool
    """Why a hold stands, and what was ordered about the person."""
    may_link: bool
    """To say which account is that of a person complained of."""
    may_unmark: bool
    may_ask_outside: bool
    may_change_contact: bool
    may_read_pressure: bool
    """That the person says to be asked to withdraw."""
    may_draft: bool
    """To write down in the case library how it was solved."""


def next_steps(
    actor: Actor, case: CaseCard, node: NodeFacts, rules: Rules = NO_RULES
) -> NextSteps:
    """Return what the actor can do with a case."""
    here = _place(case, node.code)
    asked = next_asked(case.supervisions, node.code)
    owed = replace(here, unit=asked.unit_code if asked else None, units=frozenset())

    def open_to(acts: Sequence[str]) -> list[str]:
        places = {act: owed if act in ANSWERS else here for act in acts}
        return [act for act in acts if may(actor, NEEDS[act], places[act]).allowed]

    helping = part_steps(actor, case, node.code)
    main = [*open_to(_main(case, node)), *helping.main]
    beside = [*helping.beside, *open_to(_beside(case, node, rules))]
    has_person = _has_person(case, node)
    return NextSteps(
        next=main[0] if main else None,
        others=(*main[1:], *beside),
        why=_why(case, node),
        notice=notice_of(case, node),
        may_reveal=has_person and may(actor, Action.PERSON_REVEAL, here).allowed,
        may_open_files=has_person and may(actor, Action.ATTACHMENT_READ, here).allowed,
        may_read_records=may(actor, Action.RETENTION_READ, here).allowed,
        may_link="mark" in beside and may(actor, Action.CASE_LINK, here).allowed,
        may_unmark=case.is_ours and may(actor, Action.UNMARK_ASK, here).allowed,
        may_ask_outside=case.order_id is not None
        and may(actor, Action.OUTSIDE_READ, here).allowed,
        may_change_contact=is_ours_to_change(case, node)
        and may(actor, Action.CONTACT_CHANGE, here).allowed,
        may_read_pressure=may(actor, Action.PRESSURE_READ, here).allowed,
        may_draft=_is_solved(case) and may(actor, Action.PRECEDENT_WRITE, here).allowed,
    )


def _is_solved(case: CaseCard) -> bool:
    return case.is_ours and bool(case.answer_masked) and case.erased_at is None


def _has_person(case: CaseCard, node: NodeFacts) -> bool:
    if not case.is_ours or case.erased_at is not None:
        return False
    return case.origin == node.code or leg_of(case, node.code).has_leg


def _main(case: CaseCard, node: NodeFacts) -> list[str]:
    acts = ["take_over", "refuse"] if case.incoming_id else []
    acts += ["answer_supervision"] if case.supervised_until else []
    acts += ["read_supervision"] if _unread(case, node.code) else []
    acts += callback_steps(case)
    if not case.is_open:
        return acts
    acts += _deciding(case) + _waiting(case)
    steps = [act for act in IN_STATUS.get(case.status, ()) if _is_possible(case, act)]
    return acts + steps + _asking(case)


def _deciding(case: CaseCard) -> list[str]:
    acts = ["decide_extension"] if case.order and case.order.extension_id else []
    acts += ["consent_tracking"] if case.order and case.order.consent_at else []
    return acts + (["opine", "arbitrate"] if case.arbitrating_at else [])


def _waiting(case: CaseCard) -> list[str]:
    return ["settle_materials"] if case.order and case.order.materials_id else []


def _asking(case: CaseCard) -> list[str]:
    if case.status not in IN_WORK or case.order is None:
        return []
    acts = [] if case.order.materials_id else ["ask_materials"]
    is_open = case.order.extension_id is not None or case.status not in BEFORE_AN_ANSWER
    return acts + ([] if is_open else ["extend"])


def _is_possible(case: CaseCard, act: str) -> bool:
    if case.offered_to and act in NOT_WHILE_OFFERED:
        return False
    if act == "take_search" and case.searcher:
        return False
    if act == "track" and case.order is not None and case.order.consent_at is not None:
        return False
    if act == "return" and case.order is not None and _is_kept(case.order):
        return False
    return not (case.arbitrating_at and act in DISPUTED)


def _unread(case: CaseCard, node: str) -> bool:
    asked = next_asked(case.supervisions, node)
    return asked is not None and asked.read_at is None


def next_asked(supervisions: Sequence[SupervisionCard], node: str) -> SupervisionCard | None:
    """Return the supervision that a node has to answer next."""
    mine = [each for each in supervisions if each.to_node == node and each.answered_at is None]
    due = [each for each in mine if each.answer_by is not None]
    return min(due, key=attrgetter("answer_by"), default=None)


def _beside(case: CaseCard, node: NodeFacts, rules: Rules) -> list[str]:
    acts = _handing_over(case, node) if case.is_open else []
    acts += complexity_steps(case) if case.is_open and case.status in IN_HAND else []
    if case.is_open and above(node.neighbours):
        acts.append("report_up")
    if case.is_below:
        acts.append("supervise")
    if case.is_below and may_advise(rules, case.holder):
        acts.append("advise")
    if case.is_ours and case.erased_at is None:
        acts.append("mark")
    if case.is_ours and case.origin == node.code and case.erased_at is None:
        acts.append("correction")
    return acts + person_steps(case, node) + _keeping(case, node)


def _keeping(case: CaseCard, node: NodeFacts) -> list[str]:
    if case.erased_at is not None:
        return []
    is_closed = case.status in AT_REST or bool(case.withdrawn_at and case.closed_at)
    is_erasable = case.origin == node.code and is_closed and not case.is_open
    return ["release" if case.held_at else "hold"] + (["erase"] if is_erasable else [])


def _is_kept(order: OrderCard) -> bool:
    """Tell whether a unit may not give its order back: decided for it, or signed for it."""
    return order.route == ARBITRATED or order.forced_at is not None


def _handing_over(case: CaseCard, node: NodeFacts) -> list[str]:
    if case.offered_to:
        offer = offer_of(case)
        return ["withdraw"] if offer and offer.withdrawn_at is None else []
    if case.status not in IN_HAND or case.arbitrating_at:
        return []
    came_from = leg_of(case, node.code).came_from
    others = set(node.neighbours) - {came_from}
    back = ["give_back"] if came_from in node.neighbours else []
    return (["hand_over"] if others else []) + back


def _why(case: CaseCard, node: NodeFacts) -> str:
    if case.incoming_id:
        return asked_to_take(node_name(node, case.incoming_from))
    offer = offer_of(case)
    if case.is_away and offer and case.holder == node.code:
        return on_its_way(node_name(node, offer.to_node), node_name(node, case.origin))
    if case.is_open or case.holder in (None, node.code):
        return WHY_NOT.get(case.status, "")
    is_seen = case.is_away or case.is_below or case.is_ours
    return why_elsewhere(case, node) if is_seen else WHY_NOT.get(case.status, "")


def _place(case: CaseCard, node: str) -> Resource:
    # The code is that of a unit here, and of the one that has the case: who gave it back or had
    # it in an earlier round takes no part any more. A list asks the same columns. Who helps may
    # look as who holds it may.
    return Resource(
        node=node,
        unit=case.unit_code,
        case_id=case.case_id,
        units=frozenset(case.helping_units or ()),
        complained_of=frozenset(case.complained_units or ()),
        persons=frozenset(case.complained_persons or ()),
        withheld=bool(case.name_withheld),
        released_to=released_to(case.timeline, node),
    )


def may_see(actor: Actor, case: CaseCard, node: str, rules: Rules = NO_RULES) -> bool:
    """Tell whether the actor may look at this case at all; one only seen takes a grant more."""
    here = _place(case, node)
    if case.is_ours:
        return may(actor, Action.CASE_READ, here).allowed
    if case.incoming_id and may(actor, Action.HAND_OVER_READ, here).allowed:
        return True
    shown = case.reported_at is not None or is_shown(rules, case.holder, case.registered_at)
    return shown and is_below(case.origin, node) and may(actor, Action.BELOW_READ, here).allowed
