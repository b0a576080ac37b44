"""How much work a case is, put right on its page: once, by who dispatches or supervises."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.portal.pages.forms import Form
from services.portal.pages.language import later as _
from services.portal.pages.words import COMPLEXITIES
from services.portal.repository import CaseCard
from shared.security.policy import Action

ACT = "reclassify"
ON_SPOT = "on_spot"
COMPLEXITY_NEEDS: Mapping[str, Action] = MappingProxyType({ACT: Action.CASE_RECLASSIFY})
COMPLEXITY_TITLES: Mapping[str, str] = MappingProxyType({ACT: _("调整难易，每件一次")})
COMPLEXITY_DONE: Mapping[str, str] = MappingProxyType(
    {ACT: _("已调整难易，时限正在重新计算。承诺时限变了的，会发短信告知诉求人。")}
)
COMPLEXITY_NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {ACT: {"complexity": _("请选难易。"), "because": _("请写为什么要调整。")}}
)
COMPLEXITY_PATHS: Mapping[str, str] = MappingProxyType({ACT: "/api/v1/reclassifications"})


def _anew(form: Form) -> dict[str, Any]:
    return {name: form.get(name) for name in ("case_id", "complexity", "because")}


COMPLEXITY_BODIES: Mapping[str, Callable[[Form], dict[str, Any]]] = MappingProxyType({ACT: _anew})


def complexity_steps(case: CaseCard) -> list[str]:
    """Return whether a case in hand may be classified anew; the policy decides who may."""
    is_free = case.reclassified_at is None and not case.offered_to
    return [ACT] if is_free else []


def other_complexities(case: CaseCard) -> Sequence[tuple[str, str]]:
    """Return what a case may be classified as: what went to a unit is not settled on the spot."""
    kept = (case.complexity, ON_SPOT)
    return [(code, word) for code, word in COMPLEXITIES.items() if code not in kept]
