"""A person answers what a unit has asked for, on the page of the opened case."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, call
from services.portal.pages.follow import CLOSED, case_page
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import recall
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import language_of
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

NO_ANSWER = _("请写您的答复。")


@router.post("/follow/materials")
@demands(Action.MATERIALS_ANSWER, audience=Audience.HOLDER)
async def answer(request: Request) -> Response:
    """Send an answer on, and show the case as it stands then."""
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    form, language = await read_form(request), language_of(request)
    if not form.get("text"):
        return await case_page(request, translations(language).gettext(NO_ANSWER), 422)
    there = f"/api/v1/cases/{holder.number}/materials/{form.get('request_id')}"
    said = await call(request, "POST", there, Ask({"text": form.get("text")}, holder=holder))
    if not said.ok:
        return await case_page(request, said.says(language), said.status)
    return RedirectResponse("/follow/case", 303)
