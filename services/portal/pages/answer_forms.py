"""Answering while registering, on the form: what it must hold, what of it the API is told."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.portal.pages.forms import Form
from services.portal.pages.language import later as _
from services.portal.pages.words import OUTCOMES
from shared.http import Door
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

STEP, ANSWERING = "step", "answer"
"""The button that was pressed."""
ANSWER_FIELDS = ("outcome", "answer", "legal_basis")
ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        name: OUTCOMES[name]
        for name in ("done", "done_otherwise", "explained_law", "explained_mistake", "referred")
    }
)
"""How a case may end while its person waits."""
NOW = "answered_now"
NO_ANSWER = _("请写给群众的答复；还不能答复的，按“登记并出回执”。")
NO_OUTCOME = _("请选办成什么样。")
NOT_SENT = _("答复写了，但按的是只登记。要当场办结，请按“登记并当场办结”；不办的，先清空答复。")


def may_answer(actor: Actor, door: Door) -> bool:
    """Tell whether somebody may answer while they register."""
    here = Resource(node=door.node.code)
    return actor.unit is not None and may(actor, Action.CASE_ANSWER, here).allowed


def answer_lacks(form: Form) -> dict[str, str]:
    """Return what is wrong with the answer on the form, by field."""
    if form.get(STEP) != ANSWERING:
        return {"answer": NOT_SENT} if form.get("answer") else {}
    needed = {"answer": NO_ANSWER, "outcome": NO_OUTCOME}
    return {name: told for name, told in needed.items() if not form.get(name)}


def answer_told(form: Form) -> dict[str, Any]:
    """Return the answer as the API takes it; nothing where the case is only registered."""
    if form.get(STEP) != ANSWERING:
        return {}
    return {NOW: {name: value for name in ANSWER_FIELDS if (value := form.get(name))}}


def answer_errors(errors: Mapping[str, str]) -> dict[str, str]:
    """Return what the API says of fields, those of the answer by their names on the form."""
    return {
        "answer" if name == NOW else name.removeprefix(f"{NOW}."): told
        for name, told in errors.items()
    }
