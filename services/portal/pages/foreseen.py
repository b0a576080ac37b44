"""What would move if a case were classified anew, beside the form that does it."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.portal.pages.calling import call
from services.portal.pages.desk import staff_of
from services.portal.pages.rendering import page
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

API = "/api/v1/clocks/foreseen"
MOST = 60


class Foreseen(BaseModel):
    """One running limit, as the API foresees it."""

    kind: str
    unit_code: str | None
    due_before: datetime
    due_at: datetime
    provisional: bool
    stays: bool


@router.get("/desk/complexity")
@demands(Action.CASE_RECLASSIFY, audience=Audience.STAFF)
async def foresee(
    request: Request,
    case_id: Annotated[str, Query(max_length=MOST)] = "",
    complexity: Annotated[str, Query(max_length=MOST)] = "",
) -> Response:
    """Show from where to where each running limit would move; nothing before one is chosen."""
    staff_of(request)
    known: dict[str, Any] = {"foreseen": [], "told": "", "chosen": complexity}
    if complexity:
        asked = urlencode({"case_id": case_id, "complexity": complexity})
        answer = await call(request, "GET", f"{API}?{asked}")
        if answer.ok:
            known["foreseen"] = [Foreseen.model_validate(each) for each in answer.body]
        else:
            known["told"] = answer.says()
    return page(request, "desk/foreseen.html", known)
