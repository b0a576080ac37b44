"""What staff do with a case: a form is posted here, the public API is asked, the desk comes back.

After a change the desk waits up to a second for the projection; then it shows the row as saving.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import anyio
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import expired
from services.portal.pages.act_forms import (
    AGAINST,
    BODIES,
    CORRECTABLE,
    NEEDED,
    NO_GROUND,
    NOBODY_NAMED,
    NOTHING_CORRECTED,
    SAID_ONCE,
    SOMEBODY,
    YES_NO,
    path_of,
)
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import Beside, Sought, show
from services.portal.pages.forms import Form, read_form
from services.portal.pages.next_steps import NEEDS
from services.portal.pages.rendering import door_here
from shared.audit import OTHER_PURPOSE
from shared.errors import Refused
from shared.http.demands import demands_by
from shared.security.policy import Action

router = APIRouter()

WAIT_SECONDS = 1.0
LOOK_EVERY_SECONDS = 0.05
ACTS: Mapping[str, Action] = {**NEEDS, "person": Action.PERSON_REVEAL}
"""What may be done, and the action that the API will ask the policy about."""
HERE = ("csrf", "view", "number", "case_id", "order_id", "key")


@router.post("/desk/act/{act}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Do one thing with one case, as the one who is signed in."""
    if act not in BODIES:
        raise Refused("not_found")
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    wrong = _wrong(request, act, form)
    if wrong:
        wrong = replace(wrong, elsewhere=await _elsewhere(request, act, form))
        return await run_in_threadpool(_again, request, act, form, wrong)
    once = form.optional("key") if act in SAID_ONCE else None
    answer = await call(request, "POST", path_of(act, form), Ask(BODIES[act](form), once=once))
    if not answer.ok:
        refused = replace(_refused(form, answer), elsewhere=await _elsewhere(request, act, form))
        return await run_in_threadpool(_again, request, act, form, refused)
    if act == "person":
        return await run_in_threadpool(show, request, _sought(form), Beside(revealed=answer.body))
    return await _written(request, act, form, answer)


def _wrong(request: Request, act: str, form: Form) -> Beside | None:
    if expired.is_of_before(request, form):
        return Beside(told=expired.ONCE_MORE, status=422)
    lacks = _lacks(act, form)
    return Beside(errors=lacks, status=422) if lacks else None


def _lacks(act: str, form: Form) -> dict[str, str]:
    missing = {name: told for name, told in NEEDED[act].items() if not form.get(name)}
    for name in ("reached", "granted"):
        if name in NEEDED[act] and form.get(name) not in YES_NO:
            missing[name] = NEEDED[act][name]
    if act == "mark" and not any(map(form.get, SOMEBODY)):
        missing["against_unit"] = NOBODY_NAMED
    if act == "correction" and not any(form.get(name) for name in CORRECTABLE):
        missing["name"] = NOTHING_CORRECTED
    if act == "person" and form.get("purpose") == OTHER_PURPOSE and not form.get("ground"):
        missing["ground"] = NO_GROUND
    return missing


async def _written(request: Request, act: str, form: Form, answer: Answer) -> Response:
    service, version = answer.body["service"], answer.body["version"]
    case_id = UUID(answer.body["case_id"])
    there = await reached(request, service, case_id, version)
    told = {"view": form.get("view"), "case": form.get("number"), "done": act}
    if not there:
        told["waits"] = f"{service}:{version}"
    return RedirectResponse(f"/desk?{urlencode(told)}", 303)


async def reached(request: Request, service: str, case_id: UUID, version: int) -> bool:
    """Wait up to a second until the projection shows what was done; tell whether it does."""
    with anyio.move_on_after(WAIT_SECONDS):
        while not await run_in_threadpool(_has_reached, request, service, case_id, version):
            await anyio.sleep(LOOK_EVERY_SECONDS)
        return True
    return False


def _has_reached(request: Request, service: str, case_id: UUID, version: int) -> bool:
    with door_here(request).unit.transaction() as db:
        return repository.has_reached(db, service, case_id, version)


async def _elsewhere(request: Request, act: str, form: Form) -> Sequence[Mapping[str, Any]]:
    if act != "decline":
        return ()
    path = f"/api/v1/cases/{quote(form.get('number'), safe='')}/benchmarks"
    answer = await call(request, "GET", path)
    return answer.body["benchmarks"] if answer.ok else ()


def _refused(form: Form, answer: Answer) -> Beside:
    named = {AGAINST.get(name, name): told for name, told in answer.errors().items()}
    errors = {name: told for name, told in named.items() if name in form.values}
    told = "" if errors else answer.says()
    return Beside(errors=errors, told=told, status=answer.status)


def _again(request: Request, act: str, form: Form, beside: Beside) -> Response:
    typed = {name: value for name, value in form.values.items() if name not in HERE}
    return show(request, _sought(form), replace(beside, values={**typed, "act": act}))


def _sought(form: Form) -> Sought:
    return Sought(view=form.get("view"), case=form.get("number"))
