"""Why the promise to a person ends on the day that it does: the steps of counting, in words."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, call
from services.portal.pages.follow import CLOSED, opened_case
from services.portal.pages.rendering import language_of, page
from services.portal.pages.seen import SeenCase
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

CITIZEN = "citizen"


@router.get("/follow/promise")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def show_promise(request: Request) -> Response:
    """Show how the promised day of the opened case was counted."""
    holder, answer = await opened_case(request)
    if holder is None or not answer.ok:
        return RedirectResponse(CLOSED, 303)
    case = SeenCase.model_validate(answer.body)
    at = f"/api/v1/clocks?case_id={answer.body['case_id']}"
    clocks = await call(request, "GET", at, Ask(holder=holder))
    promised = next((one for one in clocks.body if one["kind"] == CITIZEN), None)
    if case.promise is None or not clocks.ok or promised is None:
        return RedirectResponse("/follow/case", 303)
    language = "en" if language_of(request) == "en" else "zh"
    lines = [line[language] for line in promised["trace"]]
    known = {"case": case, "started_at": promised["started_at"], "lines": lines}
    return page(request, "citizen/follow_promise.html", known)
