"""Staff change the telephone of who called or came: the new one shows itself by a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.next_steps import may_see
from services.portal.pages.person_acts import PERSON_CHANNELS
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.pages.several_words import owners
from services.portal.repository import CaseCard
from shared.clock import new_id
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

HERE = "/desk/contact"
LONGEST = 60
NO_PHONE = _("请填新的手机号。")
NO_CODE = _("请填诉求人念的 6 位数字。")


@dataclass(frozen=True, slots=True)
class Typed:
    """Of which case, which change waits for its code, what was typed and what is wrong with it."""

    case: str
    change: str = ""
    to: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""


@router.get(HERE)
@demands(Action.CONTACT_CHANGE, audience=Audience.STAFF)
async def show(
    request: Request, case: Annotated[str, Query()] = "", change: str = "", to: str = ""
) -> Response:
    """Ask for the new telephone of a person, or for the code that went there."""
    typed = Typed(case[:LONGEST], change[:LONGEST], to[:LONGEST])
    return await run_in_threadpool(_page, request, typed)


@router.post(HERE)
@demands(Action.CONTACT_CHANGE, audience=Audience.STAFF)
async def ask(request: Request) -> Response:
    """Have a code sent to the new telephone."""
    form = await read_staff_form(request)
    number = form.get("case")[:LONGEST]
    values = {"phone": form.get("phone")} | _whose(form)
    if not values["phone"]:
        return await _again(request, Typed(number, values=values, errors={"phone": NO_PHONE}))
    answer = await call(request, "POST", _api(number), Ask(values, once=form.optional("key")))
    if not answer.ok:
        return await _refused(request, Typed(number, values=values), answer, "phone")
    sent = {"case": number, "change": answer.body["change_id"], "to": answer.body["masked_phone"]}
    return RedirectResponse(f"{HERE}?{urlencode(sent)}", 303)


@router.post(f"{HERE}/code")
@demands(Action.CONTACT_CHANGE, audience=Audience.STAFF)
async def prove(request: Request) -> Response:
    """Put the new telephone down when the code is right."""
    form = await read_staff_form(request)
    case, change, to = (form.get(name)[:LONGEST] for name in ("case", "change", "to"))
    typed = Typed(case, change, to)
    if not form.get("code"):
        return await _again(request, replace(typed, errors={"code": NO_CODE}))
    there = f"{_api(typed.case)}/{quote(typed.change or '-', safe='')}"
    answer = await call(request, "POST", there, Ask(_proof(form)))
    if not answer.ok:
        return await _refused(request, typed, answer, "code")
    return RedirectResponse(
        f"/desk?{urlencode({'case': typed.case, 'done': 'number_changed'})}", 303
    )


def _whose(form: Form) -> dict[str, str]:
    serial = form.optional("complainant")
    return {"complainant": serial} if serial else {}


def _proof(form: Form) -> dict[str, str]:
    channel = form.optional("channel")
    return {"code": form.get("code")} | ({"channel": channel} if channel else {})


async def _refused(request: Request, typed: Typed, answer: Answer, name: str) -> Response:
    errors = {key: told for key, told in answer.errors().items() if key == name}
    told = "" if errors else answer.says()
    return await _again(request, replace(typed, errors=errors, told=told))


async def _again(request: Request, typed: Typed) -> Response:
    return await run_in_threadpool(_page, request, typed)


def _page(request: Request, typed: Typed) -> Response:
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        case = repository.case_page(db, typed.case) if typed.case else None
    if case is None or not case.is_ours or not may_see(actor, case, door.node.code):
        raise Refused("unknown_case")
    known = contact_values(case, typed) | {"tools": tools_of(actor, door)}
    status = UNFINISHED if typed.errors or typed.told else 200
    return page(request, "desk/contact.html", known, status)


def contact_values(case: CaseCard, typed: Typed) -> dict[str, object]:
    """Return what the page shows."""
    known = {"case": case, "typed": typed, "key": new_id().hex, "reached_by": PERSON_CHANNELS}
    return known | {"owners": owners(case.others or ())}


def _api(number: str) -> str:
    return f"/api/v1/cases/{quote(number or '-', safe='')}/contact"
