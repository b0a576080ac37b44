"""What staff do with a case: a form is posted here, the public API is asked, the desk comes back.

After a change the desk waits up to a second for the projection; then it shows the row as saving.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import anyio
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import expired
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import Beside, Sought, show
from services.portal.pages.forms import Form, read_form
from services.portal.pages.language import SOURCE
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here
from shared.errors import Refused

router = APIRouter()

WAIT_SECONDS = 1.0
LOOK_EVERY_SECONDS = 0.05
YES_NO = {"yes": True, "no": False}
HERE = ("csrf", "view", "number", "case_id", "order_id")

NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "accept": {},
        "decline": {
            "reason": _("请选不予受理的理由。"),
            "legal_basis": _("请写依据。"),
            "explanation": _("请写给群众的解释。"),
        },
        "dispatch": {"unit_code": _("请选派给哪个单位。"), "because": _("请写派单理由。")},
        "sign": {},
        "contact": {"way": _("请选用什么方式联系的。"), "reached": _("请选联系上了没有。")},
        "finish": {"outcome": _("请选办成什么样。"), "answer": _("请写给群众的答复。")},
        "return": {"ground": _("请选退回理由。"), "legal_basis": _("请写依据。")},
        "person": {"purpose": _("请选为什么要看。")},
    }
)


def _fields(*names: str) -> Callable[[Form], dict[str, Any]]:
    return lambda form: {name: value for name in names if (value := form.optional(name))}


def _contact(form: Form) -> dict[str, Any]:
    told = _fields("way", "note")(form)
    return told | {"reached": YES_NO[form.get("reached")]}


def _placement(form: Form) -> dict[str, Any]:
    return _fields("case_id", "unit_code", "because")(form)


BODIES: Mapping[str, Callable[[Form], dict[str, Any]]] = MappingProxyType(
    {
        "accept": _fields("complexity", "item"),
        "decline": _fields("reason", "legal_basis", "explanation", "guide_to"),
        "dispatch": _placement,
        "sign": _fields(),
        "contact": _contact,
        "finish": _fields("outcome", "answer"),
        "return": _fields("ground", "legal_basis", "note"),
        "person": _fields("purpose"),
    }
)
ORDER_PATHS = {"sign": "sign", "contact": "contacts", "finish": "finish", "return": "return"}


@router.post("/desk/act/{act}")
async def do(request: Request, act: str) -> Response:
    """Do one thing with one case, as the one who is signed in."""
    if act not in BODIES:
        raise Refused("not_found")
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    wrong = _wrong(request, act, form)
    if wrong:
        return await run_in_threadpool(_again, request, act, form, wrong)
    answer = await call(request, "POST", _path(act, form), Ask(BODIES[act](form)))
    if not answer.ok:
        return await run_in_threadpool(_refused, request, act, form, answer)
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
    if act == "contact" and form.get("reached") not in YES_NO:
        missing["reached"] = NEEDED[act]["reached"]
    return missing


def _path(act: str, form: Form) -> str:
    if act in ORDER_PATHS:
        return f"/api/v1/orders/{quote(form.get('order_id'), safe='')}/{ORDER_PATHS[act]}"
    if act == "dispatch":
        return "/api/v1/orders"
    return f"/api/v1/cases/{quote(form.get('number'), safe='')}/{act}"


async def _written(request: Request, act: str, form: Form, answer: Answer) -> Response:
    service, version = answer.body["service"], answer.body["version"]
    case_id = UUID(answer.body["case_id"])
    there = await _reached(request, service, case_id, version)
    told = {"view": form.get("view"), "case": form.get("number"), "done": act}
    if not there:
        told["waits"] = f"{service}:{version}"
    return RedirectResponse(f"/desk?{urlencode(told)}", 303)


async def _reached(request: Request, service: str, case_id: UUID, version: int) -> bool:
    with anyio.move_on_after(WAIT_SECONDS):
        while not await run_in_threadpool(_has_reached, request, service, case_id, version):
            await anyio.sleep(LOOK_EVERY_SECONDS)
        return True
    return False


def _has_reached(request: Request, service: str, case_id: UUID, version: int) -> bool:
    with door_here(request).unit.transaction() as db:
        return repository.has_reached(db, service, case_id, version)


def _refused(request: Request, act: str, form: Form, answer: Answer) -> Response:
    errors = {name: told for name, told in answer.errors(SOURCE).items() if name in form.values}
    told = "" if errors else answer.says(SOURCE)
    return _again(request, act, form, Beside(errors=errors, told=told, status=answer.status))


def _again(request: Request, act: str, form: Form, beside: Beside) -> Response:
    typed = {name: value for name, value in form.values.items() if name not in HERE}
    return show(request, _sought(form), replace(beside, values={**typed, "act": act}))


def _sought(form: Form) -> Sought:
    return Sought(view=form.get("view"), case=form.get("number"))
