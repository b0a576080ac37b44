"""The room of units: the tree as it stands, and a file of units with a preview."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.importing import CHANGES, Beside, ImportRoom, yes_or_no
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

HERE = "/admin/units"
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


@router.get(HERE)
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
async def units(request: Request, done: str = "") -> Response:
    """Show the units, and take a file of them."""
    return await run_in_threadpool(_page, request, Beside(), bool(done))


@router.get(f"{HERE}/template.xlsx")
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
def template(request: Request) -> Response:
    """Hand out an empty file with the headings."""
    staff_of(request)
    return ROOM.template()


@router.post(f"{HERE}/import")
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
async def read_file(request: Request) -> Response:
    """Read a file and show what it would change, line by line."""
    return await ROOM.read(request)


@router.post(f"{HERE}/keep")
@demands(Action.UNIT_WRITE, audience=Audience.STAFF)
async def keep(request: Request) -> Response:
    """Write what the preview showed, if it still holds."""
    return await ROOM.keep(request)


async def _shown(request: Request, beside: Beside) -> Response:
    return await run_in_threadpool(_page, request, beside, False)


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


def _told(cells: Mapping[str, str]) -> Mapping[str, Any]:
    told: dict[str, Any] = dict(cells)
    kinds = {word: kind for kind, word in KINDS.items()}
    if "kind" in cells:
        told["kind"] = kinds.get(cells["kind"], cells["kind"])
    if "active" in cells:
        told["active"] = yes_or_no(cells["active"])
    if "successors" in cells:
        told["successors"] = cells["successors"].replace("、", " ").replace(",", " ").split()
    return told


ROOM = ImportRoom(
    here=HERE,
    api="/api/v1/unit-imports",
    columns=COLUMNS,
    example=EXAMPLE,
    told=_told,
    show=_shown,
)
