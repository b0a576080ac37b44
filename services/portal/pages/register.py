"""Register for a person who stands at the window or is on the line: one screen, one receipt."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages import expired
from services.portal.pages.act_forms import AGAINST, against
from services.portal.pages.agents import AGENCY, agent_of
from services.portal.pages.answer_forms import (
    ANSWER_FIELDS,
    ENDINGS,
    answer_errors,
    answer_lacks,
    answer_told,
    may_answer,
)
from services.portal.pages.caller import NOBODY
from services.portal.pages.calling import Answer, Ask, Holder, call
from services.portal.pages.catalogue import item_choices, unit_choices
from services.portal.pages.channel_forms import (
    Forms,
    channel_forms,
    known_before,
    names_of,
    placed,
    typed,
)
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.draft import first_sentence
from services.portal.pages.follow import opened_case
from services.portal.pages.forms import Form, number_in, read_form
from services.portal.pages.keepsake import remember
from services.portal.pages.language import later as _
from services.portal.pages.places import places
from services.portal.pages.rendering import door_here, page
from services.portal.pages.seen import SeenCase
from services.portal.pages.together import BAD_LINE, codes_of, keep_codes, others_of
from services.portal.pages.words import CHANNELS as CHANNEL_WORDS
from shared.errors import Refused
from shared.http.demands import Audience, demands, open_to
from shared.security.actor import Actor
from shared.security.channels import CHANNELS
from shared.security.policy import Action

router = APIRouter()

FIELDS = (
    *("text", "title", "item", "region", "spot", "attempts", "demand", "channel"),
    *("kind", "name", "phone", "id_kind", "id_number", "address", "agent_name", "agent_phone"),
    *("key", "withheld", "others", "relation", "told", "authority", "authority_until"),
    *("against_unit", "against_person", "language", "agent_language"),
    *ANSWER_FIELDS,
)
OF_REPORTER = ("kind", "name", "phone", "language", "id_kind", "id_number", "address")
NEEDED = {
    "text": _("请写什么事没办成。"),
    "name": _("请填姓名或名称。"),
    "phone": _("请填电话。"),
    "channel": _("请选来源。"),
}
NO_ATTEMPTS = _("请填跑过几次，最少 1 次。")
OFTEN_FIRST = ("window", "hotline")


@router.get("/desk/new")
@demands(Action.CASE_REGISTER, audience=Audience.STAFF)
async def ask(request: Request) -> Response:
    """Show the empty form."""
    forms = await channel_forms(request)
    return await run_in_threadpool(_form, request, Form({}), forms)


@router.post("/desk/new")
@demands(Action.CASE_REGISTER, audience=Audience.STAFF)
async def take(request: Request) -> Response:
    """Register, and go on to the receipt."""
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    forms = await channel_forms(request)
    lacks, told = _wrong(request, form)
    if lacks or told:
        return await run_in_threadpool(_form, request, form, forms, lacks, told)
    beside = {"channel_fields": typed(form, forms, form.get("channel"))}
    ask = Ask(_body(form) | beside | answer_told(form), once=form.optional("key"))
    answer = await call(request, "POST", "/api/v1/cases", ask)
    code = answer.body.get("query_code")
    if code is None:
        errors = _not_taken(answer, form.get("channel"), forms)
        told = "" if errors else answer.says()
        return await run_in_threadpool(_form, request, form, forms, errors, told)
    receipt = RedirectResponse("/desk/receipt", 303)
    remember(request, receipt, Holder(answer.body["number"], code))
    keep_codes(request, receipt, answer.body)
    return receipt


@router.get("/desk/receipt")
@open_to(Audience.STAFF, "shows what this browser has just registered")
async def receipt(request: Request) -> Response:
    """Show the receipt of what was just registered, to print and hand over."""
    actor, door = staff_of(request), door_here(request)
    holder, answer = await opened_case(request)
    if holder is None or not answer.ok:
        return RedirectResponse("/desk", 303)
    case, qr = SeenCase.model_validate(answer.body), follow_code(door.node.public_url, holder)
    known = {"case": case, "holder": holder, "tools": tools_of(actor, door), "qr": qr}
    known["codes"] = codes_of(request, holder.number)
    return page(request, "desk/receipt.html", known)


def follow_code(site: str, holder: Holder) -> str:
    """Return the way to a case as a picture that a telephone reads; the code stands behind `#`."""
    link = f"{site}/follow#number={holder.number}&code={holder.code}"
    picture: str = segno.make(link, error="m").svg_data_uri(scale=4, border=2, light="#fff")
    return picture


def _wrong(request: Request, form: Form) -> tuple[dict[str, str], str]:
    if expired.is_of_before(request, form):
        return {}, expired.ONCE_MORE
    lacks = {name: told for name, told in NEEDED.items() if not form.get(name)}
    if form.get("attempts") and not number_in(form.get("attempts")):
        lacks["attempts"] = NO_ATTEMPTS
    if others_of(form.get("others")) is None:
        lacks["others"] = BAD_LINE
    return lacks | answer_lacks(form), ""


def _body(form: Form) -> dict[str, Any]:
    text, spot = form.get("text"), form.get("spot")
    body = {
        "region": form.get("region"),
        "channel": form.get("channel"),
        "reporter": _party(form, OF_REPORTER),
        "title": form.get("title") or first_sentence(text),
        "text": f"{text}\n\n办理地点：{spot}" if spot else text,
        "item": form.optional("item"),
        "demand": form.get("demand") or "help",
        "attempts": number_in(form.get("attempts")) or 1,
        "name_withheld": form.get("withheld") == "yes",
        "others": others_of(form.get("others")),
        "care": list(form.all("care")),
    }
    if form.get("agent_name"):
        body["agent"] = agent_of(form)
    meant = against(form.get("against_unit"), form.get("against_person"))
    return body | ({"complained_of": meant} if any(meant.values()) else {})


def _party(form: Form, names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name in names if (value := form.get(name))}


def _not_taken(answer: Answer, channel: str, forms: Forms) -> dict[str, str]:
    if answer.ok:
        return known_before(forms, channel, answer.body["number"])
    told = {
        {**AGAINST, **AGENCY}.get(
            name, name.removeprefix("reporter.").replace("agent.", "agent_")
        ): text
        for name, text in placed(answer_errors(answer.errors()), channel).items()
    }
    return {name: text for name, text in told.items() if name in (*FIELDS, *names_of(forms))}


def _form(
    request: Request,
    form: Form,
    forms: Forms,
    errors: Mapping[str, str] | None = None,
    told: str = "",
) -> Response:
    actor, door = staff_of(request), door_here(request)
    channels = _channels(actor)
    if not channels:
        raise Refused("not_allowed")
    values = {name: form.get(name) for name in (*FIELDS, *names_of(forms))}
    care = {name: list(form.all(name)) for name in ("care", "scopes")}
    usual = {
        "region": door.node.code,
        "attempts": "1",
        "demand": "help",
        "kind": "person",
        "key": uuid4().hex,
    }
    usual["channel"], usual["told"] = channels[0][0], "agent"
    known = {
        "values": {name: value or usual.get(name, "") for name, value in values.items()} | care,
        "forms": forms,
        "errors": errors or {},
        "told": told,
        "similar": [],
        **NOBODY,
        "may_count": True,
        "channels": channels,
        "items": item_choices(door),
        "units": unit_choices(door),
        "may_answer": may_answer(actor, door),
        "endings": ENDINGS,
        "places": places(door.node.code),
        "tools": tools_of(actor, door),
    }
    shown = page(request, "desk/new.html", known, 422 if errors or told else 200)
    shown.headers["Cache-Control"] = "no-store"  # it may hold a person in the clear
    return shown


def _channels(actor: Actor) -> list[tuple[str, str]]:
    mine = frozenset().union(*(CHANNELS.get(role, frozenset()) for role in actor.roles))
    first = [channel for channel in OFTEN_FIRST if channel in mine]
    rest = [channel for channel in CHANNEL_WORDS if channel in mine and channel not in first]
    return [(channel, CHANNEL_WORDS[channel]) for channel in first + rest]
