"""A person answers what a unit has asked for, on the page of the opened case."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.follow import CLOSED, Beside, case_page
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import recall
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import UNFINISHED, language_of
from shared.errors import Refused
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
    request_id, typed = _id(form.get("request_id")), {"text": form.get("text")}
    if not typed["text"]:
        lacking = {"text": translations(language).gettext(NO_ANSWER)}
        return await case_page(request, "", UNFINISHED, Beside(request_id, typed, lacking))
    there = f"/api/v1/cases/{holder.number}/materials/{request_id}"
    said = await call(request, "POST", there, Ask(typed, holder=holder))
    if not said.ok:
        return await _refused(request, Beside(request_id, typed, said.errors(language)), said)
    return RedirectResponse("/follow/case", 303)


async def _refused(request: Request, beside: Beside, said: Answer) -> Response:
    told = "" if "text" in beside.errors else said.says(language_of(request))
    return await case_page(request, told, said.status, beside)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused("not_found") from error
