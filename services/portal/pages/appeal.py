"""A person does not agree with a no, and says why on the page of the opened case."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, call
from services.portal.pages.follow import CLOSED, Beside, case_page
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import recall
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import UNFINISHED, language_of
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

NO_REASON = _("请写为什么不同意。")


@router.post("/follow/appeal")
@demands(Action.DECLINE_APPEAL, audience=Audience.HOLDER)
async def appeal(request: Request) -> Response:
    """Send an appeal on, and show the case as it stands then."""
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    form, language = await read_form(request), language_of(request)
    typed = {"because": form.get("because")}
    if not typed["because"]:
        lacking = {"because": translations(language).gettext(NO_REASON)}
        return await case_page(request, "", UNFINISHED, Beside(values=typed, errors=lacking))
    ask = Ask(typed, holder=holder)
    said = await call(request, "POST", f"/api/v1/cases/{holder.number}/appeal", ask)
    if said.ok:
        return RedirectResponse("/follow/case", 303)
    errors = said.errors(language)
    told = "" if "because" in errors else said.says(language)
    return await case_page(request, told, said.status, Beside(values=typed, errors=errors))
