"""What is kept of persons: how long, what is on hold, what was ordered, which nodes answered.

With a number the page is about one case: hold it, release it, ask to erase it. What officers ask
to correct is decided here, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages import desk
from services.portal.pages.beside import Beside
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.language import say
from services.portal.pages.rendering import door_here, page
from services.portal.settings import Settings
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.actor import Actor
from shared.security.numbers import normalise_case_number
from shared.security.policy import Action, Resource, may

router = APIRouter()

REFUSALS = {401: "not_signed_in", 403: "not_allowed", 400: "bad_cursor"}
AT = "/admin/retention"
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "hold": Action.HOLD_WRITE,
        "release": Action.HOLD_WRITE,
        "erase": Action.ERASURE_ASK,
        "approve": Action.ERASURE_APPROVE,
        "refuse": Action.ERASURE_APPROVE,
        "correct": Action.CORRECTION_APPROVE,
        "keep": Action.CORRECTION_APPROVE,
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        **{act: desk.DONE[act] for act in ("hold", "release", "erase")},
        "approve": _("已批准。本级已清除，正在通知存有副本的各级。"),
        "refuse": _("已答复不清除。"),
        "correct": _("已更正，正在通知存有副本的各级。"),
        "keep": _("已答复不更正。"),
    }
)
PATHS: Mapping[str, str] = MappingProxyType(
    {
        "hold": "/api/v1/cases/{number}/hold",
        "release": "/api/v1/cases/{number}/hold/release",
        "erase": "/api/v1/cases/{number}/erasure",
        "approve": "/api/v1/data-orders/{order_id}/approve",
        "refuse": "/api/v1/data-orders/{order_id}/refuse",
        "correct": "/api/v1/corrections/{order_id}/approve",
        "keep": "/api/v1/corrections/{order_id}/refuse",
    }
)
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "hold": ("reason", "review_on"),
        "release": ("reason",),
        "erase": ("ground", "requester", "reason"),
        "approve": (),
        "refuse": ("reason",),
        "correct": (),
        "keep": ("reason",),
    }
)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Hold(_Told):
    """A legal hold as the API tells it."""

    number: str
    reason: str
    review_on: date | None
    set_name: str
    set_at: datetime


class Copy(_Told):
    """Another node that was told of an order."""

    node: str
    told_at: datetime | None
    done_at: datetime | None
    late: bool


class Change(_Told):
    """What stood and what is to stand, masked."""

    before: str
    after: str


class Order(_Told):
    """An order to erase or correct as the API tells it."""

    order_id: str
    kind: str
    number: str
    state: str
    ground: str
    requester: str
    reason: str | None = None
    asked_by: str
    asked_name: str
    asked_at: datetime
    decided_name: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None
    digest: str | None = None
    changes: dict[str, Change] | None = None
    fields: list[str] | None = None
    copies: list[Copy] = []


class Records(_Told):
    """What is kept of the person of one case."""

    number: str
    erased_at: datetime | None = None
    hold: Hold | None = None
    orders: list[Order] = []


class Kept(_Told):
    """How long what is kept, what is on hold, who lags behind."""

    classes: list[dict[str, Any]]
    acknowledge_hours: int
    holds: list[Hold] = []
    laggards: dict[str, int] = {}


class Orders(_Told):
    """A page of orders."""

    items: list[Order] = []
    next: str | None = None


@dataclass(frozen=True, slots=True)
class KeptOtherwise:
    """A class of data beside the cases: how long it is kept, and what becomes of it then."""

    what: str
    kept: str
    then: str = _("自动删除")


def kept_otherwise(settings: Settings) -> list[KeptOtherwise]:
    """Return what the node keeps beside cases; docs/privacy.md names who empties each."""
    with_case = _("随办件")
    return [
        KeptOtherwise(
            _("短信和回执、评价、附件、经过、事件日志"), with_case, _("办件清除时一起清除")
        ),
        KeptOtherwise(
            _("审计记录（没有个人信息）、谁看过个人信息"), _("不少于 6 个月"), _("系统不自动删除")
        ),
        KeptOtherwise(_("清除命令、依法保留的记录"), _("一直"), _("备份恢复以后要照着再清除")),
        KeptOtherwise(_("导出的文件"), say(_("%d 小时")) % settings.export_hours),
        KeptOtherwise(_("谁导出过什么"), say(_("%d 天")) % settings.keep_export_days),
        KeptOtherwise(_("登录会话"), say(_("%d 小时")) % settings.session_hours),
        KeptOtherwise(_("重复提交的凭据"), _("1 天")),
        KeptOtherwise(
            _("找回查询码的验证码、输错次数"),
            _("按设置，默认 1 小时"),
        ),
        KeptOtherwise(_("系统内部已收发的消息、已处理的故障消息"), _("按设置，默认 30 天")),
        KeptOtherwise(_("拒收的级间报文（只有摘要）"), _("按设置，默认 365 天")),
        KeptOtherwise(_("系统令牌、账号"), _("一直，停用后不能登录"), _("审计要对得上是谁")),
    ]


@dataclass(frozen=True, slots=True)
class Sought:
    """What an address names."""

    number: str = ""
    state: str = ""
    cursor: str = ""
    done: str = ""


@router.get(AT)
@demands(Action.RETENTION_READ, audience=Audience.STAFF)
async def retention(
    request: Request, number: str = "", state: str = "", cursor: str = "", done: str = ""
) -> Response:
    """Show what is kept; with a number, what is kept of one case."""
    return await _shown(request, Sought(number, state, cursor, done), Beside())


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Do one thing with the person of one case, or decide about it."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    path = PATHS[act].format_map({name: _quoted(form, name) for name in ("number", "order_id")})
    body = {name: value for name in FIELDS[act] if (value := form.optional(name))}
    answer = await call(request, "POST", path, Ask(body if FIELDS[act] else None))
    about = form.get("number") if form.get("about") else ""
    if answer.ok:
        return RedirectResponse(f"{AT}?{urlencode({'number': about, 'done': act})}", 303)
    return await _shown(request, Sought(number=about), _refused(act, form, answer))


def _quoted(form: Form, name: str) -> str:
    return quote(form.get(name) or "-", safe="")


def _refused(act: str, form: Form, answer: Answer) -> Beside:
    errors = {name: told for name, told in answer.errors().items() if name in FIELDS[act]}
    told = "" if errors else answer.says()
    return Beside(act, form.values, errors, told, answer.status)


async def _shown(request: Request, sought: Sought, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    kept = Kept.model_validate(_body(await call(request, "GET", "/api/v1/retention")))
    records, missing = await _records(request, sought.number)
    asked = {name: value for name in ("state", "cursor") if (value := getattr(sought, name))}
    orders = Orders()
    if not sought.number:
        answer = await call(request, "GET", f"/api/v1/data-orders?{urlencode(asked)}")
        orders = Orders.model_validate(_body(answer))
    known = {
        "tools": tools_of(actor, door),
        "number": sought.number,
        "note": DONE.get(sought.done, ""),
        "beside": beside,
        "told": beside.told or missing,
        "can": rights(actor, door.node.code),
        "others": kept_otherwise(door.settings),
        **retention_values(kept, orders, records),
    }
    return page(request, "admin/retention.html", known, beside.status)


async def _records(request: Request, number: str) -> tuple[Records | None, str]:
    if not number:
        return None, ""
    path = quote(normalise_case_number(number) or "-", safe="")
    answer = await call(request, "GET", f"/api/v1/cases/{path}/records")
    if not answer.ok:
        return None, answer.says()
    return Records.model_validate(answer.body), ""


def _body(answer: Answer) -> Any:
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    return answer.body


def rights(actor: Actor, node: str) -> Mapping[str, bool]:
    """Return which acts an actor is offered."""
    here = Resource(node=node)
    return {act: may(actor, action, here).allowed for act, action in ACTS.items()}


def retention_values(kept: Kept, orders: Orders, records: Records | None) -> dict[str, Any]:
    """Return what the page shows of what the API answered."""
    return {
        "classes": kept.classes,
        "limit": kept.acknowledge_hours,
        "holds": kept.holds,
        "laggards": sorted(kept.laggards.items()),
        "orders": records.orders if records else orders.items,
        "more": orders.next,
        "records": records,
    }
