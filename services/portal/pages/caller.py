"""Who is on the line: the cases of a telephone, beside the form of a new one.

It is one of the searches for a person: counted under their limits, and in the audit.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of
from services.portal.pages.forms import read_staff_form
from services.portal.pages.rendering import door_here, page
from services.portal.repository import ListedCase
from shared.http import Door
from shared.http.demands import Audience, demands
from shared.security.phones import normalise_phone
from shared.security.policy import Action

router = APIRouter()

NOBODY: dict[str, Any] = {"callers": (), "before": (), "caller_told": ""}
MOST_BEFORE = 3
"""Closed ones: enough to see that somebody comes again."""


@router.post("/desk/new/caller")
@demands(Action.PERSON_REVEAL, audience=Audience.STAFF)
async def caller(request: Request) -> Response:
    """Show the cases of the telephone that was typed, open ones first; of none nothing."""
    staff_of(request)
    form = await read_staff_form(request)
    found = await _found(request, form.get("phone"))
    shown = page(request, "desk/caller.html", found)
    shown.headers["Cache-Control"] = "no-store"
    return shown


async def _found(request: Request, phone: str) -> dict[str, Any]:
    if normalise_phone(phone) is None:
        return NOBODY
    answer = await call(request, "POST", "/api/v1/cases/find", Ask({"person": phone}))
    if not answer.ok:
        return NOBODY | {"caller_told": answer.says()}
    numbers = answer.body["numbers"]
    known = await run_in_threadpool(_known, door_here(request), numbers)
    closed = [case for case in known if not case.is_open]
    return NOBODY | {
        "callers": [case for case in known if case.is_open],
        "before": closed[:MOST_BEFORE],
    }


def _known(door: Door, numbers: Sequence[str]) -> Sequence[ListedCase]:
    with door.unit.transaction() as db:
        return repository.cases_by_numbers(db, numbers)
