"""A person changes the telephone of the opened case: the number first, then the code it got."""

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, Holder, call
from services.portal.pages.follow import CLOSED, opened_case
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import recall, recall_mine, remember
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import UNFINISHED, language_of, page
from services.portal.pages.seen import SeenCase
from shared.clock import new_id
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

HERE = "/follow/contact"
NO_PHONE = _("请填新的手机号。")
NO_CODE = _("请填短信里的 6 位数字。")
LONGEST_ID = 40


@router.get(HERE)
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def show_contact(request: Request, change: str = "", to: str = "") -> Response:
    """Ask for the new telephone, or for the code that went there."""
    return await _page(request, change[:LONGEST_ID], to[:LONGEST_ID])


@router.post(HERE)
@demands(Action.CONTACT_CHANGE, audience=Audience.HOLDER)
async def ask(request: Request) -> Response:
    """Have a code sent to the new telephone."""
    form, holder = await read_form(request), recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    if not form.get("phone"):
        return await _page(request, errors={"phone": _say(request, NO_PHONE)})
    body = {"phone": form.get("phone")}
    there = f"/api/v1/cases/{holder.number}/contact"
    answer = await call(request, "POST", there, Ask(body, holder, form.optional("key")))
    if not answer.ok:
        ours = {k: v for k, v in answer.errors(language_of(request)).items() if k == "phone"}
        told = "" if ours else answer.says(language_of(request))
        return await _page(request, errors=ours, told=told, values=body)
    sent = {"change": answer.body["change_id"], "to": answer.body["masked_phone"]}
    return RedirectResponse(f"{HERE}?{urlencode(sent)}", 303)


@router.post(f"{HERE}/code")
@demands(Action.CONTACT_CHANGE, audience=Audience.HOLDER)
async def prove(request: Request) -> Response:
    """Put the new telephone down when the code is right; the query code changes with it."""
    form, holder = await read_form(request), recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    change, to = form.get("change")[:LONGEST_ID], form.get("to")[:LONGEST_ID]
    if not form.get("code"):
        return await _page(request, change, to, errors={"code": _say(request, NO_CODE)})
    there = f"/api/v1/cases/{holder.number}/contact/{quote(change or '-', safe='')}"
    answer = await call(request, "POST", there, Ask({"code": form.get("code")}, holder))
    if not answer.ok:
        ours = {k: v for k, v in answer.errors(language_of(request)).items() if k == "code"}
        told = "" if ours else answer.says(language_of(request))
        return await _page(request, change, to, errors=ours, told=told)
    changed = RedirectResponse("/follow/case?done=contact", 303)
    code = answer.body.get("query_code")
    if code is not None:
        # What a one-time code has opened is closed with it: it went to the old telephone.
        remember(request, changed, Holder(holder.number, code))
    else:
        remember(request, changed, holder, recall_mine(request))
    return changed


async def _page(request: Request, change: str = "", to: str = "", **shown: Any) -> Response:
    holder, answer = await opened_case(request)
    if holder is None or not answer.ok:
        return RedirectResponse(CLOSED, 303)
    known = {"case": SeenCase.model_validate(answer.body), "change": change, "to": to}
    known |= {"errors": {}, "told": "", "values": {}, "key": new_id().hex, **shown}
    status = UNFINISHED if known["errors"] or known["told"] else 200
    return page(request, "citizen/follow_contact.html", known, status)


def _say(request: Request, text: str) -> str:
    return translations(language_of(request)).gettext(text)
