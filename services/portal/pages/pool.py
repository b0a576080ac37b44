"""The dispatcher's desk: what waits in the pool, and beside it whose each case looks like.

Everything works without JavaScript; with it nothing is loaded anew, and keys do what clicks do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import expired
from services.portal.pages.acts import reached
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.case_values import shown_of
from services.portal.pages.desk import PER_PAGE, staff_of, tools_of
from services.portal.pages.forms import Form, read_form
from services.portal.pages.language import later as _
from services.portal.pages.language import listed
from services.portal.pages.lists import VIEWS, Narrowed, View, scope_of
from services.portal.pages.next_steps import may_see
from services.portal.pages.rendering import door_here, page
from services.portal.repository import CaseCard, ListedCase
from shared.clock import new_id
from shared.errors import Refused
from shared.http import Door, cursor_after
from shared.http.demands import Audience, demands
from shared.http.paging import cursor_for
from shared.regions import full_name_of
from shared.security.actor import Actor
from shared.security.numbers import normalise_case_number
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/pool"
POOL: View = next(view for view in VIEWS if view.key == "pool")
BY_EVIDENCE = _("按以往派单：同类的件由该单位办结")
"""The ground where a dispatcher takes what was suggested and writes no other."""
NO_UNIT = _("请选派给哪个单位。")
NO_GROUND = _("请写派单理由。")
NOTHING_CHOSEN = _("请在列表里勾选要派的件。")
COUNTED: Mapping[str, str] = {
    "word": _("说到"),
    "item": _("事项"),
    "kind": _("事项类别"),
    "region": _("地点"),
}
"""How what of a case counted is called."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Counted(_Told):
    """What of a case speaks for a unit."""

    kind: str
    value: str


class Alike(_Told):
    """A past case, masked, and whether its unit finished it."""

    number: str
    title_masked: str
    finished: bool
    ended_at: datetime


class Suggested(_Told):
    """A unit as the API suggests it."""

    unit_code: str
    unit_name: str
    confidence: float
    right: int
    asked: int
    counted: tuple[Counted, ...]
    alike: tuple[Alike, ...]


class Band(_Told):
    """What was taken where suggestions were so sure."""

    given: int
    first: int
    among_three: int


class Record(_Told):
    """What dispatchers made of suggestions within some days."""

    days: int
    without: int
    bands: tuple[Band, ...]

    @property
    def given(self) -> int:
        """How many cases with suggestions were given by hand."""
        return sum(band.given for band in self.bands)

    @property
    def first(self) -> int:
        """Of these cases the percentage that went where was suggested first."""
        return _percent(sum(band.first for band in self.bands), self.given)

    @property
    def among_three(self) -> int:
        """The percentage that went to one of the first three."""
        near = sum(band.first + band.among_three for band in self.bands)
        return _percent(near, self.given)


class Line(_Told):
    """What became of one of several cases."""

    case_id: UUID
    given: Mapping[str, Any] | None = None
    refused: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the pool an address names."""

    case: str = ""
    cursor: str = ""
    done: str = ""
    late: str = ""
    """The list does not show yet what was done."""

    def address(self, **changed: str) -> str:
        """Return the address of another part of the pool."""
        told = {"cursor": self.cursor, **changed}
        named = {name: value for name, value in told.items() if value}
        return f"{AT}?{urlencode(named)}" if named else AT


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside: what was typed, what is wrong with it, what became of several cases."""

    act: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    chosen: frozenset[str] = frozenset()
    lines: Sequence[tuple[str, Line]] = ()
    """The title of each case that one may see, and what became of it."""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """The page of the pool that is looked at, and its case."""

    rows: Sequence[ListedCase]
    more: str | None
    case: CaseCard | None
    units: Sequence[tuple[str, str]]

    @property
    def is_pooled(self) -> bool:
        """Whether the case still waits for a dispatcher."""
        return self.case is not None and self.case.status in ("pooled", "returned")

    @property
    def following(self) -> str:
        """The number of the case that is next when this one is given."""
        numbers = [row.number for row in self.rows]
        number = self.case.number if self.case else None
        at = numbers.index(number) + 1 if number in numbers else 0
        return next((each for each in [*numbers[at:], *numbers] if each != number), "")


@router.get(AT)
@demands(Action.ORDER_DISPATCH, audience=Audience.STAFF)
async def pool(request: Request, sought: Annotated[Sought, Depends()]) -> Response:
    """Show what waits, and the case that was chosen with whose it looks like."""
    staff_of(request)
    shown = await _shown(request, sought, Beside())
    # Also after a form that led here without a new page: what is shown has its address.
    shown.headers["HX-Push-Url"] = f"{AT}?{request.url.query}" if request.url.query else AT
    return shown


@router.post(f"{AT}/give")
@demands(Action.ORDER_DISPATCH, audience=Audience.STAFF)
async def give(request: Request) -> Response:
    """Give one case to a unit, suggested or chosen; the next one comes up."""
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    sought = Sought(form.get("case"), form.get("cursor"))
    told = _placement(form)
    wrong = _wrong(request, form, told)
    if wrong:
        return await _shown(request, sought, wrong)
    ask = Ask({"case_id": form.get("case_id"), **told}, once=form.optional("key"))
    answer = await call(request, "POST", "/api/v1/orders", ask)
    if not answer.ok:
        return await _shown(request, sought, _refused(form, answer))
    late = "" if await _reached(request, answer.body) else "yes"
    done = {"case": form.get("next"), "done": form.get("case"), "late": late}
    return RedirectResponse(sought.address(**done), 303)


@router.post(f"{AT}/bulk")
@demands(Action.ORDER_DISPATCH, audience=Audience.STAFF)
async def bulk(request: Request) -> Response:
    """Give several cases to one unit, and tell line by line what became of each."""
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    chosen, sought = form.all("chosen"), Sought(cursor=form.get("cursor"))
    told = {"unit_code": form.get("unit_code"), "because": form.get("because")}
    wrong = _wrong(request, form, told, chosen)
    if wrong:
        return await _shown(request, sought, wrong)
    before = await run_in_threadpool(_read, request, sought)
    ask = Ask({"case_ids": chosen, **told}, once=form.optional("key"))
    answer = await call(request, "POST", "/api/v1/orders/bulk", ask)
    if not answer.ok:
        return await _shown(request, sought, _refused(form, answer, chosen))
    lines = [Line.model_validate(line) for line in answer.body["lines"]]
    given = [line.given for line in lines if line.given]
    if given:
        await _reached(request, given[-1])
    titles = {row.case_id: row.title_masked for row in before.rows}
    named = [(titles.get(line.case_id, ""), line) for line in lines]
    return await _shown(request, sought, Beside(act="bulk", lines=named))


async def _shown(request: Request, sought: Sought, beside: Beside) -> Response:
    waiting = await run_in_threadpool(_read, request, sought)
    suggested = await _suggested(request, waiting)
    record = await _record(request) if waiting.case is None else None
    values = pool_values(waiting, suggested, sought, beside, record)
    actor, door = staff_of(request), door_here(request)
    known = {"tools": tools_of(actor, door), **values}
    if waiting.case is not None:
        known |= shown_of(waiting.case, door.node)
    return page(request, "desk/pool.html", known, beside.status)


def pool_values(
    waiting: Waiting,
    suggested: Sequence[Suggested],
    sought: Sought,
    beside: Beside,
    record: Record | None = None,
) -> dict[str, Any]:
    """Return what the desk shows."""
    return {
        "rows": waiting.rows,
        "more": sought.address(cursor=waiting.more) if waiting.more else None,
        "case": waiting.case,
        "is_pooled": waiting.is_pooled,
        "following": waiting.following,
        "units": waiting.units,
        "suggested": suggested,
        "record": record,
        "counted_words": COUNTED,
        "counted": {one.unit_code: counted_told(one.counted) for one in suggested},
        "sought": sought,
        "done": normalise_case_number(sought.done) or "",
        "beside": beside,
        "view": POOL,
        "key": new_id().hex,
    }


def counted_told(counted: Sequence[Counted]) -> list[tuple[str, str]]:
    """Return what of a case counted, by kinds in order, as people read it."""
    told: dict[str, list[str]] = {}
    for one in counted:
        told.setdefault(one.kind, []).append(_named(one))
    return [(kind, listed(told[kind])) for kind in COUNTED if kind in told]


def _named(one: Counted) -> str:
    if one.kind != "region":
        return one.value
    return full_name_of(one.value.ljust(6, "0")[:6]) or one.value


def _read(request: Request, sought: Sought) -> Waiting:
    actor, door = staff_of(request), door_here(request)
    here = Resource(node=door.node.code, unit=actor.unit)
    if not all(may(actor, act, here).allowed for act in (POOL.needs, Action.ORDER_DISPATCH)):
        raise Refused("not_allowed")
    scope = scope_of(POOL, actor, door.node.code, Narrowed())
    with door.unit.transaction() as db:
        found = repository.case_list(db, scope, cursor_after(sought.cursor or None, 2), PER_PAGE)
        case = repository.case_page(db, sought.case) if sought.case else None
        seen = case if case is not None and may_see(actor, case, door.node.code) else None
        units = [(unit.code, unit.title) for unit in repository.units(db)]
    _look(actor, door, seen)
    more = cursor_for(*found.next) if found.next else None
    return Waiting(found.rows, more, seen, units)


def _look(actor: Actor, door: Door, case: CaseCard | None) -> None:
    if case is None:
        door.look(actor, POOL.needs, "list", POOL.key)
    else:
        door.look(actor, Action.CASE_READ, "case", case.number or str(case.case_id))


async def _suggested(request: Request, waiting: Waiting) -> list[Suggested]:
    if waiting.case is None or not waiting.is_pooled:
        return []
    answer = await call(request, "GET", f"/api/v1/suggestions/{waiting.case.case_id}")
    # Who dispatches must never wait for what is only meant to help.
    return [Suggested.model_validate(each) for each in answer.body] if answer.ok else []


async def _record(request: Request) -> Record | None:
    answer = await call(request, "GET", "/api/v1/suggestions/taken")
    return Record.model_validate(answer.body) if answer.ok else None


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _placement(form: Form) -> dict[str, str]:
    chosen, suggested = form.get("unit_code"), form.get("suggested")
    taken = bool(suggested) and not chosen
    because = form.get("because") or (str(BY_EVIDENCE) if taken else "")
    return {"unit_code": chosen or suggested, "because": because}


def _wrong(
    request: Request, form: Form, told: Mapping[str, str], chosen: Sequence[str] | None = None
) -> Beside | None:
    act, kept = ("give" if chosen is None else "bulk"), frozenset(chosen or ())
    if expired.is_of_before(request, form):
        return Beside(act, form.values, {}, expired.ONCE_MORE, kept, status=422)
    missing = {"unit_code": NO_UNIT, "because": NO_GROUND}
    errors = {name: said for name, said in missing.items() if not told[name]}
    if chosen is not None and not chosen:
        errors["chosen"] = NOTHING_CHOSEN
    return Beside(act, form.values, errors, "", kept, status=422) if errors else None


def _refused(form: Form, answer: Answer, chosen: Sequence[str] | None = None) -> Beside:
    errors = {
        name: said for name, said in answer.errors().items() if name in ("unit_code", "because")
    }
    told = "" if errors else answer.says()
    act = "give" if chosen is None else "bulk"
    return Beside(act, form.values, errors, told, frozenset(chosen or ()), status=answer.status)


async def _reached(request: Request, written: Mapping[str, Any]) -> bool:
    case_id, version = UUID(written["case_id"]), written["version"]
    return await reached(request, written["service"], case_id, version)
