"""Staff come and go; who is not signed in is led here and afterwards back."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import tools_of
from services.portal.pages.forms import read_form, read_staff_form
from services.portal.pages.home import local
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.http.demands import Audience, open_to
from shared.security.actor import Actor, ActorKind

router = APIRouter()

MISSING = {"login": _("请填账号。"), "password": _("请填密码。")}
START = "/desk"
PLACES = ("/desk", "/admin")
SECOND_STEP = "/desk/login/code"
CODE_MISSING = _("请填动态口令。")
NOT_SIGNED_IN = 401


@router.get("/desk/login")
@open_to(Audience.EVERYBODY, "to show who one is")
def ask(request: Request, to: str = START) -> Response:
    """Ask for login and password."""
    actor: Actor = request.scope["actor"]
    if actor.kind is ActorKind.STAFF:
        return RedirectResponse(work(to), 303)
    return _form(request, {"login": "", "to": work(to)})


@router.post("/desk/login")
@open_to(Audience.EVERYBODY, "to show who one is")
async def come(request: Request) -> Response:
    """Begin a session; the API counts what fails."""
    form = await read_form(request)
    typed = {"login": form.get("login"), "to": work(form.get("to"))}
    password = form.values.get("password", "")
    given = {"login": typed["login"], "password": password}
    errors = {name: told for name, told in MISSING.items() if not given[name]}
    if errors:
        return _form(request, typed, errors)
    answer = await call(request, "POST", "/api/v1/sessions", Ask(given))
    if not answer.ok:
        return _form(request, typed, told=answer.says())
    there = typed["to"]
    if answer.body["needs"] == "code":
        there = f"{SECOND_STEP}?to={quote(there, safe='/')}"
    return handed_on(RedirectResponse(there, 303), answer)


@router.get(SECOND_STEP)
@open_to(Audience.EVERYBODY, "to show who one is")
def ask_code(request: Request, to: str = START) -> Response:
    """Ask for a code of the second factor."""
    return _code_form(request, work(to))


@router.post(SECOND_STEP)
@open_to(Audience.EVERYBODY, "to show who one is")
async def show_code(request: Request) -> Response:
    """Complete the sign-in; who took too long begins with the password again."""
    form = await read_form(request)
    to, code = work(form.get("to")), form.get("code")
    if not code:
        return _code_form(request, to, {"code": CODE_MISSING})
    answer = await call(request, "POST", "/api/v1/sessions/code", Ask({"code": code}))
    if answer.status == NOT_SIGNED_IN:
        return RedirectResponse(f"/desk/login?to={quote(to, safe='/')}", 303)
    if not answer.ok:
        errors = answer.errors()
        return _code_form(request, to, errors, "" if errors else answer.says())
    return handed_on(RedirectResponse(to, 303), answer)


@router.post("/desk/leave")
@open_to(Audience.STAFF, "ends no session but the own")
async def go(request: Request) -> Response:
    """End the session."""
    await read_staff_form(request)
    answer = await call(request, "DELETE", "/api/v1/sessions")
    return handed_on(RedirectResponse("/desk/login", 303), answer)


def handed_on(response: Response, answer: Answer) -> Response:
    """Return the response with the cookies that the API set."""
    for line in answer.cookies:
        response.headers.append("set-cookie", line)
    return response


def work(to: str) -> str:
    """Return where at the desk an address leads, the desk itself for anything else."""
    path = local(to)
    return path if path.startswith(PLACES) else START


def _code_form(
    request: Request, to: str, errors: dict[str, str] | None = None, told: str = ""
) -> Response:
    shown = "desk/sign_in_code.html"
    return _shown(request, shown, {"values": {"to": to}, "errors": errors or {}, "told": told})


def sign_in_form(request: Request, to: str, told: str) -> Response:
    """Return the sign-in page with what went wrong on another way in."""
    return _form(request, {"login": "", "to": to}, told=told)


def _form(
    request: Request,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    told: str = "",
) -> Response:
    shown = "desk/sign_in.html"
    sso = door_here(request).settings.sso_title if request.app.state.sso else ""
    known = {"values": values, "errors": errors or {}, "told": told, "sso": sso}
    return _shown(request, shown, known)


def _shown(request: Request, template: str, known: dict[str, Any]) -> Response:
    actor: Actor = request.scope["actor"]
    if actor.kind is ActorKind.STAFF:  # somebody else signs in before the last one has left
        known["tools"] = tools_of(actor, door_here(request))
    return page(request, template, known, 422 if known["errors"] or known["told"] else 200)
