"""The room of items: the catalogue, one item with all that hangs on it, a file of items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.authority import COLUMNS as GRANT_COLUMNS
from services.portal.pages.authority import TIERS
from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.importing import CHANGES, Beside, ImportRoom
from services.portal.pages.item_forms import (
    COLUMNS,
    EXAMPLE,
    FIELDS,
    NOTHING,
    body_of,
    told,
    typed,
    values_of,
)
from services.portal.pages.item_words import KINDS
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import COMPLEXITIES
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action, Resource, may

router = APIRouter()

HERE, ONE, API = "/admin/items", "/admin/item", "/api/v1/items"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "not_found"}
NOT_A_CODE = 422
SOUGHT = ("q", "kind", "unit", "ownerless")
CODE_LACKING = _("请写编码：字母、数字、点、横线，最多 64 位。")


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form of an item, and what is wrong with it."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@router.get(HERE)
@demands(Action.CATALOGUE_READ, audience=Audience.STAFF)
async def items(request: Request, done: str = "") -> Response:
    """Show the items that are looked for, a page at a time."""
    return await _shown(request, Beside(), done=bool(done))


@router.get(f"{HERE}/template.xlsx")
@demands(Action.ITEM_WRITE, audience=Audience.STAFF)
def template(request: Request) -> Response:
    """Hand out an empty file with the headings."""
    staff_of(request)
    return ROOM.template()


@router.post(f"{HERE}/import")
@demands(Action.ITEM_WRITE, audience=Audience.STAFF)
async def read_file(request: Request) -> Response:
    """Read a file and show what it would change, line by line."""
    return await ROOM.read(request)


@router.post(f"{HERE}/keep")
@demands(Action.ITEM_WRITE, audience=Audience.STAFF)
async def keep(request: Request) -> Response:
    """Write what the preview showed, if it still holds."""
    return await ROOM.keep(request)


@router.get(f"{HERE}/new")
@demands(Action.ITEM_WRITE, audience=Audience.STAFF)
async def new(request: Request) -> Response:
    """Show the form of a new item."""
    return await run_in_threadpool(_form_page, request, Filled(NOTHING))


@router.post(f"{HERE}/new")
@demands(Action.ITEM_WRITE, audience=Audience.STAFF)
async def make(request: Request) -> Response:
    """Enter an item, unless there is one of that code."""
    staff_of(request)
    form = await read_staff_form(request)
    code = form.get("code")
    if not code:
        wrong = Filled(typed(form), {"code": CODE_LACKING}, status=NOT_A_CODE)
        return await run_in_threadpool(_form_page, request, wrong)
    known = await call(request, "GET", _api(code))
    if known.ok:
        taken = _("已经有这个编码的事项了，请打开它修改。")
        wrong = Filled(typed(form), {"code": taken}, status=NOT_A_CODE)
        return await run_in_threadpool(_form_page, request, wrong)
    return await _put(request, code, form, None)


@router.get(f"{ONE}/{{code}}")
@demands(Action.CATALOGUE_READ, audience=Audience.STAFF)
async def item(request: Request, code: str, done: str = "") -> Response:
    """Show one item: who owns it where, by what law, who uses it."""
    known = await _card(request, code)
    filled = Filled(values_of(known))
    return await run_in_threadpool(_form_page, request, filled, known, bool(done))


@router.post(f"{ONE}/{{code}}")
@demands(Action.ITEM_WRITE, audience=Audience.STAFF)
async def change(request: Request, code: str) -> Response:
    """Change an item, or end it."""
    staff_of(request)
    form = await read_staff_form(request)
    return await _put(request, code, form, await _card(request, code))


async def _put(
    request: Request, code: str, form: Form, known: Mapping[str, Any] | None
) -> Response:
    answer = await call(request, "PUT", _api(code), Ask(body_of(form)))
    if answer.ok:
        return RedirectResponse(f"{ONE}/{quote(code, safe='')}?done=1", 303)
    errors = {name.partition(".")[0]: sentence for name, sentence in answer.errors().items()}
    filled = Filled(typed(form), errors, "" if errors else answer.says(), answer.status)
    return await run_in_threadpool(_form_page, request, filled, known)


async def _card(request: Request, code: str) -> Mapping[str, Any]:
    staff_of(request)
    answer = await call(request, "GET", _api(code))
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "not_found"))
    found: Mapping[str, Any] = answer.body
    return found


def _api(code: str) -> str:
    return f"{API}/{quote(code, safe='')}"


async def _shown(request: Request, beside: Beside, *, done: bool = False) -> Response:
    staff_of(request)
    sought = {name: request.query_params.get(name, "").strip() for name in SOUGHT}
    cursor = request.query_params.get("cursor", "")
    asked = {name: value for name, value in {**sought, "cursor": cursor}.items() if value}
    answer = await call(request, "GET", f"{API}?{urlencode(asked)}")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "bad_cursor"))
    values = items_values(answer.body, sought) | {"beside": beside, "done": done}
    return await run_in_threadpool(_list_page, request, values, beside.status)


def _list_page(request: Request, values: Mapping[str, Any], status: int) -> Response:
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        units = repository.units(db, active_only=False)
        kinds = repository.item_kinds(db)
    known = {
        "tools": tools_of(actor, door),
        "can_write": may(actor, Action.ITEM_WRITE, Resource(node=door.node.code)).allowed,
        "units": [(unit.code, unit.title) for unit in units],
        "kinds": [(kind, KINDS.get(kind, kind)) for kind in kinds],
    }
    return page(request, "admin/items.html", {**known, **values}, status)


def items_values(found: Mapping[str, Any], sought: Mapping[str, str]) -> dict[str, Any]:
    """Return what the list shows of the items that were found, and by what."""
    asked = {name: value for name, value in sought.items() if value}
    more = {**asked, "cursor": found["next"]} if found["next"] else None
    return {
        "items": found["items"],
        "sought": sought,
        "more": urlencode(more) if more else "",
        "classes": COMPLEXITIES,
        "changes": CHANGES,
        "fields_of": FIELDS,
        "headings": list(COLUMNS),
    }


def _form_page(
    request: Request,
    filled: Filled,
    known: Mapping[str, Any] | None = None,
    done: bool = False,
) -> Response:
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        units = repository.units(db, active_only=False)
    values = {
        "tools": tools_of(actor, door),
        "can_write": may(actor, Action.ITEM_WRITE, Resource(node=door.node.code)).allowed,
        "units": [(unit.code, unit.title) for unit in units],
        "values": filled.values,
        "errors": filled.errors,
        "told": filled.told,
        "item": known,
        "done": done,
        **ITEM_WORDS,
    }
    return page(request, "admin/item.html", values, filled.status)


ITEM_WORDS: Mapping[str, Any] = MappingProxyType(
    {"classes": COMPLEXITIES, "tiers": TIERS, "columns": GRANT_COLUMNS}
)


ROOM = ImportRoom(
    here=HERE,
    api="/api/v1/item-imports",
    columns=COLUMNS,
    example=EXAMPLE,
    told=told,
    show=_shown,
)
