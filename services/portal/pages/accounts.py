"""The room of accounts: one administrator gives them, another the roles, two open a way back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal.pages.account import told_by
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.catalogue import unit_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import ROLES
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter()

HERE = "/admin/accounts"
API, RESETS = "/api/v1/accounts", "/api/v1/account-resets"
LOST: Mapping[str, str] = {"password": _("密码"), "second_factor": _("动态口令")}
DONE: Mapping[str, str] = {
    "save": _("已保存。"),
    "end": _("已停用，这个账号在各处的登录都已退出。"),
    "begin": _("已恢复使用。"),
    "roles": _("职责已更新，马上生效。"),
    "sessions": _("这个账号在各处的登录都已退出。"),
    "resets": _("已提出，等另一位管理员批准。"),
    "refuse": _("已撤销这个申请。"),
    "approve": _("已重置。动态口令没有了：职责要求两步登录的，下次登录时先要重新设置。"),
}
TAKEN = {"login": _("已有这个账号，请换一个。")}
NOT_FOR_THEM = frozenset({"not_signed_in", "not_allowed"})
FIELDS = ("login", "name", "unit", "reason", "what")


class Listed(BaseModel):
    """An account as the API lists it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    login: str
    name: str
    roles: tuple[str, ...]
    unit: str | None
    active: bool
    second_factor: bool
    must_change: bool
    single_sign_on: bool = False


class Waiting(BaseModel):
    """A proposal that waits for a second person."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    login: str
    what: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the accounts: what was typed, what is wrong, what is told once."""

    act: str = ""
    """Of which form."""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    note: str = ""
    secret: str = ""
    """A one-time password; it is shown here and nowhere else."""
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What one form of an account asks for."""

    method: str
    path: str
    body: Callable[[Form, Listed], dict[str, Any] | None]


def _as_before(listed: Listed, **changed: Any) -> dict[str, Any]:
    told = {"name": listed.name, "unit": listed.unit, "active": listed.active}
    return told | changed


ACTS: Mapping[str, Act] = {
    "save": Act(
        "PUT",
        f"{API}/{{login}}",
        lambda form, was: _as_before(was, name=form.get("name"), unit=form.optional("unit")),
    ),
    "end": Act("PUT", f"{API}/{{login}}", lambda _form, was: _as_before(was, active=False)),
    "begin": Act("PUT", f"{API}/{{login}}", lambda _form, was: _as_before(was, active=True)),
    "roles": Act("PUT", f"{API}/{{login}}/roles", lambda form, _: {"roles": form.all("roles")}),
    "sessions": Act("DELETE", f"{API}/{{login}}/sessions", lambda _form, _was: None),
    "resets": Act(
        "POST",
        RESETS,
        lambda form, was: {
            "login": was.login,
            "what": form.get("what"),
            "reason": form.get("reason"),
        },
    ),
}


@router.get(HERE)
@demands(Action.ACCOUNT_READ, audience=Audience.STAFF)
async def accounts(request: Request, done: str = "") -> Response:
    """List all accounts, and the proposals that wait."""
    return await _list(request, Beside(note=DONE.get(done, "")))


@router.post(HERE)
@demands(Action.ACCOUNT_WRITE, audience=Audience.STAFF)
async def create(request: Request) -> Response:
    """Create an account, and show its one-time password."""
    staff_of(request)
    form = await read_staff_form(request)
    login = form.get("login").lower()
    if any(each.login == login for each in await _accounts(request)):
        values = {name: form.get(name) for name in FIELDS}
        return await _list(request, Beside("create", values, TAKEN))
    body = {"name": form.get("name"), "unit": form.optional("unit")}
    answer = await call(request, "PUT", f"{API}/{quote(login or '-', safe='')}", Ask(body))
    if not answer.ok:
        return await _list(request, _wrong("create", form, answer))
    return await _list(request, Beside(secret=answer.body["one_time_password"], whose=login))


@router.get(f"{HERE}/{{login}}")
@demands(Action.ACCOUNT_READ, audience=Audience.STAFF)
async def account(request: Request, login: str, done: str = "") -> Response:
    """Show one account, and what one may do with it."""
    return await _one(request, login, Beside(note=DONE.get(done, "")))


@router.post(f"{HERE}/{{login}}")
@demands(
    *(Action.ACCOUNT_WRITE, Action.ROLE_GRANT, Action.SESSION_END, Action.ACCOUNT_RECOVER),
    audience=Audience.STAFF,
)
async def change(request: Request, login: str) -> Response:
    """Do what one form of an account asks for."""
    staff_of(request)
    form = await read_staff_form(request)
    act = ACTS.get(form.get("act"))
    if act is None:
        raise Refused("not_found")
    listed = _found(await _accounts(request), login)
    path = act.path.format(login=quote(login, safe=""))
    answer = await call(request, act.method, path, Ask(act.body(form, listed)))
    if not answer.ok:
        return await _one(request, login, _wrong(form.get("act"), form, answer))
    return RedirectResponse(f"{HERE}/{quote(login, safe='')}?done={form.get('act')}", 303)


@router.post("/admin/resets/{reset_id}")
@demands(Action.ACCOUNT_RECOVER, audience=Audience.STAFF)
async def decide(request: Request, reset_id: str) -> Response:
    """Approve a proposal, and show the one-time password; or turn it down."""
    staff_of(request)
    form = await read_staff_form(request)
    act = "approve" if form.get("act") == "approve" else "refuse"
    answer = await call(request, "POST", f"{RESETS}/{quote(reset_id, safe='')}/{act}")
    if not answer.ok:
        return await _list(request, Beside("resets", told=answer.says()))
    secret = answer.body.get("one_time_password")
    if secret:
        return await _list(request, Beside(secret=secret, whose=answer.body["login"]))
    return RedirectResponse(f"{HERE}?done={act}", 303)


async def _list(request: Request, beside: Beside) -> Response:
    found = await _accounts(request)
    waiting = told_by(await call(request, "GET", RESETS))
    known = {
        "accounts": found,
        "waiting": [Waiting.model_validate(each) for each in waiting],
        "names": {each.login: each.name for each in found},
    }
    return await run_in_threadpool(_page, request, "admin/accounts.html", known, beside)


async def _one(request: Request, login: str, beside: Beside) -> Response:
    listed = _found(await _accounts(request), login)
    values = {
        "name": listed.name,
        "unit": listed.unit or "",
        "roles": listed.roles,
        "what": "password",
        **beside.values,
    }
    known = {
        "account": listed,
        "values": values,
        "roles": list(ROLES.items()),
        "lost": list(LOST.items()),
    }
    return await run_in_threadpool(_page, request, "admin/account.html", known, beside)


def _page(request: Request, template: str, known: dict[str, Any], beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    units = unit_choices(door)
    more = {
        "tools": tools_of(actor, door),
        "rights": rights_of(actor),
        "units": [("", units)],
        "unit_titles": dict(units),
        "lost_words": LOST,
        "beside": beside,
        "values": known.get("values", beside.values),
        "errors": beside.errors,
        "told": beside.told,
    }
    is_wrong = bool(beside.errors or beside.told)
    shown = page(request, template, {**known, **more}, 422 if is_wrong else 200)
    shown.headers["Cache-Control"] = "no-store"
    return shown


def rights_of(actor: Actor) -> Mapping[str, bool]:
    """Return what of the room's forms an actor may use."""
    here = Resource(node=actor.node)
    asked = {
        "write": Action.ACCOUNT_WRITE,
        "grant": Action.ROLE_GRANT,
        "end_sessions": Action.SESSION_END,
        "recover": Action.ACCOUNT_RECOVER,
    }
    return {name: may(actor, action, here).allowed for name, action in asked.items()}


async def _accounts(request: Request) -> list[Listed]:
    staff_of(request)
    return [Listed.model_validate(each) for each in told_by(await call(request, "GET", API))]


def _found(accounts: list[Listed], login: str) -> Listed:
    found = next((each for each in accounts if each.login == login), None)
    if found is None:
        raise Refused("not_found")
    return found


def _wrong(act: str, form: Form, answer: Answer) -> Beside:
    if answer.body.get("code") in NOT_FOR_THEM:
        raise Refused(answer.body["code"])
    errors = answer.errors()
    values = {name: form.get(name) for name in FIELDS if name in form.values}
    ours = {name: told for name, told in errors.items() if name in (*FIELDS, "roles")}
    told = "" if ours else answer.says()
    kept = values | ({"roles": tuple(form.all("roles"))} if act == "roles" else {})
    return Beside(act, kept, ours, told)
