"""The room of outside parties: who may be asked by a link, masked; entries and changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import Ask, call, refused
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.pages.words import PARTY_KINDS
from shared.clock import new_id
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

HERE, API = "/admin/parties", "/api/v1/outside-parties"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_party"}
FIELDS = ("name", "kind", "contact", "phone", "valid_from", "valid_until")
NEEDED: Mapping[str, str] = {
    "name": _("请填单位名称。"),
    "kind": _("请选种类。"),
    "valid_from": _("请选从哪天起可以问它。"),
}


class Party(BaseModel):
    """A party as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    party_id: UUID
    name: str
    kind: str
    masked_contact: str
    masked_phone: str
    valid_from: date
    valid_until: date | None
    in_use: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What was typed for which party, and what is wrong with it."""

    about: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    note: str = ""
    status: int = 200


@router.get(HERE)
@demands(Action.OUTSIDE_WRITE, audience=Audience.STAFF)
async def parties(request: Request, done: str = "") -> Response:
    """Show the register."""
    return await _shown(request, Beside(note=_("已保存。") if done else ""))


@router.post(HERE)
@demands(Action.OUTSIDE_WRITE, audience=Audience.STAFF)
async def keep(request: Request) -> Response:
    """Enter a party, or change one."""
    staff_of(request)
    form = await read_staff_form(request)
    about = form.get("party_id")
    lacks = {name: told for name, told in NEEDED.items() if not form.get(name)}
    if lacks:
        return await _shown(request, Beside(about, form.values, lacks, status=UNFINISHED))
    ask = Ask(_body(form), once=None if about else form.optional("key"))
    if about:
        answer = await call(request, "PUT", f"{API}/{_id(about)}", ask)
    else:
        answer = await call(request, "POST", API, ask)
    if not answer.ok:
        errors = {k: v for k, v in answer.errors().items() if k in FIELDS}
        told = "" if errors else answer.says()
        wrong = Beside(about, form.values, errors, told, status=answer.status)
        return await _shown(request, wrong)
    return RedirectResponse(f"{HERE}?done=1", 303)


async def _shown(request: Request, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    found = await call(request, "GET", API)
    if not found.ok:
        raise refused(found, REFUSALS)
    values = {
        "tools": tools_of(actor, door),
        "parties": [Party.model_validate(each) for each in found.body],
        "kinds": list(PARTY_KINDS.items()),
        "key": new_id().hex,
        "beside": beside,
    }
    return page(request, "admin/parties.html", values, beside.status)


def _body(form: Form) -> dict[str, Any]:
    return {name: form.optional(name) for name in FIELDS}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused("unknown_party", field="party_id") from error
