"""Parts of a case's order: whose they are, what can be done with them, what their answers say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.portal.pages.language import later as _
from services.portal.repository import CaseCard, PartCard
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

PART_NEEDS: Mapping[str, Action] = MappingProxyType(
    {
        "open_part": Action.PART_OPEN,
        "urge_part": Action.PART_URGE,
        "withdraw_part": Action.PART_WITHDRAW,
        "answer_part": Action.PART_ANSWER,
        "dissent_part": Action.PART_ANSWER,
        "decline_part": Action.PART_ANSWER,
        "part_work": Action.PART_ANSWER,
    }
)
PART_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "open_part": _("请别的单位协办"),
        "urge_part": _("催协办单位"),
        "withdraw_part": _("收回协办，或改由别的单位协办"),
        "answer_part": _("答复主办单位"),
        "dissent_part": _("有不同意见"),
        "decline_part": _("不属于本单位"),
        "part_work": _("记协办经过、上门核查"),
    }
)
PARTS_DONE: Mapping[str, str] = MappingProxyType(
    {
        "open_part": _("已请对方协办，对方单独计时，本单位的时限不变。"),
        "urge_part": _("已催办。"),
        "withdraw_part": _("已收回。"),
        "answer_part": _("已答复主办单位，本单位的计时停止。"),
        "dissent_part": _("不同意见已告诉主办单位，处理以前不能办结。"),
        "decline_part": _("已告诉主办单位和派单员，等收回或改派。"),
        "part_work": _("已记下。"),
    }
)
WITH_A_LEAD = frozenset({"dispatched", "signed", "contacted", "tracking"})
ASKING = frozenset({"signed", "contacted", "tracking"})
"""Statuses in which a lead may ask others; a dispatcher may at once."""


@dataclass(frozen=True, slots=True)
class PartSteps:
    """What an actor can do with the parts of a case."""

    main: Sequence[str]
    """As the unit whose the part is."""
    beside: Sequence[str]
    """As the lead, or who dispatches."""


def parts_of_now(case: CaseCard) -> list[PartCard]:
    """Return the parts of the order that is in work, or was last."""
    return [part for part in case.parts if part.order_id == case.order_id and part.opened_at]


def own_part(case: CaseCard, unit: str | None, node: str) -> PartCard | None:
    """Return what a unit of this node still owes of a case; the one that is due first."""
    owed = [part for part in case.parts if part.is_live and part.node == node]
    mine = [part for part in owed if part.unit_code == unit]
    return next((part for part in mine if part.state == "open"), next(iter(mine), None))


def part_steps(actor: Actor, case: CaseCard, node: str) -> PartSteps:
    """Return what the actor can do with the parts of a case that is in work here."""
    if not case.is_open or case.status not in WITH_A_LEAD or case.unit_code is None:
        return PartSteps((), ())
    mine = own_part(case, actor.unit, node)
    lead = Resource(
        node=node,
        unit=case.unit_code,
        complained_of=frozenset(case.complained_units or ()),
        persons=frozenset(case.complained_persons or ()),
    )
    own = replace(lead, unit=None if mine is None else mine.unit_code)
    main = [act for act in _of_the_unit(mine) if may(actor, PART_NEEDS[act], own).allowed]
    leading = _of_the_lead(actor, case, node)
    return PartSteps(main, [act for act in leading if may(actor, PART_NEEDS[act], lead).allowed])


def _of_the_unit(part: PartCard | None) -> list[str]:
    if part is None:
        return []
    if part.state == "dissenting":
        return ["answer_part", "part_work"]
    return ["answer_part", "part_work", "dissent_part"] + (
        [] if part.declined_at else ["decline_part"]
    )


def _of_the_lead(actor: Actor, case: CaseCard, node: str) -> list[str]:
    live = [part for part in parts_of_now(case) if part.is_live and part.node == node]
    asks = case.status in ASKING or actor.unit != case.unit_code
    acts = ["open_part"] if asks and not case.offered_to else []
    acts += ["urge_part"] if any(part.state == "open" for part in live) else []
    return acts + (["withdraw_part"] if live else [])


def merged_answer(case: CaseCard) -> str:
    """Return what the units that helped answered, a paragraph each, for the lead to edit."""
    answered = [part for part in parts_of_now(case) if part.state == "answered"]
    return "\n\n".join(_paragraph(part) for part in answered)


def _paragraph(part: PartCard) -> str:
    basis = f"（依据：{part.legal_basis}）" if part.legal_basis else ""
    return f"{part.unit_name}：{part.answer_masked}{basis}"
