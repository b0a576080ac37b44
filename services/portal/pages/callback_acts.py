"""Callbacks on the page of a case: what the form holds, where it is asked, what is said of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from services.portal.pages.forms import Form, number_in
from services.portal.pages.language import later as _
from services.portal.repository import CaseCard
from shared.security.policy import Action

YES_NO = {"yes": True, "no": False}
CALLBACK_NEEDS: Mapping[str, Action] = MappingProxyType(
    {"callback_unit": Action.CALLBACK_UNIT, "callback_centre": Action.CALLBACK_CENTRE}
)
CALLBACK_TITLES: Mapping[str, str] = MappingProxyType(
    {"callback_unit": _("回访诉求人"), "callback_centre": _("中心回访")}
)
CALLBACK_DONE: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(CALLBACK_NEEDS, _("已记下这次回访。"))
)
_NEEDED: Mapping[str, str] = MappingProxyType({"reached": _("请选联系上了没有。")})
CALLBACK_NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(CALLBACK_NEEDS, _NEEDED)
)
CALLBACK_PATHS: Mapping[str, str] = MappingProxyType(
    {f"callback_{by}": f"/api/v1/callbacks/{by}" for by in ("unit", "centre")}
)


def _called(form: Form) -> dict[str, Any]:
    said = {name: form.optional(name) for name in ("solved", "truthful")}
    level, note = form.optional("level"), form.optional("note")
    number = number_in(level or "")
    return {
        "case_id": form.get("case_id"),
        "reached": YES_NO.get(form.get("reached")),
        **{name: YES_NO.get(value, value) for name, value in said.items() if value},
        **({"level": level if number is None else number} if level else {}),
        **({"note": note} if note else {}),
    }


CALLBACK_BODIES: Mapping[str, Callable[[Form], dict[str, Any]]] = MappingProxyType(
    dict.fromkeys(CALLBACK_NEEDS, _called)
)


def callback_steps(case: CaseCard) -> list[str]:
    """Return which callbacks are due; the policy decides who may write them down."""
    if case.erased_at is not None:
        return []
    unit = ["callback_unit"] if case.callback_at else []
    return unit + (["callback_centre"] if case.centre_callback_at else [])
