"""The rota: who is on duty, the week and the month, and the forms of those who keep it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages.account import told_by
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.catalogue import unit_choices
from services.portal.pages.dates import CHINA
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from services.portal.pages.rota_values import DUTIES, Told, month_of, rota_values, week_of
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.policy import Action, Resource, may

router = APIRouter()

HERE, API = "/desk/rota", "/api/v1/rota"
PHONES = "/api/v1/duty-telephones"
DONE: Mapping[str, str] = MappingProxyType(
    {
        "day": _("已排好这一天。"),
        "away": _("已标记不在岗，替补马上接替。"),
        "back": _("已销假。"),
        "plan": _("已按规律排好。"),
        "person": _("已登记值班人员。"),
        "post": _("已设置岗位开放时间。"),
        "phone": _("已保存值班电话。"),
        "move": _("已移交停用单位的工单；没有承接单位的已进入派单池。"),
    }
)
SHIFT_ROWS = 5
SUBSTITUTES = ("substitute_1", "substitute_2")
FIELDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "day": {"crew.person": "person", "crew.substitutes": "substitute_1"},
        "plan": {"crews": "person_0", "person": "person_0", "substitutes": "substitute_0"},
        "away": {"login": "who", "unit": "who"},
        "move": {"code": "because"},
    }
)
"""What the API calls a field, where the form calls it otherwise."""


@dataclass(frozen=True, slots=True)
class Act:
    """What one form asks of the API, and with which body."""

    needs: Action
    method: str
    path: Callable[[Form], str]
    body: Callable[[Form], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the rota: what was typed, what is wrong, what was done."""

    act: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    note: str = ""
    status: int = 200


def _post_path(form: Form) -> str:
    kind, _slash, unit = form.get("post").partition("/")
    return f"{API}/posts/{quote(kind or '-', safe='')}/{quote(unit or '-', safe='')}"


def _crew(person: str, *substitutes: str) -> dict[str, Any] | None:
    named = [each for each in substitutes if each]
    return {"person": person, "substitutes": named} if person else None


def _day(form: Form) -> dict[str, Any]:
    return {"crew": _crew(form.get("person"), *map(form.get, SUBSTITUTES))}


def _plan(form: Form) -> dict[str, Any]:
    rows = range(SHIFT_ROWS)
    crews = [_crew(form.get(f"person_{row}"), form.get(f"substitute_{row}")) for row in rows]
    told = {name: form.get(name) for name in ("first", "last", "turn")}
    return {**told, "crews": [crew for crew in crews if crew is not None]}


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA).isoformat()
    except ValueError:
        return text  # the API says what is wrong with it


def _named(form: Form, name: str) -> str:
    return quote(form.get(name) or "-", safe="")


def _of_unit(form: Form) -> str:
    return f"{API}/units/{_named(form, 'unit')}"


def _whose(form: Form) -> tuple[str, str]:
    unit, _slash, login = form.get("who").partition("/")
    return quote(unit or "-", safe=""), login


def _away(form: Form) -> dict[str, Any]:
    moments = {name: _moment(form.get(name)) for name in ("begins", "ends")}
    return {"login": _whose(form)[1], "ground": form.get("ground"), **moments}


def _person(form: Form) -> dict[str, Any]:
    told = {"name": form.get("name"), "phone": form.optional("phone")}
    return {**told, "duties": form.all("duties"), "active": form.get("active") != "no"}


def _post(form: Form) -> dict[str, Any]:
    days = {
        name: form.get(name).replace("，", " ").replace(",", " ").split() for name in NAMED_DAYS
    }
    weekdays = [int(each) for each in form.all("weekdays") if each.isdecimal()]
    hours = {name: form.get(name) for name in ("opens", "closes")}
    return {**hours, **days, "weekdays": weekdays, "active": form.get("active") != "no"}


NAMED_DAYS = ("open_on", "closed_on")
ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "day": Act(
            Action.ROTA_WRITE,
            "PUT",
            lambda form: f"{_post_path(form)}/days/{quote(form.get('day') or '-', safe='')}",
            _day,
        ),
        "plan": Act(Action.ROTA_WRITE, "POST", lambda form: f"{_post_path(form)}/plan", _plan),
        "away": Act(
            Action.ROTA_WRITE,
            "POST",
            lambda form: f"{API}/units/{_whose(form)[0]}/absences",
            _away,
        ),
        "back": Act(
            Action.ROTA_WRITE,
            "POST",
            lambda form: f"{_of_unit(form)}/absences/{_named(form, 'absence_id')}/end",
            lambda _form: None,
        ),
        "person": Act(
            Action.ROTA_WRITE,
            "PUT",
            lambda form: f"{_of_unit(form)}/people/{_named(form, 'login')}",
            _person,
        ),
        "post": Act(
            Action.ROTA_WRITE,
            "PUT",
            lambda form: (
                f"{API}/posts/{quote(form.get('kind') or '-', safe='')}"
                f"/{quote(form.get('unit') or '-', safe='')}"
            ),
            _post,
        ),
        "phone": Act(
            Action.ROTA_WRITE,
            "PUT",
            lambda form: f"{PHONES}/{_named(form, 'unit')}",
            lambda form: {"phone": form.optional("phone")},
        ),
        "move": Act(
            Action.ORDER_DISPATCH,
            "POST",
            lambda form: f"/api/v1/ended-units/{quote(form.get('unit') or '-', safe='')}/move",
            lambda form: {"because": form.get("because")},
        ),
    }
)


@router.get(HERE)
@demands(Action.ROTA_READ, audience=Audience.STAFF)
async def rota(request: Request, done: str = "") -> Response:
    """Show a week of all posts, or a month of one."""
    return await _show(request, Beside(note=DONE.get(done, "")))


@router.get(f"{HERE}/alert")
@demands(Action.ROTA_READ, audience=Audience.STAFF)
async def alert(request: Request) -> Response:
    """Return what a desk says of the rota: whether it is the reader's turn, where nobody is."""
    actor, door = staff_of(request), door_here(request)
    today = door.now().astimezone(CHINA).date().isoformat()
    mine = await call(request, "GET", f"{API}/now?mine=true")
    gaps: list[Any] = []
    if may(actor, Action.ROTA_WRITE, Resource(node=door.node.code, unit=actor.unit)).allowed:
        answer = await call(request, "GET", f"{API}?first={today}&last={today}")
        gaps = answer.body["gaps"] if answer.ok else []
    told = Told.of({"gaps": gaps, "now": mine.body if mine.ok else []})
    return page(request, "desk/rota_alert.html", {"rota": told, "duties": DUTIES})


@router.get(f"{HERE}/of/{{unit}}")
@demands(Action.ROTA_READ, audience=Audience.STAFF)
async def of_unit(request: Request, unit: str) -> Response:
    """Return who is on duty for a unit, to be shown beside its order."""
    staff_of(request)
    answer = await call(request, "GET", f"{API}/now?{urlencode({'unit': unit})}")
    told = Told.of({"now": answer.body if answer.ok else []})
    return page(request, "desk/rota_unit.html", {"rota": told, "duties": DUTIES})


@router.post(f"{HERE}/act/{{act}}")
@demands_by("act", {name: act.needs for name, act in ACTS.items()})
async def change(request: Request, act: str) -> Response:
    """Do what one form of the rota asks for."""
    staff_of(request)
    form = await read_staff_form(request)
    chosen = ACTS.get(act)
    if chosen is None:
        raise Refused("not_found")
    once = form.optional("key")
    ask = Ask(chosen.body(form), once=once)
    answer = await call(request, chosen.method, chosen.path(form), ask)
    if not answer.ok:
        return await _show(request, _wrong(act, form, answer))
    shown = {name: form.get(name) for name in ("week", "month", "of") if form.get(name)}
    return RedirectResponse(f"{HERE}?{urlencode({**shown, 'done': act})}", 303)


def _wrong(act: str, form: Form, answer: Answer) -> Beside:
    names = FIELDS.get(act, {})
    found = {_name(name, names): told for name, told in answer.errors().items()}
    values = {**form.values, **{name: form.all(name) for name in ("duties", "weekdays")}}
    named = {name: told for name, told in found.items() if name in values}
    told = "" if named else answer.says()
    return Beside(act, values, named, told, status=answer.status)


def _name(name: str, names: Mapping[str, str]) -> str:
    return names.get(name, name.partition(".")[0])


async def _show(request: Request, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    now = door.now().astimezone(CHINA)
    asked = dict(request.query_params) | {
        name: str(beside.values[name])
        for name in ("week", "month", "of", "post", "day")
        if name in beside.values
    }
    first, last = _span(asked, now.date())
    whole = told_by(await call(request, "GET", f"{API}?first={first}&last={last}"))
    on_duty = told_by(await call(request, "GET", f"{API}/now"))
    ended = await _ended(request)
    told = Told.of({**whole, "now": on_duty, "ended": ended})
    writes = may(actor, Action.ROTA_WRITE, Resource(node=door.node.code, unit=actor.unit)).allowed
    more = {
        "tools": tools_of(actor, door),
        "writes": writes,
        "moves": may(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code)).allowed,
        "beside": beside,
        "units": await run_in_threadpool(unit_choices, door),
        "phones": told_by(await call(request, "GET", PHONES))["items"] if writes else [],
    }
    values = rota_values(told, asked, (first, last), now)
    return page(request, "desk/rota.html", {**values, **more}, beside.status)


async def _ended(request: Request) -> list[Any]:
    actor, door = staff_of(request), door_here(request)
    if not may(actor, Action.POOL_READ, Resource(node=door.node.code)).allowed:
        return []
    answer = await call(request, "GET", "/api/v1/ended-units")
    return list(answer.body) if answer.ok else []


def _span(asked: Mapping[str, str], today: date) -> tuple[date, date]:
    if asked.get("month"):
        return month_of(asked["month"], today)
    first = week_of(asked.get("week", ""), today)
    return first, first + timedelta(days=6)
