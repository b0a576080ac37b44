"""The exports of the ledger: one's own, and those that wait for one's approval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import Answer, Ask, call, hand_out
from services.portal.pages.cell_words import cell_words
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.ledger import narrowed_words
from services.portal.pages.list_words import EXPORT_STATES, LIST_KINDS
from services.portal.pages.lists import View, cell_of, views_of
from services.portal.pages.rendering import door_here, page
from services.portal.policy import MOST_CELL
from services.portal.policy.ledger import MOST_LENGTH, Asked, NotOfTheLedger
from services.portal.repository import ListKind
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.policy import Action, Resource, may

router = APIRouter()

REFUSALS = {401: "not_signed_in", 403: "not_allowed"}
AT = "/desk/exports"
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "ask": Action.EXPORT_ASK,
        "approve": Action.EXPORT_APPROVE,
        "refuse": Action.EXPORT_APPROVE,
        "file": Action.EXPORT_ASK,
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "ask": _("已记下。件数不多的，马上就能下载；超过限额的，要等另一个人批准。"),
        "approve": _("已批准，正在生成文件，由申请人下载。"),
        "refuse": _("已答复不批准。"),
    }
)
NAMED = ("view", "text", "node", "lamp", "cell", "ledger")
LONGEST: Mapping[str, int] = MappingProxyType({"ledger": MOST_LENGTH, "cell": MOST_CELL})
UNDER_WAY = frozenset({"making"})


class Export(BaseModel):
    """An export as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    export_id: str
    state: str
    format: str
    purpose: str
    kind: str
    text: str = ""
    lamp: str | None = None
    holder: str | None = None
    cell: str = ""
    ledger: str | None = None
    rows: int
    done: int
    asked_name: str
    asked_at: datetime
    decided_name: str | None = None
    refusal: str | None = None
    is_own: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the exports: what was typed or named, what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    told: str = ""
    status: int = 200


@router.get(AT)
@demands(Action.EXPORT_ASK, audience=Audience.STAFF)
async def exports(request: Request) -> Response:
    """Show one's exports; with the name of a list, ask what it is exported for."""
    asked = request.query_params
    values = {name: asked.get(name, "")[: LONGEST.get(name, 100)] for name in NAMED}
    _by(values["ledger"])
    return await _shown(request, Beside(values, note=DONE.get(asked.get("done", ""), "")))


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Ask for an export, decide about one, or fetch one's own."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    if act == "file":
        return await _file(request, form)
    answer = await _asked(request, act, form)
    if answer.ok:
        return RedirectResponse(f"{AT}?{urlencode({'done': act})}", 303)
    values = form.values if act == "ask" else {}
    errors = {name: said for name, said in answer.errors().items() if name == "purpose"}
    told = "" if errors else answer.says()
    return await _shown(request, Beside(values, errors, told=told, status=answer.status))


async def _asked(request: Request, act: str, form: Form) -> Answer:
    if act == "ask":
        return await call(request, "POST", "/api/v1/exports", Ask(_body(request, form)))
    export_id = form.get("export_id")
    path = f"/api/v1/exports/{export_id if export_id.replace('-', '').isalnum() else '-'}/{act}"
    body = {"reason": form.get("reason")} if act == "refuse" else None
    return await call(request, "POST", path, Ask(body))


def _body(request: Request, form: Form) -> dict[str, Any]:
    view = _view(request, form.get("view"))
    told = {"kind": view.kind if view else ListKind.ALL, "format": form.get("format") or "xlsx"}
    told |= {"purpose": form.get("purpose"), "text": form.get("text")[:100]}
    told |= {"cell": form.get("cell")}
    lamp = (view.lamp if view else None) or form.optional("lamp")
    below = view is not None and view.kind is ListKind.BELOW
    ledger = {"ledger": form.get("ledger")} if form.get("ledger") else {}
    return told | ledger | {"lamp": lamp, "holder": form.optional("node") if below else None}


def _by(ledger: str) -> list[tuple[str, str]]:
    """Return by what a ledger is narrowed, in words; Refused where it asks for what is none."""
    try:
        return narrowed_words(Asked.parse(ledger))
    except NotOfTheLedger as error:
        raise Refused("bad_address", field=error.name) from error


def _view(request: Request, key: str) -> View | None:
    views = views_of(staff_of(request), door_here(request).node)
    return next((each for each in views if each.key == key), None)


async def _file(request: Request, form: Form) -> Response:
    export_id = form.get("export_id")
    named = export_id if export_id.replace("-", "").isalnum() else "-"
    answer = await hand_out(request, f"/api/v1/exports/{named}/file")
    if isinstance(answer, Answer):
        return await _shown(request, Beside(told=answer.says(), status=answer.status))
    return answer


async def _shown(request: Request, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", "/api/v1/exports")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    found = [Export.model_validate(each) for each in answer.body]
    here = Resource(node=door.node.code)
    known = {
        "tools": tools_of(actor, door),
        "narrowed": _by(beside.values.get("ledger", "")),
        "asked": _view(request, beside.values.get("view", "")),
        "values": beside.values,
        "behind": cell_words(cell_of(beside.values.get("cell", ""))),
        "errors": beside.errors,
        "note": beside.note,
        "told": beside.told,
        "decides": may(actor, Action.EXPORT_APPROVE, here).allowed,
        "alone": door.settings.export_alone_rows,
        **export_values(found),
    }
    return page(request, "desk/exports.html", known, beside.status)


def export_values(found: list[Export]) -> dict[str, Any]:
    """Return what the page shows of the exports."""
    return {
        "list_kinds": LIST_KINDS,
        "states": EXPORT_STATES,
        "cells": {each.cell: cell_words(cell_of(each.cell)) for each in found},
        "own": [each for each in found if each.is_own],
        "waiting": [each for each in found if not each.is_own],
        "words_of": {each.export_id: _by(each.ledger or "") for each in found},
        "under_way": any(each.state in UNDER_WAY for each in found),
    }
