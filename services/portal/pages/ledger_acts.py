"""Views of the ledger kept and dropped; many cases chosen for one act, a print or an export."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import expired
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.catalogue import unit_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_form
from services.portal.pages.language import later as _
from services.portal.pages.ledger import Beside, Sought, address, fields_of, show
from services.portal.pages.ledger_scope import MOST_AT_ONCE, MOST_FIELDS, scope_of
from services.portal.pages.many import MANY, asking_values, may_do
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.policy.ledger import NotOfTheLedger
from shared.clock import new_id
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

AT = "/desk/ledger"
VIEWS = "/api/v1/ledger-views"
MOST_WALKS = 10
"""So often is gone on where few fit: a page of the ledger each time."""
DONE = {"keep": "kept", "change": "kept", "drop": "gone", "first": "first", "unfirst": "unfirst"}
NOTHING_CHOSEN = _("请先勾选要办的件，或者选“符合筛选的”。")
NOTHING_FOUND = _("没有符合筛选的件。")
NO_PERSONS = _("查找的词像是姓名或号码：请勾选要办的件，不能按它成批办。")


@router.post(f"{AT}/views/{{act}}")
@demands(Action.DESK_READ, audience=Audience.STAFF)
async def keep(request: Request, act: str) -> Response:
    """Keep, change or drop a view, or say with which one the ledger begins."""
    form = await read_form(request, MOST_FIELDS)
    if expired.is_over(request):
        return expired.keep(request, form)
    if act not in DONE:
        raise Refused("not_found")
    sought = _sought(form)
    if expired.is_of_before(request, form):
        return await _again(request, sought, expired.ONCE_MORE)
    answer = await _asked(request, act, form, sought)
    if not answer.ok:
        said = next(iter(answer.errors().values()), "") or answer.says()
        return await _again(request, sought, said, answer.status)
    told = [pair for pair in sought.told if pair[0] != "view" or act not in ("keep", "drop")]
    view = str(answer.body["view_id"]) if act == "keep" else ""
    return RedirectResponse(address(told, view=view, done=DONE[act]), 303)


async def _asked(request: Request, act: str, form: Form, sought: Sought) -> Answer:
    view_id = _id(form.get("fresh") if act == "keep" else sought.view)
    if act in ("first", "unfirst"):
        body = {"view_id": str(view_id) if act == "first" else None}
        return await call(request, "PUT", f"{VIEWS}/first", Ask(body))
    if act == "drop":
        return await call(request, "DELETE", f"{VIEWS}/{view_id}")
    told = {"asked": sought.asked.code, "words": sought.text}
    if act == "keep":
        told |= {"name": form.get("name"), "shared": form.get("shared") or "own"}
        return await call(request, "PUT", f"{VIEWS}/{view_id}", Ask(told))
    known = await call(request, "GET", VIEWS)
    kept = [view for view in known.body if view["view_id"] == str(view_id)] if known.ok else []
    told |= {name: kept[0][name] for name in ("name", "shared")} if kept else {"name": "—"}
    return await call(request, "PUT", f"{VIEWS}/{view_id}", Ask(told))


@router.post(f"{AT}/many")
@demands(Action.DESK_READ, audience=Audience.STAFF)
async def many(request: Request) -> Response:
    """Take the chosen cases, or all that fit, to what shall be done with them."""
    form = await read_form(request, MOST_FIELDS)
    if expired.is_over(request):
        return expired.keep(request, form)
    sought, act, chosen = _sought(form), form.get("act"), form.all("chosen")
    every = form.get("which") == "all"
    if act not in MANY and act not in ("print", "export"):
        raise Refused("bad_address", field="act")
    wrong = _wrong(request, form, sought)
    if wrong:
        return await _again(request, sought, wrong)
    if act in MANY:
        return await _confirm(request, act, sought, [] if every else chosen)
    return _led(act, _narrowed(sought, [] if every else chosen))


def _wrong(request: Request, form: Form, sought: Sought) -> str:
    every = form.get("which") == "all"
    if expired.is_of_before(request, form):
        return str(expired.ONCE_MORE)
    if not every and not form.all("chosen"):
        return str(NOTHING_CHOSEN)
    return str(NO_PERSONS) if every and sought.is_of_person else ""


def _narrowed(sought: Sought, chosen: Sequence[str]) -> list[tuple[str, str]]:
    if not chosen:
        return [pair for pair in sought.told if pair[0] != "view"]
    kept = [pair for pair in sought.asked.told if pair[0] in ("order", "column")]
    return [*(("number", number) for number in chosen), *kept]


def _led(act: str, told: list[tuple[str, str]]) -> Response:
    if act == "print":
        return RedirectResponse(address(told, print="1"), 303)
    text = dict(told).get("text", "")
    asked = urlencode([pair for pair in told if pair[0] != "text"])
    beside = {"text": text} if text else {}
    query = urlencode({"view": "all", "ledger": asked or "order=newest", **beside})
    return RedirectResponse(f"/desk/exports?{query}", 303)


async def _confirm(request: Request, act: str, sought: Sought, chosen: Sequence[str]) -> Response:
    actor, door = staff_of(request), door_here(request)
    if not may_do(actor, door.node.code, act):
        raise Refused("not_allowed")
    numbers = list(chosen) or await run_in_threadpool(_numbers, request, sought)
    if not numbers:
        return await _again(request, sought, NOTHING_FOUND)
    units = await run_in_threadpool(unit_choices, door)
    values = asking_values(act, numbers, units, {"run_id": str(new_id())}, {})
    return page(request, "desk/ledger_many.html", {"tools": tools_of(actor, door), **values})


def _numbers(request: Request, sought: Sought) -> list[str]:
    actor, door = staff_of(request), door_here(request)
    scope = scope_of(actor, door.node.code, sought.asked, sought.text)
    found: list[str] = []
    after: tuple[str, ...] | None = None
    with door.unit.transaction() as db:
        for _walk in range(MOST_WALKS):
            part = repository.ledger_list(db, scope, after, MOST_AT_ONCE - len(found))
            found += [row.number for row in part.rows]
            if part.next is None or len(found) == MOST_AT_ONCE:
                break
            after = part.next
    return found


def _sought(form: Form) -> Sought:
    try:
        return Sought.read(fields_of(form))
    except NotOfTheLedger as error:
        raise Refused("bad_address", field=error.name) from error


async def _again(
    request: Request, sought: Sought, told: str, status: int = UNFINISHED
) -> Response:
    return await run_in_threadpool(show, request, sought, Beside(told=told, status=status))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused("not_found") from error
