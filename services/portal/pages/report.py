"""Report something that could not be done: three steps, a last look, a receipt."""

from typing import Any

from anyio import from_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages import kiosk
from services.portal.pages.calling import Answer, Ask, Holder, call
from services.portal.pages.catalogue import item_choices, item_title, unit_choices, unit_title
from services.portal.pages.draft import ORDER, SENT_AS, STEPS, Draft, step_of
from services.portal.pages.follow import CLOSED
from services.portal.pages.forms import Form, read_form
from services.portal.pages.home import keep_look
from services.portal.pages.keepsake import recall, remember
from services.portal.pages.language import LANGUAGES, translations
from services.portal.pages.places import places
from services.portal.pages.rendering import (
    LANGUAGE_COOKIE,
    PRINT_COOKIE,
    door_here,
    going_back,
    page,
)
from services.portal.pages.rendering import language_of as spoken
from services.portal.pages.seen import SeenCase
from services.portal.pages.similar import similar_to
from services.portal.pages.together import codes_of, keep_codes
from shared.http.demands import Audience, demands, open_to
from shared.regions import full_name_of
from shared.security.policy import Action

router = APIRouter()


@router.get("/report")
@open_to(Audience.EVERYBODY, "anybody may report")
def begin(request: Request) -> Response:
    """Ask what could not be done."""
    return _step(request, "what", Draft.of(Form({}), door_here(request).node.code))


@router.post("/report")
@open_to(Audience.EVERYBODY, "anybody may report")
async def go_on(request: Request) -> Response:
    """Take the answers of one step and show the one asked for, or send the report."""
    form = await read_form(request)
    draft, at = Draft.of(form, door_here(request).node.code), form.get("at")
    if form.get("print") or form.get("lang"):
        return await run_in_threadpool(_in_another_look, request, form, draft)
    target = form.get("go")
    if target == "send":
        return await _send(request, draft)
    if target not in ORDER:
        target = "what"
    return await run_in_threadpool(_move, request, draft, at, target)


@router.get("/report/done")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def done(request: Request) -> Response:
    """Show number and query code of what was just reported, to keep and to print."""
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    answer = await call(request, "GET", f"/api/v1/cases/{holder.number}", Ask(holder=holder))
    if not answer.ok:
        return RedirectResponse(CLOSED, 303)
    case = SeenCase.model_validate(answer.body)
    return page(
        request,
        "citizen/report_done.html",
        {"case": case, "holder": holder, "codes": codes_of(request, holder.number)},
    )


async def _send(request: Request, draft: Draft) -> Response:
    gap = draft.first_gap()
    if gap is not None:
        return await run_in_threadpool(_step, request, gap, draft, draft.lacks(gap))
    ask = Ask(
        {**draft.body(spoken(request)), **kiosk.fields_of(request)}, once=draft.values["key"]
    )
    answer = await call(request, "POST", "/api/v1/cases", ask)
    if not answer.ok:
        return await run_in_threadpool(_refused, request, draft, answer)
    done_page = RedirectResponse("/report/done", 303)
    remember(request, done_page, Holder(answer.body["number"], answer.body["query_code"]))
    keep_codes(request, done_page, answer.body)
    return done_page


def _move(request: Request, draft: Draft, at: str, target: str) -> Response:
    forward = at in ORDER and ORDER.index(target) > ORDER.index(at)
    wrong = draft.lacks(at) if forward else {}
    if wrong:
        return _step(request, at, draft, wrong)
    gap = draft.first_gap()
    if target == "review" and gap is not None:
        return _step(request, gap, draft, draft.lacks(gap))
    return _step(request, target, draft)


def _refused(request: Request, draft: Draft, answer: Answer) -> Response:
    language = spoken(request)
    told = {SENT_AS.get(name, name): text for name, text in answer.errors(language).items()}
    ours = {name: text for name, text in told.items() if name in draft.values}
    step = step_of(next(iter(ours))) if ours else "review"
    shown = {name: text for name, text in ours.items() if step_of(name) == step}
    return _step(request, step, draft, shown, "" if shown else answer.says(language))


def _in_another_look(request: Request, form: Form, draft: Draft) -> Response:
    step = form.get("at") if form.get("at") in ORDER else "what"
    request.cookies.update(_chosen(form))
    answer = _step(request, step, draft)
    keep_look(request, answer, form)
    return answer


def _chosen(form: Form) -> dict[str, str]:
    chosen = {}
    if form.get("print"):
        chosen[PRINT_COOKIE] = form.get("print")
    if form.get("lang") in LANGUAGES:
        chosen[LANGUAGE_COOKIE] = form.get("lang")
    return chosen


def _step(
    request: Request,
    step: str,
    draft: Draft,
    errors: dict[str, str] | None = None,
    told: str = "",
) -> Response:
    say = translations(spoken(request)).gettext
    number = ORDER.index(step)
    values: dict[str, Any] = {
        "at": step,
        "step": number + 1,
        "back": ORDER[number - 1] if number else None,
        "forward": ORDER[number + 1] if step in STEPS else "send",
        "values": draft.values,
        "carried": draft.carried(step),
        "errors": {name: say(text) for name, text in (errors or {}).items()},
        "told": told,
        **_offered(request, step, draft),
    }
    shown = page(request, f"citizen/report_{step}.html", values, 422 if errors or told else 200)
    shown.headers["Cache-Control"] = going_back(request)
    return shown


def _offered(request: Request, step: str, draft: Draft) -> dict[str, Any]:
    door, say = door_here(request), translations(spoken(request)).gettext
    match step:
        case "what":
            return {"items": item_choices(door), **_similar(request, draft)}
        case "where":
            found = places(door.node.code)
            named = [(say(title), options) for title, options in found]
            return {"places": named, "units": unit_choices(door)}
        case "review":
            return {"shown": _shown(request, draft), **_similar(request, draft)}
        case _:
            return {}


def _similar(request: Request, draft: Draft) -> dict[str, Any]:
    told = draft.values
    asked = (request, told["text"], told["item"] or None, told["region"])
    return {"similar": from_thread.run(similar_to, *asked)}


def _shown(request: Request, draft: Draft) -> dict[str, str | None]:
    door, told = door_here(request), draft.values
    return {
        "title": draft.title,
        "item": item_title(door, told["item"]) if told["item"] else None,
        "region": full_name_of(told["region"]) or told["region"],
        "against": unit_title(door, told["against_unit"]) if told["against_unit"] else None,
    }
