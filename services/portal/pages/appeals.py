"""Appeals against a no at the desk: what waits for a supervisor; one taken down for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.pages.words import COMPLEXITIES
from shared.errors import Refused
from shared.http import Door
from shared.http.demands import Audience, demands, demands_by
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/appeals"
REFUSALS = {401: "not_signed_in", 403: "not_allowed"}
ACTS: Mapping[str, Action] = MappingProxyType(
    {"ask": Action.DECLINE_APPEAL, "decide": Action.APPEAL_DECIDE}
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "ask": _("已代为提出异议，已发短信告诉诉求人。"),
        "upheld": _("已维持不予受理，正在告知诉求人。"),
        "overturned": _("已改为受理，时限从登记那天算起，正在告知诉求人。"),
    }
)
NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ask": {"number": _("请填编号。"), "because": _("请写为什么不同意。")},
        "decide": {"upheld": _("请选维持还是改为受理。"), "words": _("请写给诉求人的理由。")},
    }
)
FORM_OF_NOTHING = "-"


class Appeal(BaseModel):
    """An appeal as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    appeal_id: str
    number: str
    title_masked: str
    state: str
    because_masked: str
    asked_at: datetime
    asked_by_staff: bool
    decide_by: datetime
    late: bool
    declined_at: datetime
    reason: str
    legal_basis: str
    explanation: str
    guide_to: str | None
    decided_at: datetime | None
    decided_name: str | None
    words_masked: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside: what was typed into which form, what is wrong with it."""

    of: str = ""
    """The appeal whose form it is; `ask` for the one that takes an appeal down."""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@router.get(AT)
@demands(Action.APPEAL_READ, audience=Audience.STAFF)
async def appeals(request: Request, case: str = "") -> Response:
    """Show which appeals wait, which were decided, and the form for one more."""
    return await _shown(request, Beside(values={"number": case}))


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Take an appeal down for a person, or decide one."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    of = "ask" if act == "ask" else form.get("appeal_id")
    lacks = {name: told for name, told in NEEDED[act].items() if not form.get(name)}
    if lacks:
        return await _shown(request, Beside(of, form.values, lacks, status=UNFINISHED))
    answer = await _sent(request, act, form)
    if answer.ok:
        done = "ask" if act == "ask" else _decided(form)
        return RedirectResponse(f"{AT}?{urlencode({'done': done})}", 303)
    return await _shown(request, _wrong(of, form, answer))


async def _sent(request: Request, act: str, form: Form) -> Answer:
    if act == "ask":
        path = f"/api/v1/cases/{quote(form.get('number'), safe='')}/appeal"
        return await call(request, "POST", path, Ask({"because": form.get("because")}))
    body = {
        "upheld": _decided(form) == "upheld",
        "words": form.get("words"),
        "complexity": form.optional("complexity"),
    }
    named = quote(form.get("appeal_id") or FORM_OF_NOTHING, safe="")
    return await call(request, "POST", f"/api/v1/appeals/{named}/decide", Ask(body))


def _decided(form: Form) -> str:
    return "upheld" if form.get("upheld") == "yes" else "overturned"


def _wrong(of: str, form: Form, answer: Answer) -> Beside:
    errors = {name: told for name, told in answer.errors().items() if name in form.values}
    return Beside(of, form.values, errors, "" if errors else answer.says(), answer.status)


async def _shown(request: Request, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    waiting, decided = await _listed(request, ""), await _listed(request, "?decided=true")
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(request.query_params.get("done", ""), ""),
        **_rights(actor, door),
        **appeal_values(waiting, decided, beside),
    }
    return page(request, "desk/appeals.html", known, beside.status)


async def _listed(request: Request, which: str) -> Any:
    answer = await call(request, "GET", f"/api/v1/appeals{which}")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    return answer.body["appeals"]


def _rights(actor: Actor, door: Door) -> dict[str, bool]:
    here = Resource(node=door.node.code)
    asks, decides = Action.DECLINE_APPEAL, Action.APPEAL_DECIDE
    return {
        "asks": may(actor, asks, here).allowed,
        "decides": may(actor, decides, here).allowed,
    }


def appeal_values(waiting: Any, decided: Any, beside: Beside) -> dict[str, Any]:
    """Return what the page shows of the appeals."""
    return {
        "waiting": [Appeal.model_validate(each) for each in waiting],
        "decided": [Appeal.model_validate(each) for each in decided],
        "complexities": [each for each in COMPLEXITIES.items() if each[0] != "on_spot"],
        "of": beside.of,
        "values": beside.values,
        "errors": beside.errors,
        "told": beside.told,
    }
