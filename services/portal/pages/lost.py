"""Back to a case without its query code: a code by message to the telephone of the report.

Every page here says the same whether anything matches or not.
"""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, Holder, Mine, call
from services.portal.pages.follow import CLOSED, case_page, opened_case
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import is_secure, recall, recall_mine, remember
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import language_of, page
from services.portal.pages.seen import SeenCase
from shared.http.demands import Audience, demands, open_to
from shared.security.policy import Action

router = APIRouter()

NOT_BY_THIS = 403
"""Who opened the case by its query code keeps that code: another comes by telephone only."""

API = "/api/v1/one-time-codes"
ASK_COOKIE = "backstop_ask"
ASK_SECONDS = 900
"""A little longer than a code lives, so that its end is told and not a form that forgot."""
FOR_THOSE = "for people who lost number or query code"
NO_PHONE = _("请填反映时留的手机号。")
NO_CODE = _("请填短信里的 6 位数字。")


@router.get("/follow/lost")
@open_to(Audience.EVERYBODY, FOR_THOSE)
def ask(request: Request) -> Response:
    """Ask for the telephone, and for the number if it is known."""
    return _lost(request, {"phone": "", "number": ""})


@router.post("/follow/lost")
@open_to(Audience.EVERYBODY, FOR_THOSE)
async def send(request: Request) -> Response:
    """Let a code be sent if it matches, and go on to where it is typed."""
    form = await read_form(request)
    typed = {"phone": form.get("phone"), "number": form.get("number")}
    if not typed["phone"]:
        return _lost(request, typed, {"phone": _say(request, NO_PHONE)})
    body = {name: value for name, value in typed.items() if value}
    answer = await call(request, "POST", API, Ask(body))
    if not answer.ok:
        language = language_of(request)
        return _lost(request, typed, answer.errors(language), answer.says(language))
    sent = RedirectResponse("/follow/lost/code", 303)
    sent.set_cookie(
        ASK_COOKIE,
        str(answer.body["ask_id"]),
        max_age=ASK_SECONDS,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return sent


@router.get("/follow/lost/code")
@open_to(Audience.EVERYBODY, FOR_THOSE)
def ask_for_code(request: Request) -> Response:
    """Ask for the digits of the message."""
    if not request.cookies.get(ASK_COOKIE):
        return RedirectResponse("/follow/lost", 303)
    return _code(request)


@router.post("/follow/lost/code")
@open_to(Audience.EVERYBODY, FOR_THOSE)
async def use(request: Request) -> Response:
    """Open the cases for this browser when the digits are right."""
    form = await read_form(request)
    asked = request.cookies.get(ASK_COOKIE)
    if not asked:
        return RedirectResponse("/follow/lost", 303)
    if not form.get("code"):
        return _code(request, {"code": _say(request, NO_CODE)})
    path = f"{API}/{quote(asked, safe='')}/use"
    answer = await call(request, "POST", path, Ask({"code": form.get("code")}))
    if not answer.ok:
        language = language_of(request)
        ours = {k: v for k, v in answer.errors(language).items() if k == "code"}
        return _code(request, ours, answer.says(language))
    mine = Mine(answer.body["case_pass"], tuple(answer.body["numbers"]))
    return _opened(request, mine)


@router.get("/follow/mine")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def list_mine(request: Request) -> Response:
    """Show the cases that a one-time code has opened."""
    mine = recall_mine(request)
    if mine is None:
        return RedirectResponse(CLOSED, 303)
    found = []
    for number in mine.numbers:
        ask = Ask(holder=Holder(number, mine.case_pass))
        answer = await call(request, "GET", f"/api/v1/cases/{number}", ask)
        if answer.ok:
            found.append(SeenCase.model_validate(answer.body))
    if not found:
        return RedirectResponse(CLOSED, 303)
    return page(request, "citizen/follow_mine.html", {"cases": found})


@router.post("/follow/mine")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def choose(request: Request) -> Response:
    """Open another one of the person's cases."""
    form, mine = await read_form(request), recall_mine(request)
    holder = mine.holder(form.get("number")) if mine else None
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    chosen = RedirectResponse("/follow/case", 303)
    remember(request, chosen, holder, mine)
    return chosen


@router.post("/follow/renew")
@demands(Action.CODE_RENEW, audience=Audience.HOLDER)
async def renew(request: Request) -> Response:
    """Get a new query code for the case that is open."""
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    path = f"/api/v1/cases/{holder.number}/query-code"
    answer = await call(request, "POST", path, Ask(holder=holder))
    if not answer.ok:
        return await case_page(request, answer.says(language_of(request)), NOT_BY_THIS)
    renewed = RedirectResponse("/follow/renewed", 303)
    fresh = Holder(holder.number, answer.body["query_code"])
    remember(request, renewed, fresh, recall_mine(request))
    return renewed


@router.get("/follow/renewed")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def show_renewed(request: Request) -> Response:
    """Show the new query code, to keep or to print."""
    holder, answer = await opened_case(request)
    if holder is None or not answer.ok:
        return RedirectResponse(CLOSED, 303)
    if holder.has_pass:
        return RedirectResponse("/follow/case", 303)
    case = SeenCase.model_validate(answer.body)
    return page(request, "citizen/renewed.html", {"case": case, "holder": holder})


def _opened(request: Request, mine: Mine) -> Response:
    where = "/follow/case" if len(mine.numbers) == 1 else "/follow/mine"
    opened = RedirectResponse(where, 303)
    remember(request, opened, Holder(mine.numbers[0], mine.case_pass), mine)
    opened.delete_cookie(ASK_COOKIE)
    return opened


def _lost(
    request: Request,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    told: str = "",
) -> Response:
    known: dict[str, Any] = {"values": values, "errors": errors or {}}
    known["told"] = "" if errors else told
    return page(request, "citizen/lost.html", known, 422 if errors or told else 200)


def _code(request: Request, errors: dict[str, str] | None = None, told: str = "") -> Response:
    known = {"values": {}, "errors": errors or {}, "told": "" if errors else told}
    return page(request, "citizen/lost_code.html", known, 422 if errors or told else 200)


def _say(request: Request, text: str) -> str:
    return translations(language_of(request)).gettext(text)
