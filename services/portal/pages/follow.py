"""Follow a case: number and query code by a form, the case without either in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.portal.pages.calling import Answer, Ask, Holder, call
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import forget, recall, recall_mine, remember
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import language_of, page
from services.portal.pages.seen import SeenCase
from shared.clock import new_id
from shared.http.demands import Audience, demands, open_to
from shared.security.numbers import normalise_case_number, normalise_query_code
from shared.security.policy import Action

router = APIRouter()

CLOSED = "/follow?closed=1"
"""Where somebody is led whose case is no longer open in this browser."""
NO_NUMBER = _("请填编号。")
NO_CODE = _("请填查询码。")
BAD_NUMBER = _("编号不对，请照着回执核对每一位。")
BAD_CODE = _("查询码不对：一共 10 位，没有 0、1、2、5、8，也没有字母 B、I、L、O、S、U、V、Z。")


@dataclass(frozen=True, slots=True)
class Beside:
    """What was typed into one form of the page, and what is wrong with it."""

    request_id: UUID | None = None
    """Of an answer to a request for materials: which one."""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    act: str = ""
    """Which form it is, if it answers no request."""


NOTHING = Beside()
DONE: Mapping[str, str] = {
    "urge": _("已催办，承办单位看得到。"),
    "withhold": _("已对承办单位保密。"),
    "add": _("已补充，承办单位看得到。"),
    "withdrawn": _("已撤回，短信会告诉您。"),
    "taken_back": _("已恢复，这件接着办。"),
    "contact": _("联系电话换好了，新的查询码已发到新号码。"),
}
"""What was done, told once above the page."""


@router.get("/follow")
@open_to(Audience.EVERYBODY, "to show which case is one's own")
def ask(request: Request, closed: bool = False) -> HTMLResponse:
    """Ask for number and query code; what follows `#` stays in the browser."""
    return _form(request, {"number": "", "code": "", "closed": closed})


@router.post("/follow")
@open_to(Audience.EVERYBODY, "to show which case is one's own")
async def open_case(request: Request) -> Response:
    """Open a case for this browser when number and code fit."""
    form = await read_form(request)
    typed = {"number": form.get("number"), "code": form.get("code")}
    number, code = normalise_case_number(typed["number"]), normalise_query_code(typed["code"])
    wrong = {"number": BAD_NUMBER if typed["number"] else NO_NUMBER} if number is None else {}
    wrong |= {"code": BAD_CODE if typed["code"] else NO_CODE} if code is None else {}
    if number is None or code is None:
        return _form(request, typed, wrong)
    holder = Holder(number, code)
    answer = await call(request, "GET", f"/api/v1/cases/{number}", Ask(holder=holder))
    if not answer.ok:
        return _form(request, typed, told=answer.says(language_of(request)))
    opened = RedirectResponse("/follow/case", 303)
    remember(request, opened, holder)
    return opened


@router.get("/follow/case")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def show_case(request: Request) -> Response:
    """Show where the opened case stands, who holds it and what happens next."""
    return await case_page(request)


async def case_page(
    request: Request, told: str = "", status: int = 200, beside: Beside = NOTHING
) -> Response:
    """Return the page of the opened case, or the way to open one again."""
    holder, answer = await opened_case(request)
    if holder is None or not answer.ok:
        return RedirectResponse(CLOSED, 303)
    case, mine = SeenCase.model_validate(answer.body), recall_mine(request)
    others = len(mine.numbers) - 1 if mine else 0
    known = {"case": case, "can_renew": holder.has_pass, "others": others, "told": told}
    known |= {"key": new_id().hex, "done": DONE.get(request.query_params.get("done", ""), "")}
    return page(request, "citizen/follow_case.html", {**known, "beside": beside}, status)


@router.post("/follow/sibling")
@demands(Action.CASE_READ, audience=Audience.HOLDER)
async def open_sibling(request: Request) -> Response:
    """Open another case of the same report with the code by which this one is open."""
    form, holder = await read_form(request), recall(request)
    number = normalise_case_number(form.get("number"))
    if holder is None or number is None:
        return RedirectResponse(CLOSED, 303)
    other = Holder(number, holder.code)
    answer = await call(request, "GET", f"/api/v1/cases/{number}", Ask(holder=other))
    if not answer.ok:
        return await case_page(request, answer.says(language_of(request)), answer.status)
    opened = RedirectResponse("/follow/case", 303)
    remember(request, opened, other, recall_mine(request))
    return opened


@router.post("/follow/leave")
@open_to(Audience.EVERYBODY, "closes the case in this browser")
def leave(request: Request) -> Response:
    """Close the case for this browser, which others may use next."""
    answer = RedirectResponse("/", 303)
    forget(answer)
    return answer


async def opened_case(request: Request) -> tuple[Holder | None, Answer]:
    """Return the case this browser has open and what the API says of it now."""
    holder = recall(request)
    if holder is None:
        return None, Answer(404)
    return holder, await call(request, "GET", f"/api/v1/cases/{holder.number}", Ask(holder=holder))


def _form(
    request: Request,
    values: dict[str, Any],
    errors: dict[str, str] | None = None,
    told: str = "",
) -> HTMLResponse:
    say = translations(language_of(request)).gettext
    shown = {name: say(text) for name, text in (errors or {}).items()}
    known = {"values": values, "errors": shown, "told": told}
    return page(request, "citizen/follow.html", known, 422 if errors or told else 200)
