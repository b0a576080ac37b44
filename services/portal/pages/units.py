"""The room of units: the tree as it stands, and a file of units with a preview."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, fits_session, read_staff_form
from services.portal.pages.language import SOURCE
from services.portal.pages.language import later as _
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.pages.sheets import SheetLine, lines_of, template_of
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.http.files import Upload, read_upload
from shared.http.problems import problem_of
from shared.security.policy import Action

router = APIRouter()

HERE, API = "/admin/units", "/api/v1/unit-imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        _("编码"): "code",
        _("名称"): "title",
        _("区划代码"): "region",
        _("上级单位编码"): "parent",
        _("公开电话"): "phone",
        _("在用"): "active",
        _("种类"): "kind",
        _("垂管部门"): "supervised_by",
        _("启用日期"): "valid_from",
        _("最后一天"): "valid_until",
        _("承接单位编码"): "successors",
    }
)
FIELDS: Mapping[str, str] = MappingProxyType({name: head for head, name in COLUMNS.items()})
EXAMPLE = (
    *("SCJGJ", "县市场监督管理局", "341523", "ZWFWZX", "0564-8621234"),
    *("是", "普通", "", "2026-01-01", "", ""),
)
KINDS: Mapping[str, str] = MappingProxyType(
    {"ordinary": _("普通"), "vertical": _("垂管"), "outside": _("外部")}
)
CHANGES: Mapping[str, str] = MappingProxyType(
    {"new": _("新增"), "changed": _("修改"), "same": _("不变")}
)
YES_NO: Mapping[str, bool] = MappingProxyType(
    {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the units: a preview with the lines it is of, and what is wrong."""

    preview: Mapping[str, Any] | None = None
    lines: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@router.get(HERE)
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
async def units(request: Request, done: str = "") -> Response:
    """Show the units, and take a file of them."""
    return await _shown(request, Beside(), done=bool(done))


@router.get(f"{HERE}/template.xlsx")
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
def template(request: Request) -> Response:
    """Hand out an empty file with the headings."""
    staff_of(request)
    told = {"content-disposition": 'attachment; filename="units.xlsx"'}
    return Response(template_of(list(COLUMNS), EXAMPLE), media_type=XLSX, headers=told)


@router.post(f"{HERE}/import")
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
async def read_file(request: Request) -> Response:
    """Read a file and show what it would change, line by line."""
    staff_of(request)
    upload: Upload | None = None
    try:
        upload = await read_upload(request)
        found = await run_in_threadpool(lines_of, upload.data, COLUMNS)
    except Refused as refused:
        problem = problem_of(refused)
        errors = {each.field: each.zh for each in problem.errors if each.field == "file"}
        wrong = Beside(errors=errors, told="" if errors else problem.detail, status=UNFINISHED)
        return await _shown(request, wrong)
    if not fits_session(request, Form(upload.fields)):
        raise Refused("not_allowed", "csrf")
    return await _preview(request, [_told(line) for line in found])


@router.post(f"{HERE}/keep")
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
async def keep(request: Request) -> Response:
    """Write what the preview showed, if it still holds."""
    staff_of(request)
    form = await read_staff_form(request)
    try:
        lines = json.loads(form.get("lines"))
    except ValueError as error:
        raise Refused("not_found") from error
    body = {"lines": lines, "keep": True}
    answer = await call(request, "POST", API, Ask(body))
    if not answer.ok:
        return await _shown(request, Beside(told=answer.says(SOURCE), status=answer.status))
    if not answer.body["kept"]:
        return await _preview(request, lines)
    return RedirectResponse(f"{HERE}?done=1", 303)


async def _preview(request: Request, lines: Sequence[Mapping[str, Any]]) -> Response:
    answer = await call(request, "POST", API, Ask({"lines": list(lines)}))
    if not answer.ok:
        return await _shown(request, Beside(told=answer.says(SOURCE), status=answer.status))
    wrong = bool(answer.body["errors"])
    beside = Beside(
        answer.body, json.dumps(lines, ensure_ascii=False), status=UNFINISHED if wrong else 200
    )
    return await _shown(request, beside)


async def _shown(request: Request, beside: Beside, *, done: bool = False) -> Response:
    return await run_in_threadpool(_page, request, beside, done)


def _page(request: Request, beside: Beside, done: bool) -> Response:
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        found = repository.units(db, active_only=False)
    values = {
        "tools": tools_of(actor, door),
        "units": found,
        "titles": {unit.code: unit.title for unit in found},
        "beside": beside,
        "done": done,
        "kinds": KINDS,
        "changes": CHANGES,
        "fields_of": FIELDS,
        "headings": list(COLUMNS),
    }
    return page(request, "admin/units.html", values, beside.status)


def _told(line: SheetLine) -> dict[str, Any]:
    """Return a line as the API takes it: words of people in the words of the API."""
    cells: dict[str, Any] = dict(line.cells)
    kinds = {word: kind for kind, word in KINDS.items()}
    if "kind" in cells:
        cells["kind"] = kinds.get(cells["kind"], cells["kind"])
    if "active" in cells:
        cells["active"] = YES_NO.get(cells["active"].lower(), cells["active"])
    if "successors" in cells:
        cells["successors"] = cells["successors"].replace("、", " ").replace(",", " ").split()
    return {"line": line.line, "cells": cells}
