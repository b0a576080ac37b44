"""Withdraw the opened case: what that means in plain words first, then once; or take it back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.follow import CLOSED, case_page, opened_case
from services.portal.pages.forms import Form, read_form
from services.portal.pages.keepsake import recall
from services.portal.pages.rendering import language_of, page
from services.portal.pages.seen import SeenCase
from services.portal.pages.withdraw_words import CHOSEN
from shared.clock import new_id
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

SURE, PRESSED = "citizen/follow_withdraw.html", "citizen/follow_pressed.html"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@router.get("/follow/withdraw")
@demands(Action.CASE_WITHDRAW, audience=Audience.HOLDER)
async def ask_withdraw(request: Request) -> Response:
    """Say what ends with a withdrawal, what stays, and until when one may change one's mind."""
    return await _page(request, Typed())


@router.post("/follow/withdraw")
@demands(Action.CASE_WITHDRAW, audience=Audience.HOLDER)
async def withdraw(request: Request) -> Response:
    """Withdraw the opened case, with or without a reason."""
    form = await read_form(request)
    if form.get("pressed"):
        await _said(request, "pressure", form, {}, "-pressed")
    body = {"reason": form.optional("reason") or "unsaid", "text": form.optional("text")}
    said = await _said(request, "withdrawal", form, body)
    if said is None:
        return RedirectResponse(CLOSED, 303)
    if said.ok:
        return RedirectResponse("/follow/case?done=withdrawn", 303)
    language = language_of(request)
    named = said.errors(language)
    errors = {name: told for name, told in named.items() if name in form.values}
    told = "" if errors else said.says(language)
    return await _page(request, Typed(dict(form.values), errors, told, said.status))


@router.post("/follow/withdraw/back")
@demands(Action.CASE_WITHDRAW, audience=Audience.HOLDER)
async def take_back(request: Request) -> Response:
    """Let the opened case go on that was withdrawn."""
    form = await read_form(request)
    said = await _said(request, "withdrawal/back", form, {})
    if said is None:
        return RedirectResponse(CLOSED, 303)
    if said.ok:
        return RedirectResponse("/follow/case?done=taken_back", 303)
    return await case_page(request, said.says(language_of(request)), said.status)


@router.get("/follow/pressed")
@demands(Action.PRESSURE_TELL, audience=Audience.HOLDER)
async def ask_pressed(request: Request) -> Response:
    """Say who hears of it that somebody wants one to withdraw, and who does not."""
    return await _page(request, Typed(), PRESSED)


@router.post("/follow/pressed")
@demands(Action.PRESSURE_TELL, audience=Audience.HOLDER)
async def tell_pressed(request: Request) -> Response:
    """Tell supervisors; the page of the case shows nothing of it."""
    form = await read_form(request)
    said = await _said(request, "pressure", form, {"text": form.optional("text")})
    if said is None:
        return RedirectResponse(CLOSED, 303)
    if said.ok:
        return RedirectResponse("/follow/case", 303)
    told = said.says(language_of(request))
    return await _page(request, Typed(dict(form.values), {}, told, said.status), PRESSED)


async def _said(
    request: Request, path: str, form: Form, body: Mapping[str, Any], of: str = ""
) -> Answer | None:
    """Return what the API says to a form; None where no case is open in this browser.

    `of` marks what of a form is asked for by itself.
    """
    holder = recall(request)
    if holder is None:
        return None
    key = form.optional("key")
    ask = Ask(body, holder=holder, once=key and key + of)
    return await call(request, "POST", f"/api/v1/cases/{holder.number}/{path}", ask)


async def _page(request: Request, typed: Typed, template: str = SURE) -> Response:
    holder, answer = await opened_case(request)
    if holder is None or not answer.ok:
        return RedirectResponse(CLOSED, 303)
    case = SeenCase.model_validate(answer.body)
    known = {"case": case, "reasons": CHOSEN, "key": new_id().hex, "told": typed.told}
    known |= {"values": typed.values, "errors": typed.errors}
    return page(request, template, known, typed.status)
