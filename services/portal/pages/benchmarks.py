"""What other regions can do, at the desk: whose entries there are, noted, put right, confirmed.

Tiers tell each other (N13): what a tier below noted is taken over here, or not.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal.pages.beside import Beside
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, number_in, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.places import places
from services.portal.pages.rendering import UNFINISHED, door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.neighbours import below
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/benchmarks"
API = "/api/v1/benchmarks"
REFUSALS = {401: "not_signed_in", 403: "not_allowed"}
FIELDS = ("item", "region", "evidence", "valid_from", "valid_until")
"""What is sent; the key of the form goes beside it."""
NEEDED: Mapping[str, Mapping[str, str]] = {
    "note": {
        "item": _("请填事项。"),
        "region": _("请选哪个地区能办。"),
        "evidence": _("请写依据：文件、网址，或者问了谁。"),
    },
    "withdraw": {"because": _("请写为什么撤下。")},
}
DONE: Mapping[str, str] = {
    "note": _("已登记。以后跑过两次以上来反映这个事项的，直接受理。"),
    "correct": _("已更正，看得到这一条的各级都会收到。"),
    "confirm": _("已确认，正在下发下级，各窗口作不予受理决定前看得到。"),
    "withdraw": _("已撤下，不再影响新的反映；看得到这一条的各级都会收到。"),
}
FORM_OF_NOTHING = "-"
OWN = "own"
GROUPS = ("above", OWN, "below")
"""Whose entries there are, in the order in which they are shown."""


class Benchmark(BaseModel):
    """A benchmark as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    benchmark_id: str
    item_code: str | None
    item_name: str
    region_name: str
    evidence_masked: str
    valid_from: date | None
    valid_until: date | None
    noted_at: datetime
    noted_name: str
    withdrawn_at: datetime | None
    withdrawn_because_masked: str | None
    counts: bool
    region: str
    edition: int
    whose: str
    node_name: str
    confirmed_at: datetime | None
    confirmed_name: str | None
    adopted_node_name: str | None
    source: str | None
    taken: bool

    @property
    def wording(self) -> dict[str, str]:
        """What the form for another wording begins with."""
        told = {"item": self.item_name, "region": self.region, "evidence": self.evidence_masked}
        told |= {"edition": str(self.edition)}
        days = {"valid_from": self.valid_from, "valid_until": self.valid_until}
        return told | {name: day.isoformat() if day else "" for name, day in days.items()}


@router.get(AT)
@demands(Action.BENCHMARK_READ, audience=Audience.STAFF)
async def benchmarks(request: Request, item: str = "", edit: str = "") -> Response:
    """Show what other regions can do, of one item if asked, and the form for one more.

    `edit` names an entry whose wording the form begins with.
    """
    return await _shown(request, item[:200], Beside(), edit)


@router.post(AT)
@demands(Action.BENCHMARK_NOTE, audience=Audience.STAFF)
async def note(request: Request) -> Response:
    """Note that a region can do an item."""
    staff_of(request)
    form = await read_staff_form(request)
    typed = {name: form.get(name) for name in (*FIELDS, "key")}
    lacks = _lacks(typed)
    if lacks:
        return await _shown(request, "", Beside("note", typed, lacks, status=UNFINISHED))
    body = {name: typed[name] for name in FIELDS if typed[name]}
    answer = await call(request, "POST", API, Ask(body, once=form.optional("key")))
    return await _told(request, "note", Beside("note", typed), answer)


@router.post(f"{AT}/correct")
@demands(Action.BENCHMARK_NOTE, audience=Audience.STAFF)
async def correct(request: Request) -> Response:
    """Give one another wording."""
    staff_of(request)
    form = await read_staff_form(request)
    named = form.get("benchmark_id") or FORM_OF_NOTHING
    typed = {name: form.get(name) for name in (*FIELDS, "edition")}
    lacks = _lacks(typed)
    if lacks:
        wrong = Beside("note", typed, lacks, status=UNFINISHED)
        return await _shown(request, "", wrong, named)
    body: dict[str, Any] = {name: typed[name] for name in FIELDS if typed[name]}
    body["edition"] = number_in(typed["edition"]) or typed["edition"]
    answer = await call(request, "POST", _path(named, "correct"), Ask(body))
    return await _told(request, "correct", Beside("note", typed), answer, named)


@router.post(f"{AT}/confirm")
@demands(Action.BENCHMARK_CONFIRM, audience=Audience.STAFF)
async def confirm(request: Request) -> Response:
    """Vouch for one to the tiers below."""
    staff_of(request)
    form = await read_staff_form(request)
    named = form.get("benchmark_id") or FORM_OF_NOTHING
    read = form.get("edition")
    body = {"edition": number_in(read) or read}
    answer = await call(request, "POST", _path(named, "confirm"), Ask(body))
    return await _told(request, "confirm", Beside(), answer)


@router.post(f"{AT}/withdraw")
@demands(Action.BENCHMARK_NOTE, audience=Audience.STAFF)
async def withdraw(request: Request) -> Response:
    """Let one count no more."""
    staff_of(request)
    form = await read_staff_form(request)
    named, because = form.get("benchmark_id") or FORM_OF_NOTHING, form.get("because")
    if not because:
        wrong = Beside(named, _typed(form), NEEDED["withdraw"], status=UNFINISHED)
        return await _shown(request, "", wrong)
    answer = await call(request, "POST", _path(named, "withdraw"), Ask({"because": because}))
    return await _told(request, "withdraw", Beside(named, _typed(form)), answer)


def _path(named: str, act: str) -> str:
    return f"{API}/{quote(named, safe='')}/{act}"


def _lacks(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: told for name, told in NEEDED["note"].items() if not typed[name]}


def _typed(form: Form) -> dict[str, str]:
    return {"because": form.get("because")}


async def _told(
    request: Request, act: str, typed: Beside, answer: Answer, edit: str = ""
) -> Response:
    if answer.ok:
        return RedirectResponse(f"{AT}?{urlencode({'done': act})}", 303)
    shown = {*typed.values} - {"edition"}
    errors = {name: told for name, told in answer.errors().items() if name in shown}
    told = "" if errors else answer.says()
    again = Beside(typed.act, typed.values, errors, told, answer.status)
    return await _shown(request, "", again, edit)


async def _shown(request: Request, item: str, beside: Beside, edit: str = "") -> Response:
    actor, door = staff_of(request), door_here(request)
    used = await _listed(request, {"item": item})
    gone = await _listed(request, {"item": item, "withdrawn": "true"})
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(request.query_params.get("done", ""), ""),
        "notes": may(actor, Action.BENCHMARK_NOTE, Resource(node=door.node.code)).allowed,
        "confirms": may(actor, Action.BENCHMARK_CONFIRM, Resource(node=door.node.code)).allowed,
        "tells_below": bool(below(door.node.neighbours)),
        "places": places(door.node.code),
        "sought": item,
        "key": beside.values.get("key") or uuid4().hex,
        **benchmark_values(used, gone, beside, edit),
    }
    return await run_in_threadpool(page, request, "desk/benchmarks.html", known, beside.status)


async def _listed(request: Request, which: Mapping[str, str]) -> Any:
    answer = await call(request, "GET", f"{API}?{urlencode(which)}")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    return answer.body["benchmarks"]


def benchmark_values(used: Any, gone: Any, beside: Beside, edit: str = "") -> dict[str, Any]:
    """Return what the page shows of the register, by whose the entries are."""
    entries = [Benchmark.model_validate(each) for each in used]
    edited = next((each for each in entries if each.benchmark_id == edit), None)
    edits = edited if edited is not None and edited.whose == OWN else None
    return {
        "used": {whose: [each for each in entries if each.whose == whose] for whose in GROUPS},
        "gone": [Benchmark.model_validate(each) for each in gone],
        "edited": edits,
        "of": beside.act or ("note" if edits else ""),
        "values": beside.values or (edits.wording if edits else {}),
        "errors": beside.errors,
        "told": beside.told,
    }
