"""What a person does with the opened case: add to it, urge it. Each form is sent once."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, call
from services.portal.pages.follow import CLOSED, Beside, case_page
from services.portal.pages.forms import Form, read_form
from services.portal.pages.keepsake import forget, recall
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import UNFINISHED, language_of
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

NOTHING_ADDED = _("请写要补充的内容。")


@router.post("/follow/urge")
@demands(Action.CASE_URGE, audience=Audience.HOLDER)
async def urge(request: Request) -> Response:
    """Urge the opened case, with or without words."""
    form = await read_form(request)
    return await _sent(request, "urge", "urges", form, {"text": form.optional("text")})


@router.post("/follow/add")
@demands(Action.CASE_ADD, audience=Audience.HOLDER)
async def add(request: Request) -> Response:
    """Add to what was told of the opened case."""
    form = await read_form(request)
    if not form.get("text"):
        lacking = {"text": translations(language_of(request)).gettext(NOTHING_ADDED)}
        return await case_page(request, "", UNFINISHED, Beside(errors=lacking, act="add"))
    return await _sent(request, "add", "additions", form, {"text": form.get("text")})


@router.post("/follow/withhold")
@demands(Action.NAME_WITHHOLD, audience=Audience.HOLDER)
async def withhold(request: Request) -> Response:
    """Withhold who reported from who works on the opened case."""
    return await _sent(request, "withhold", "withhold", await read_form(request), {})


@router.post("/follow/withdraw-from")
@demands(Action.COMPLAINANT_LEAVE, audience=Audience.HOLDER)
async def leave_others(request: Request) -> Response:
    """Leave the opened case that several report: what is kept of one is destroyed."""
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    at = f"/api/v1/cases/{holder.number}"
    case = await call(request, "GET", at, Ask(holder=holder))
    there = f"{at}/complainants/{case.body.get('mine') or 0}/leave"
    said = await call(request, "POST", there, Ask({}, holder=holder))
    if not said.ok:
        return await case_page(request, said.says(language_of(request)), said.status)
    left = RedirectResponse("/follow", 303)
    forget(left)
    return left


async def _sent(
    request: Request, act: str, path: str, form: Form, body: Mapping[str, Any]
) -> Response:
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    there = f"/api/v1/cases/{holder.number}/{path}"
    ask = Ask(body, holder=holder, once=form.optional("key"))
    said = await call(request, "POST", there, ask)
    if said.ok:
        return RedirectResponse(f"/follow/case?done={act}", 303)
    language = language_of(request)
    errors = {name: told for name, told in said.errors(language).items() if name in form.values}
    typed = {name: form.get(name) for name in form.values}
    told = "" if errors else said.says(language)
    return await case_page(request, told, said.status, Beside(None, typed, errors, act))
