"""What other regions can do, at the desk: looked up beside a case, noted, withdrawn (N13)."""

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
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.places import places
from services.portal.pages.rendering import UNFINISHED, door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands
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
    "withdraw": _("已撤下，不再影响新的反映。"),
}
FORM_OF_NOTHING = "-"


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


@router.get(AT)
@demands(Action.BENCHMARK_READ, audience=Audience.STAFF)
async def benchmarks(request: Request, item: str = "") -> Response:
    """Show what other regions can do, of one item if asked, and the form for one more."""
    return await _shown(request, item[:200], Beside())


@router.post(AT)
@demands(Action.BENCHMARK_NOTE, audience=Audience.STAFF)
async def note(request: Request) -> Response:
    """Note that a region can do an item."""
    staff_of(request)
    form = await read_staff_form(request)
    typed = {name: form.get(name) for name in (*FIELDS, "key")}
    lacks = {name: told for name, told in NEEDED["note"].items() if not typed[name]}
    if lacks:
        return await _shown(request, "", Beside("note", typed, lacks, status=UNFINISHED))
    body = {name: typed[name] for name in FIELDS if typed[name]}
    answer = await call(request, "POST", API, Ask(body, once=form.optional("key")))
    return await _told(request, "note", Beside("note", typed), answer)


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
    path = f"{API}/{quote(named, safe='')}/withdraw"
    answer = await call(request, "POST", path, Ask({"because": because}))
    return await _told(request, "withdraw", Beside(named, _typed(form)), answer)


def _typed(form: Form) -> dict[str, str]:
    return {"because": form.get("because")}


async def _told(request: Request, act: str, typed: Beside, answer: Answer) -> Response:
    if answer.ok:
        return RedirectResponse(f"{AT}?{urlencode({'done': act})}", 303)
    errors = {name: told for name, told in answer.errors().items() if name in typed.values}
    told = "" if errors else answer.says()
    return await _shown(request, "", Beside(typed.act, typed.values, errors, told, answer.status))


async def _shown(request: Request, item: str, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    used = await _listed(request, {"item": item})
    gone = await _listed(request, {"item": item, "withdrawn": "true"})
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(request.query_params.get("done", ""), ""),
        "notes": may(actor, Action.BENCHMARK_NOTE, Resource(node=door.node.code)).allowed,
        "places": places(door.node.code),
        "sought": item,
        "key": beside.values.get("key") or uuid4().hex,
        **benchmark_values(used, gone, beside),
    }
    return await run_in_threadpool(page, request, "desk/benchmarks.html", known, beside.status)


async def _listed(request: Request, which: Mapping[str, str]) -> Any:
    answer = await call(request, "GET", f"{API}?{urlencode(which)}")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    return answer.body["benchmarks"]


def benchmark_values(used: Any, gone: Any, beside: Beside) -> dict[str, Any]:
    """Return what the page shows of the register."""
    return {
        "used": [Benchmark.model_validate(each) for each in used],
        "gone": [Benchmark.model_validate(each) for each in gone],
        "of": beside.act,
        "values": beside.values,
        "errors": beside.errors,
        "told": beside.told,
    }
