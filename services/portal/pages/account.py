"""My account: who I am here, how I sign in, and where I am signed in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal import repository
from services.portal.pages.calling import Answer, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, open_to

router = APIRouter()

HERE = "/desk/account"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "not_found", 409: "wrong_state"}
DONE: Mapping[str, str] = {
    "password": _("密码改好了。这个账号在别处的登录都已退出。"),
    "ended": _("已退出。那里下一次操作就要重新登录。"),
}


class SecondFactor(BaseModel):
    """The second factor as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    confirmed_at: datetime | None
    recovery_codes_left: int


class OwnAccount(BaseModel):
    """The own account as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    login: str
    name: str
    unit: str | None
    second_factor: SecondFactor
    single_sign_on: bool = False


class OwnSession(BaseModel):
    """One session as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    started_at: datetime
    seen_at: datetime
    address: str
    device: str
    current: bool


@router.get(HERE)
@open_to(Audience.STAFF, "it is the own account")
async def account(request: Request, done: str = "") -> Response:
    """Show the own account."""
    actor, door = staff_of(request), door_here(request)
    own = OwnAccount.model_validate(told_by(await call(request, "GET", "/api/v1/account")))
    sessions = told_by(await call(request, "GET", "/api/v1/account/sessions"))
    known: dict[str, Any] = {
        "tools": tools_of(actor, door),
        "account": own,
        "unit": _unit_title(request, own.unit),
        "sessions": [OwnSession.model_validate(each) for each in sessions],
        "note": DONE.get(done, ""),
    }
    return page(request, "desk/account.html", known)


@router.post(f"{HERE}/sessions")
@open_to(Audience.STAFF, "it is the own account")
async def end(request: Request) -> Response:
    """End one of the own sessions, or all others."""
    staff_of(request)
    form = await read_staff_form(request)
    chosen = form.get("id")
    path = "/api/v1/account/sessions" + (f"/{quote(chosen, safe='')}" if chosen else "")
    answer = await call(request, "DELETE", path)
    if not answer.ok and answer.status not in {404, 422}:
        told_by(answer)
    return RedirectResponse(f"{HERE}?done=ended", 303)


def told_by(answer: Answer) -> Any:
    """Return what the API told; Refused where it refused."""
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    return answer.body


def _unit_title(request: Request, code: str | None) -> str:
    if code is None:
        return ""
    with door_here(request).unit.transaction() as db:
        found = repository.unit(db, code)
    return found.title if found else code
