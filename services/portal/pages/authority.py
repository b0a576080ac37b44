"""The authority table: which tier has which item; looked at, and imported from a sheet.

A sheet is looked at first: what it would change, or each line that is wrong. The same file sent
with “import” becomes the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal import repository
from services.portal.pages.calling import Answer, Ask, Sent, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, fits_session, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.http.files import read_upload
from shared.neighbours import below
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/admin/authority"
API = "/api/v1/authority"
REFERENCE = "/api/v1/reference-items"
ACTS: Mapping[str, Action] = MappingProxyType(
    {"map": Action.ITEM_WRITE, "share": Action.ITEM_WRITE}
)
ACTED: Mapping[str, str] = MappingProxyType(
    {"map": _("已对应。"), "share": _("已把本级的事项和权限告知下级。")}
)
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 400: "bad_cursor"}
MOST_ITEMS = 2_000
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "item_code": _("事项编码"),
        "tier": _("层级"),
        "region": _("地区"),
        "valid_from": _("生效日期"),
        "valid_until": _("失效日期"),
        "legal_basis": _("依据"),
    }
)
TIERS: Mapping[str, str] = MappingProxyType(
    {
        "province": _("省"),
        "city": _("市"),
        "county": _("县"),
        "township": _("乡镇"),
    }
)
LINE_ERRORS: Mapping[str, str] = MappingProxyType(
    {
        "missing": _("没有填"),
        "column_missing": _("缺这一列，请按说明写好表头"),
        "unknown_item": _("没有这个事项编码"),
        "unknown_tier": _("层级只能是省、市、县、乡镇"),
        "place_code": _("不是行政区划代码"),
        "bad_date": _("不是日期，应当像 2026-03-01"),
        "ends_before_it_begins": _("失效早于生效"),
        "too_long": _("最多 500 个字"),
        "overlaps": _("和另一行重复，或日期重叠"),
    }
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said above the table: rows that changed, a sheet that was looked at, what failed."""

    done: int | None = None
    preview: Mapping[str, Any] | None = None
    told: str = ""
    note: str = ""
    status: int = 200


@router.get(AT)
@demands(Action.CATALOGUE_READ, audience=Audience.STAFF)
async def authority(
    request: Request, cursor: str = "", done: int | None = None, act: str = ""
) -> Response:
    """Show the table as it stands, and what of the tiers above is mapped to nothing."""
    return await _shown(request, Beside(done=done, note=ACTED.get(act, "")), cursor)


@router.post(AT)
@demands(Action.ITEM_WRITE, audience=Audience.STAFF)
async def send(request: Request) -> Response:
    """Look at a sheet, or import it."""
    staff_of(request)
    sent = await read_upload(request)
    if not fits_session(request, Form(sent.fields)):
        raise Refused("not_allowed", "csrf")
    fields = {"apply": "yes"} if sent.fields.get("act") == "apply" else {}
    answer = await call(
        request, "POST", f"{API}/imports", Ask(file=Sent(sent.name, sent.data, fields))
    )
    if not answer.ok:
        return await _shown(request, Beside(told=answer.says(), status=answer.status))
    if answer.body["applied"]:
        counts = answer.body["counts"]
        changed = sum(counts[name] for name in ("added", "removed", "changed"))
        return RedirectResponse(f"{AT}?{urlencode({'done': changed})}", 303)
    return await _shown(request, Beside(preview=answer.body))


@router.post(f"{AT}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Map an item of a tier above, or tell the tiers below of all items."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    if act == "share":
        answer = await call(request, "POST", f"{REFERENCE}/shared")
    else:
        at = "/".join(quote(form.get(name) or "-", safe="") for name in ("node", "code"))
        body = {"own_code": form.optional("own_code")}
        answer = await call(request, "PUT", f"{REFERENCE}/{at}", Ask(body))
    if not answer.ok:
        return await _shown(request, Beside(told=answer.says(), status=answer.status))
    return RedirectResponse(f"{AT}?{urlencode({'act': act})}", 303)


async def _shown(request: Request, beside: Beside, cursor: str = "") -> Response:
    actor, door = staff_of(request), door_here(request)
    query = f"?{urlencode({'cursor': cursor})}" if cursor else ""
    answer: Answer = await call(request, "GET", f"{API}{query}")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    missing = await call(request, "GET", f"{REFERENCE}?unmapped=true")
    with door.unit.transaction() as db:
        items = {one.code: one.title for one in repository.items(db, "", MOST_ITEMS)}
    known = {
        "tools": tools_of(actor, door),
        "can_import": may(actor, Action.ITEM_WRITE, Resource(node=door.node.code)).allowed,
        "done": beside.done,
        "told": beside.told,
        "items": items,
        "note": beside.note,
        "has_below": bool(below(door.node.neighbours)),
        "references": missing.body if missing.ok else {"items": [], "unmapped": 0},
        **authority_values(answer.body, beside.preview),
    }
    return page(request, "admin/authority.html", known, beside.status)


def authority_values(
    listed: Mapping[str, Any], preview: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what the page shows of the table and of a sheet that was looked at."""
    return {
        "grants": listed["items"],
        "more": listed["next"],
        "preview": preview,
        "columns": COLUMNS,
        "tiers": TIERS,
        "line_errors": LINE_ERRORS,
    }
