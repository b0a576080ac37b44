"""The search box of the desk: somebody by name, telephone or number, else words and case numbers.

What is typed may be a person, so it is posted and stands in no address. Words that cannot be one
lead to an address that one can come back to, as lists do.
"""

import re
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages import expired
from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import MOST_TEXT, Beside, Sought, show, staff_of
from services.portal.pages.forms import read_form
from shared.http.demands import Audience, demands
from shared.security.names import may_be_name
from shared.security.numbers import normalise_case_number
from shared.security.policy import Action

router = APIRouter()

DIGITS = re.compile(r"\d")
MANY_DIGITS = 7
"""No word of a title has as many; telephones and identity numbers have more."""


@router.post("/desk/find")
@demands(Action.DESK_READ, audience=Audience.STAFF)
async def find(request: Request) -> Response:
    """Show the cases of whoever was typed; where it is nobody, what stands in titles and texts."""
    staff_of(request)
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    sought, term = Sought(view=form.get("view")), form.get("text")[:MOST_TEXT]
    if expired.is_of_before(request, form):
        return await _shown(request, sought, Beside(told=expired.ONCE_MORE, status=422))
    if not may_be_person(term):
        told = {"view": form.get("view"), "text": term}
        return RedirectResponse(f"/desk?{urlencode({k: v for k, v in told.items() if v})}", 303)
    return await _of_person(request, sought, term)


async def _of_person(request: Request, sought: Sought, term: str) -> Response:
    answer = await call(request, "POST", "/api/v1/cases/find", Ask({"person": term}))
    if not answer.ok:
        beside = Beside(term=term, told=answer.says(), status=answer.status)
        return await _shown(request, sought, beside)
    numbers = tuple(answer.body["numbers"])
    if numbers or _is_number(term):
        return await _shown(request, sought, Beside(term=term, numbers=numbers))
    return await _shown(request, sought, Beside(term=term, words=term))


async def _shown(request: Request, sought: Sought, beside: Beside) -> Response:
    return await run_in_threadpool(show, request, sought, beside)


def may_be_person(term: str) -> bool:
    """Tell whether a term may be somebody's name, telephone or number, and is no case number."""
    if normalise_case_number(term) is not None:
        return False
    return _is_number(term) or may_be_name(term)


def _is_number(term: str) -> bool:
    return len(DIGITS.findall(term)) >= MANY_DIGITS
