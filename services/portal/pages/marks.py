"""The recusals of a case: of whom it complains, and the askings that it shall no more."""

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
from services.portal.pages.language import listed
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/marks"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_case"}
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "ask": Action.UNMARK_ASK,
        "approve": Action.UNMARK_APPROVE,
        "refuse": Action.UNMARK_APPROVE,
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "ask": _("已提出，等另一位督办人员批准。批准以前仍然回避。"),
        "approve": _("已解除。从现在起，他们又能看到这件；已经改派的不会自动派回。"),
        "refuse": _("已答复不解除，继续回避。"),
    }
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {"units": "unit", "units.0": "unit", "persons": "person", "persons.0": "person"}
)
"""Our names of the fields that the API names otherwise."""
NOBODY = _("请选一个单位，或者填姓名。")


class MeantPerson(BaseModel):
    """A person whom an asking means, masked."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    more: bool


class Unmarking(BaseModel):
    """An asking as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unmarking_id: str
    state: str
    units: list[str]
    persons: bool
    named: list[MeantPerson]
    because: str
    asked_name: str
    asked_at: datetime
    is_own: bool
    decided_name: str | None
    decided_at: datetime | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside: what was typed, what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@router.get(AT)
@demands(Action.UNMARK_ASK, audience=Audience.STAFF)
async def marks(request: Request, case: str = "") -> Response:
    """Show of whom a case complains, and what was asked about that."""
    return await _shown(request, case, Beside())


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Ask for the end of a recusal, or decide about what somebody else asked."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    if act == "ask" and not (form.get("unit") or form.get("person")):
        wrong = Beside(form.values, {"unit": NOBODY}, status=422)
        return await _shown(request, form.get("number"), wrong)
    answer = await _asked(request, act, form)
    if answer.ok:
        there = {"case": form.get("number"), "done": act}
        return RedirectResponse(f"{AT}?{urlencode(there)}", 303)
    return await _shown(request, form.get("number"), _wrong(act, form, answer))


async def _asked(request: Request, act: str, form: Form) -> Answer:
    if act == "ask":
        unit, person = form.get("unit"), form.get("person")
        named = {"units": [unit] if unit else [], "persons": [person] if person else []}
        path = f"/api/v1/cases/{quote(form.get('number'), safe='')}/unmarkings"
        return await call(request, "POST", path, Ask({**named, "because": form.get("because")}))
    body = {"reason": form.get("reason")} if act == "refuse" else None
    path = f"/api/v1/unmarkings/{quote(form.get('unmarking_id') or '-', safe='')}/{act}"
    return await call(request, "POST", path, Ask(body))


def _wrong(act: str, form: Form, answer: Answer) -> Beside:
    named = {FIELDS.get(name, name): said for name, said in answer.errors().items()}
    errors = {name: said for name, said in named.items() if name in form.values}
    told = "" if errors else answer.says()
    return Beside(form.values if act == "ask" else {}, errors, told, answer.status)


async def _shown(request: Request, number: str, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", f"/api/v1/cases/{quote(number or '-', safe='')}/marks")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    decides = may(actor, Action.UNMARK_APPROVE, Resource(node=door.node.code)).allowed
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(request.query_params.get("done", ""), ""),
        "decides": decides,
        "values": beside.values,
        "errors": beside.errors,
        "told": beside.told,
        **marks_values(answer.body),
    }
    return page(request, "desk/marks.html", known, beside.status)


def marks_values(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of the recusals of a case."""
    found = [Unmarking.model_validate(each) for each in told["unmarkings"]]
    titles = {unit["key"]: unit["title"] for unit in told["units"]}
    return {
        "number": told["number"],
        "units": list(titles.items()),
        "persons": told["persons"],
        "open": next((each for each in found if each.state == "asked"), None),
        "decided": [each for each in found if each.state != "asked"],
        "named": {
            each.unmarking_id: listed(titles.get(key, key.partition("/")[2]) for key in each.units)
            for each in found
        },
    }
