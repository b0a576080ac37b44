"""Set up a second factor: the password again, a code to scan, a first code, recovery codes."""

from collections.abc import Mapping
from dataclasses import dataclass

import segno
from fastapi import APIRouter, Request, Response

from services.portal.handlers import uri_of
from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.http.demands import Audience, open_to

router = APIRouter()

HERE = "/desk/account/second-factor"
API = "/api/v1/account/second-factor"
MISSING = {"present": _("请填现在的密码。")}
CODE_MISSING = {"code": _("请填应用上显示的 6 位数字。")}
GROUP = 4
MOST_SECRET = 64


@dataclass(frozen=True, slots=True)
class Shown:
    """A secret as it is shown: to scan, and to type."""

    secret: str
    image: str
    groups: str


@router.get(HERE)
@open_to(Audience.STAFF, "it is the own account")
def ask(request: Request) -> Response:
    """Ask for the password before anything is made."""
    return _page(request, None, {})


@router.post(HERE)
@open_to(Audience.STAFF, "it is the own account")
async def begin(request: Request) -> Response:
    """Make a secret and show it."""
    staff_of(request)
    present = (await read_staff_form(request)).values.get("present", "")
    if not present:
        return _page(request, None, MISSING)
    answer = await call(request, "POST", API, Ask({"present": present}))
    if not answer.ok:
        errors = answer.errors()
        return _page(request, None, errors, "" if errors else answer.says())
    return _page(request, shown(answer.body["secret"], answer.body["uri"]), {})


@router.post(f"{HERE}/confirm")
@open_to(Audience.STAFF, "it is the own account")
async def confirm(request: Request) -> Response:
    """Let the secret count once a code of it fits, and show the recovery codes."""
    staff_of(request)
    form = await read_staff_form(request)
    code = form.get("code")
    if not code:
        return _page(request, _again(request, form), CODE_MISSING)
    answer = await call(request, "POST", f"{API}/confirmation", Ask({"code": code}))
    if not answer.ok:
        errors = answer.errors()
        # Without a field at fault nothing is being set up any more: it begins anew.
        offered = _again(request, form) if errors else None
        return _page(request, offered, errors, "" if errors else answer.says())
    tools = tools_of(staff_of(request), door_here(request))
    known = {"tools": tools, "codes": answer.body["recovery_codes"]}
    return page(request, "desk/recovery_codes.html", known)


def shown(secret: str, uri: str) -> Shown:
    """Return a secret as a picture, and in groups for who types it."""
    image = segno.make(uri, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    groups = " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP))
    return Shown(secret, image, groups)


def _again(request: Request, form: Form) -> Shown | None:
    secret = form.get("secret")
    if not secret or len(secret) > MOST_SECRET or not (secret.isascii() and secret.isalnum()):
        return None
    return shown(secret, uri_of(secret, staff_of(request).id, door_here(request).node.name))


def _page(
    request: Request, offered: Shown | None, errors: Mapping[str, str], told: str = ""
) -> Response:
    tools = tools_of(staff_of(request), door_here(request))
    known = {"tools": tools, "offered": offered, "errors": errors, "told": told}
    made = page(request, "desk/second_factor.html", known, 422 if errors or told else 200)
    made.headers["Cache-Control"] = "no-store"
    return made
