"""Change one's own password; who was given one comes here before anything else."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.http.demands import Audience, open_to

router = APIRouter()

HERE = "/desk/account/password"
MISSING = {
    "present": _("请填现在的密码。"),
    "password": _("请填新密码。"),
    "again": _("请把新密码再输一次。"),
}
DIFFERENT = {"again": _("两次输入的新密码不一样，请重新输入。")}


@router.get(HERE)
@open_to(Audience.STAFF, "it is the own account")
def ask(request: Request) -> Response:
    """Show the form."""
    return _form(request, {})


@router.post(HERE)
@open_to(Audience.STAFF, "it is the own account")
async def change(request: Request) -> Response:
    """Change the password, and go on."""
    staff_of(request)
    form = await read_staff_form(request)
    errors = {name: told for name, told in MISSING.items() if not form.values.get(name)}
    if not errors and form.values["password"] != form.values["again"]:
        errors = DIFFERENT
    if errors:
        return _form(request, errors)
    body = {name: form.values[name] for name in ("present", "password")}
    answer = await call(request, "PUT", "/api/v1/account/password", Ask(body))
    if not answer.ok:
        errors = answer.errors()
        return _form(request, errors, "" if errors else answer.says())
    was_first = request.scope.get("duty") is not None
    return RedirectResponse("/desk" if was_first else "/desk/account?done=password", 303)


def _form(request: Request, errors: Mapping[str, str], told: str = "") -> Response:
    tools = tools_of(staff_of(request), door_here(request))
    known = {"tools": tools, "errors": errors, "told": told}
    shown = page(request, "desk/password.html", known, 422 if errors or told else 200)
    shown.headers["Cache-Control"] = "no-store"
    return shown
