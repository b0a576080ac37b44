"""Where a case is that another node has, or is offered, as its page says it."""

from services.portal.pages.language import later as _
from services.portal.pages.language import say
from services.portal.pages.leg import offer_of
from services.portal.pages.nodes import node_name
from services.portal.repository import CaseCard
from shared.http import NodeFacts

ON_ITS_WAY = _("办理结果正在转给{taker}，再由{origin}告诉群众。")
WITHDRAWING = _("已请{node}退回这次转办，等对方确认。确认以前不能办结、退回或改派。")
OFFERED = _("正在等{node}接收。接收以前仍由本级负责；要办结、退回或改派，请先撤回转办。")


def _of(sentence: str, node: str) -> str:
    return say(sentence).format(node=node)


def asked_to_take(node: str) -> str:
    """Return why nothing is to be done with a case that another node offers."""
    return _of(_("{node}请本级接收这件，等派单员答复。"), node)


def on_its_way(taker: str, origin: str) -> str:
    """Return where a result is that goes to another node."""
    if taker == origin:
        return _of(_("办理结果正在转给{node}，它收到后就告诉群众。"), taker)
    return say(ON_ITS_WAY).format(taker=taker, origin=origin)


def why_elsewhere(case: CaseCard, node: NodeFacts) -> str:
    """Return why nothing is to be done here with a case that another node has."""
    holder = node_name(node, case.holder)
    if case.is_away and case.origin == node.code:
        return _of(
            _("这件现在由{node}办理。答应群众的时限不变，结果转回来后由本级告诉群众。"), holder
        )
    if case.is_away:
        return _of(_("这件现在由{node}办理，结果会转回本级，再转给来件单位。"), holder)
    if case.is_below:
        return _of(_("这件由{node}办理，这里只看得到隐去个人信息的内容。"), holder)
    return _of(_("本级这一段已经结束，这件现在由{node}负责。"), holder)


def notice_of(case: CaseCard, node: NodeFacts) -> str:
    """Return what holds while a case is offered to another node; nothing else."""
    offer = offer_of(case)
    if offer is None or not case.is_open:
        return ""
    taker = node_name(node, offer.to_node)
    if offer.withdrawn_at is not None:
        return _of(WITHDRAWING, taker)
    return _of(OFFERED, taker)
