"""Rate what was done: a face first, then whether it is solved, and why."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, call
from services.portal.pages.follow import CLOSED, opened_case
from services.portal.pages.forms import Form, number_in, read_form
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.reasons import CORE, REASONS
from services.portal.pages.rendering import going_back, language_of, page
from services.portal.pages.seen import SeenCase
from shared.http.demands import Audience, demands, open_to
from shared.security.policy import Action

router = APIRouter()

SAY_SOLVED = _("请选您的事解决了没有。")
ANSWERS = {"yes": True, "no": False}


@router.get("/follow/rate")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def ask_level(request: Request) -> Response:
    """Show the five faces, while this round can be rated."""
    _holder, answer = await opened_case(request)
    if not answer.ok:
        return RedirectResponse(CLOSED, 303)
    if not answer.body["can_rate"]:
        return RedirectResponse("/follow/case", 303)
    case = SeenCase.model_validate(answer.body)
    values = {"key": uuid4().hex}
    return page(
        request,
        "citizen/rate_level.html",
        {"case": case, "values": values, "errors": {}, "told": ""},
    )


@router.post("/follow/rate")
@demands(Action.EVALUATION_SUBMIT, audience=Audience.HOLDER)
async def take(request: Request) -> Response:
    """Take the face and ask for the rest, or send the whole rating."""
    form = await read_form(request)
    level = number_in(form.get("level")) or 0
    if level not in REASONS:
        return RedirectResponse("/follow/rate", 303)
    if not form.get("send"):
        return _reasons(request, form, level)
    if form.get("solved") not in ANSWERS:
        return _reasons(request, form, level, {"solved": SAY_SOLVED})
    return await _send(request, form, level)


@router.get("/follow/thanks")
@open_to(Audience.EVERYBODY, "a sentence of thanks")
def thanks(request: Request, solved: bool = True) -> Response:
    """Thank the person, and say what becomes of a no."""
    return page(request, "citizen/rate_thanks.html", {"solved": solved})


async def _send(request: Request, form: Form, level: int) -> Response:
    holder, seen = await opened_case(request)
    if holder is None or not seen.ok:
        return RedirectResponse(CLOSED, 303)
    solved = ANSWERS[form.get("solved")]
    body = {
        "level": level,
        "solved": solved,
        "reasons": [code for code in form.all("reasons") if code in REASONS[level]],
        "text": form.optional("text"),
    }
    ask = Ask(body, holder, form.optional("key"))
    answer = await call(request, "POST", "/api/v1/evaluations", ask)
    if not answer.ok:
        language = language_of(request)
        return _reasons(request, form, level, answer.errors(language), answer.says(language))
    return RedirectResponse(f"/follow/thanks?solved={str(solved).lower()}", 303)


def _reasons(
    request: Request,
    form: Form,
    level: int,
    errors: dict[str, str] | None = None,
    told: str = "",
) -> Response:
    say = translations(language_of(request)).gettext
    options = list(REASONS[level].items())
    chosen = form.all("reasons")
    values: dict[str, Any] = {
        "key": form.get("key") or uuid4().hex,
        "level": level,
        "solved": form.get("solved"),
        "text": form.get("text"),
        "reasons": chosen,
    }
    known = {
        "values": values,
        "options": options,
        "opened": any(code in chosen for code, _word in options[CORE:]),
        "errors": {name: say(text) for name, text in (errors or {}).items()},
        "told": "" if errors else told,
    }
    shown = page(request, "citizen/rate_reasons.html", known, 422 if errors or told else 200)
    shown.headers["Cache-Control"] = going_back(request)
    return shown
