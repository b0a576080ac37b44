"""Write a precedent: from a finished case, from nothing, or the next edition of one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages import expired
from services.portal.pages.calling import Ask, call
from services.portal.pages.catalogue import item_choices, item_title
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_form
from services.portal.pages.language import later as _
from services.portal.pages.library import (
    API,
    PATH,
    SCOPES,
    Precedent,
    case_of,
    fetched,
    library_values,
)
from services.portal.pages.places import places
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import OUTCOMES
from shared.http.demands import Audience, demands
from shared.security.masking import mask_text
from shared.security.policy import Action

router = APIRouter()

FIELDS = (
    *("title", "question", "answer", "item", "region", "policy", "valid_from", "valid_to"),
    *("keywords", "outcome", "scope", "case", "case_id", "key"),
)
NEEDED = {
    "title": _("请写一句话概括。"),
    "question": _("请写当时卡在哪里。"),
    "answer": _("请写最后怎么办成的。"),
}
SENT_AS = {"item_code": "item", "item_name": "item", "regions": "region", "body": "valid_to"}
"""Our names of the fields that the API names otherwise."""
APART = str.maketrans("，、；;\n", ",,,,,")


@router.get(f"{PATH}/new")
@demands(Action.PRECEDENT_WRITE, audience=Audience.STAFF)
def begin(request: Request, case: str = "") -> Response:
    """Show the form, with what a case tells of itself where one is meant."""
    staff_of(request)
    values = {"scope": "node", "region": door_here(request).node.code, "key": uuid4().hex}
    if case:
        values |= _of_case(request, case)
    return _form(request, values, f"{PATH}/new")


@router.post(f"{PATH}/new")
@demands(Action.PRECEDENT_WRITE, audience=Audience.STAFF)
async def write(request: Request) -> Response:
    """Keep a draft."""
    return await _kept(request, "POST", API, f"{PATH}/new")


@router.get(f"{PATH}/{{precedent_id:uuid}}/edit")
@demands(Action.PRECEDENT_WRITE, audience=Audience.STAFF)
async def change(request: Request, precedent_id: UUID) -> Response:
    """Show the form with the last edition."""
    staff_of(request)
    values = _of_precedent(await fetched(request, precedent_id))
    return await run_in_threadpool(_form, request, values, f"{PATH}/{precedent_id}/edit")


@router.post(f"{PATH}/{{precedent_id:uuid}}/edit")
@demands(Action.PRECEDENT_WRITE, audience=Audience.STAFF)
async def rewrite(request: Request, precedent_id: UUID) -> Response:
    """Keep the change as a draft."""
    return await _kept(request, "PUT", f"{API}/{precedent_id}", f"{PATH}/{precedent_id}/edit")


async def _kept(request: Request, method: str, path: str, here: str) -> Response:
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    values = {name: form.get(name) for name in FIELDS}
    lacks = {name: told for name, told in NEEDED.items() if not values[name]}
    told = expired.ONCE_MORE if expired.is_of_before(request, form) else ""
    if lacks or told:
        return await run_in_threadpool(_form, request, values, here, lacks, told)
    body = await run_in_threadpool(_body, request, form, method)
    once = form.optional("key") if method == "POST" else None
    answer = await call(request, method, path, Ask(body, once=once))
    if answer.ok:
        return RedirectResponse(f"{PATH}/{answer.body['precedent_id']}?done=written", 303)
    errors = {_ours(name): said for name, said in answer.errors().items()}
    errors = {name: said for name, said in errors.items() if name in FIELDS}
    told = "" if errors else answer.says()
    return await run_in_threadpool(_form, request, values, here, errors, told)


def _ours(name: str) -> str:
    first = name.split(".")[0]
    return SENT_AS.get(first, first)


def _body(request: Request, form: Form, method: str) -> dict[str, Any]:
    item = form.optional("item")
    names = ("title", "question", "answer", "policy", "valid_from", "valid_to", "outcome")
    told = {name: form.optional(name) for name in names}
    keywords = form.get("keywords").translate(APART).split(",")
    case = {"case_id": form.optional("case_id")} if method == "POST" else {}
    return {
        **told,
        **case,
        "item_code": item,
        "item_name": item_title(door_here(request), item) if item else None,
        "regions": [form.get("region")] if form.get("region") else [],
        "keywords": [word.strip() for word in keywords if word.strip()],
        "scope": form.get("scope") or "node",
    }


def _of_case(request: Request, number: str) -> dict[str, str]:
    case = case_of(request, staff_of(request), number)
    told = {
        "title": case.title_masked,
        "question": case.text_masked,
        "answer": case.answer_masked,
    }
    masked = {name: mask_text(text or "") for name, text in told.items()}
    known = {"item": case.item_code, "region": case.region, "outcome": case.outcome}
    beside = {"case": number, "case_id": str(case.case_id)}
    return masked | {name: text or "" for name, text in known.items()} | beside


def _of_precedent(one: Precedent) -> dict[str, str]:
    texts = ("title", "question", "answer", "policy", "outcome", "scope")
    days = {name: getattr(one, name) for name in ("valid_from", "valid_to")}
    return {
        **{name: getattr(one, name) or "" for name in texts},
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "item": one.item_code or "",
        "region": one.regions[0] if one.regions else "",
        "keywords": "，".join(one.keywords),
    }


def _form(
    request: Request,
    values: Mapping[str, str],
    here: str,
    errors: Mapping[str, str] | None = None,
    told: str = "",
) -> Response:
    actor, door = staff_of(request), door_here(request)
    known = {
        **library_values(actor, door.node.code),
        "values": {name: values.get(name, "") for name in FIELDS},
        "here": here,
        "errors": errors or {},
        "told": told,
        "items": item_choices(door),
        "places": places(door.node.code),
        "outcomes": list(OUTCOMES.items()),
        "choices": list(SCOPES.items()),
        "tools": tools_of(actor, door),
    }
    return page(request, "desk/precedent_form.html", known, 422 if errors or told else 200)
