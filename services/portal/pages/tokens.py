"""Tokens of other systems: what each may do and until when; a new one is shown once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, number_in, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import CHANNELS, SYSTEM_ACTIONS
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import IMPORT_SCOPE, Action, Resource, may
from shared.security.system_token import ACTIONS, CHANNEL_SCOPES

router = APIRouter()

API = "/api/v1/tokens"
HERE = "/admin/tokens"
FIELDS = ("name", "about", "days", "networks")
USUAL_DAYS = "180"
REFUSALS = {401: "not_signed_in", 403: "not_allowed"}
IMPORT = _("导入以前的件（带原来的时间）")
SCOPE_WORDS: Mapping[str, str] = {
    **{action.value: SYSTEM_ACTIONS[action] for action in ACTIONS},
    **{scope: CHANNELS[channel] for scope, channel in CHANNEL_SCOPES.items()},
    IMPORT_SCOPE: IMPORT,
}
STATES = {
    "live": _("在用"),
    "ending": _("快到期"),
    "expired": _("已到期"),
    "revoked": _("已作废"),
}
NEEDED = {
    "name": _("请填是哪个系统。"),
    "about": _("请填用来做什么、谁负责。"),
    "scopes": _("请至少选一项它可以做的事。"),
    "days": _("请填有效天数，最少 1 天。"),
}


class Token(BaseModel):
    """A token as the API lists it; `token` is there only when it was just made."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    name: str
    about: str
    scopes: list[str]
    networks: list[str]
    state: str
    created_by: str
    expires_at: datetime
    earlier_until: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    used_from: str | None = None
    token: str | None = None


@router.get(HERE)
@demands(Action.TOKEN_READ, audience=Audience.STAFF)
async def show(request: Request, done: bool = False) -> Response:
    """Show the tokens there are, and to those who may the form for another one."""
    return await _page(request, {"done": done})


@router.post(HERE)
@demands(Action.TOKEN_WRITE, audience=Audience.STAFF)
async def make(request: Request) -> Response:
    """Make a token, and show it this once."""
    form = await read_staff_form(request)
    lacks = {name: told for name, told in NEEDED.items() if not form.all(name)}
    lacks |= {name: NEEDED[name] for name in ("name", "about") if not form.get(name)}
    if not number_in(form.get("days")):
        lacks["days"] = NEEDED["days"]
    if lacks:
        return await _page(request, _typed(form) | {"errors": lacks}, 422)
    answer = await call(request, "POST", API, Ask(_body(form)))
    if not answer.ok:
        return await _page(request, _typed(form) | _wrong(answer), 422)
    return await _page(request, {"made": Token.model_validate(answer.body)})


@router.post(HERE + "/{token_id}/rotate")
@demands(Action.TOKEN_WRITE, audience=Audience.STAFF)
async def rotate(request: Request, token_id: str) -> Response:
    """Renew a token, and show the new one this once."""
    await read_staff_form(request)
    answer = await call(request, "POST", f"{API}/{quote(token_id, safe='')}/rotate")
    if not answer.ok:
        return await _page(request, {"told": answer.says()}, 422)
    return await _page(request, {"made": Token.model_validate(answer.body)})


@router.post(HERE + "/{token_id}/revoke")
@demands(Action.TOKEN_WRITE, audience=Audience.STAFF)
async def revoke(request: Request, token_id: str) -> Response:
    """End a token."""
    await read_staff_form(request)
    answer = await call(request, "POST", f"{API}/{quote(token_id, safe='')}/revoke")
    if not answer.ok:
        return await _page(request, {"told": answer.says()}, 422)
    return RedirectResponse(f"{HERE}?done=true", 303)


async def _page(request: Request, more: dict[str, Any], status: int = 200) -> Response:
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", API)
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    found = [Token.model_validate(each) for each in answer.body]
    can_write = may(actor, Action.TOKEN_WRITE, Resource(node=door.node.code)).allowed
    known = {"tools": tools_of(actor, door), "can_write": can_write, **token_values(found)}
    shown = page(request, "admin/tokens.html", known | more, status)
    shown.headers["Cache-Control"] = "no-store"  # it may show a token
    return shown


def token_values(tokens: list[Token]) -> dict[str, Any]:
    """Return what the page shows of the tokens, with an empty form."""
    values = dict.fromkeys(FIELDS, "") | {"days": USUAL_DAYS, "scopes": []}
    return {
        "tokens": tokens,
        "ending": [token.name for token in tokens if token.state == "ending"],
        "states": STATES,
        "scope_words": SCOPE_WORDS,
        "actions": [action.value for action in ACTIONS] + [IMPORT_SCOPE],
        "channels": list(CHANNEL_SCOPES),
        "values": values,
        "errors": {},
        "told": "",
        "made": None,
        "done": False,
    }


def _typed(form: Form) -> dict[str, Any]:
    values = {name: form.get(name) for name in FIELDS} | {"scopes": form.all("scopes")}
    return {"values": values}


def _wrong(answer: Answer) -> dict[str, Any]:
    errors = {name.partition(".")[0]: text for name, text in answer.errors().items()}
    return {"errors": errors} if errors else {"told": answer.says()}


def _body(form: Form) -> dict[str, Any]:
    return {
        "name": form.get("name"),
        "about": form.get("about"),
        "scopes": form.all("scopes"),
        "days": number_in(form.get("days")),
        "networks": form.get("networks").split(),
    }
