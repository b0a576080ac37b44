"""The ledger (台账): any filters together, in columns that one chooses; its address says them all.

A form is posted and answered by the address that it means. Words that may name a person are the
exception: they stand in no address, so the page is shown at once, and goes on by a form.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import expired, ledger_words
from services.portal.pages.channel_words import DEMANDS
from services.portal.pages.desk import MOST_TEXT, staff_of, tools_of
from services.portal.pages.find import may_be_person
from services.portal.pages.forms import Form, read_form
from services.portal.pages.language import later as _
from services.portal.pages.language import listed
from services.portal.pages.ledger_scope import MOST_AT_ONCE, MOST_FIELDS, scope_of
from services.portal.pages.ledger_views import View, views_for
from services.portal.pages.many import acts_for
from services.portal.pages.reasons import LEVELS
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.pages.words import (
    CHANNELS,
    COMPLEXITIES,
    LAMP_COLOURS,
    OUTCOMES,
    PARTIES,
    STATUSES,
)
from services.portal.policy.ledger import COLUMNS, USUAL, Asked, NotOfTheLedger, Takes
from services.portal.policy.ledger import FILTERS as KINDS_OF_FILTERS
from shared.clock import new_id
from shared.errors import Refused
from shared.http import Door, cursor_after
from shared.http.demands import Audience, demands
from shared.http.paging import cursor_for
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/ledger"
PER_PAGE = 50
EVERYTHING = "everything"
"""In an address without filters: asked for as it is, not as one's first view has it."""
CHOICES: Mapping[str, Mapping[str, str]] = {
    "status": STATUSES,
    "lamp": LAMP_COLOURS,
    "complexity": COMPLEXITIES,
    "channel": CHANNELS,
    "demand": DEMANDS,
    "outcome": OUTCOMES,
    "party": PARTIES,
    "level": {str(level): word for level, word in LEVELS.items()},
}
DONE: Mapping[str, str] = {
    "kept": _("视图已保存。"),
    "first": _("以后打开台账，先看这个视图。"),
    "unfirst": _("以后打开台账，先看全部。"),
    "gone": _("视图已删除。"),
}

PRINT, EXPORT = _("打印列表"), _("导出")


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the ledger one looks at."""

    asked: Asked = field(default_factory=Asked)
    text: str = ""
    cursor: str = ""
    view: str = ""
    done: str = ""
    printed: bool = False

    @classmethod
    def read(cls, told: Iterable[tuple[str, str]]) -> "Sought":
        """Read the fields of an address or a form; NotOfTheLedger if it names what is none."""
        fields = list(told)
        one = dict(reversed(fields))
        return cls(
            Asked.read(fields),
            one.get("text", "").replace("\0", "").strip()[:MOST_TEXT],
            one.get("cursor", ""),
            one.get("view", ""),
            one.get("done", ""),
            bool(one.get("print")),
        )

    @property
    def is_of_person(self) -> bool:
        """Whether what was typed may be somebody, and so stands in no address."""
        return bool(self.text) and may_be_person(self.text)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The fields that name it, without where its page begins."""
        beside = [("text", self.text), ("view", self.view)]
        return [*self.asked.told, *((name, value) for name, value in beside if value)]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside: what was typed, and what is wrong with it."""

    values: Mapping[str, Any] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


NOTHING = Beside()


@router.get(AT)
@demands(Action.DESK_READ, audience=Audience.STAFF)
def ledger(request: Request) -> Response:
    """Show a page of the ledger as its address asks; without any, as one's first view does."""
    staff_of(request)
    told = request.query_params.multi_items()
    try:
        sought = Sought.read(told)
    except NotOfTheLedger as error:
        raise Refused("bad_address", field=error.name) from error
    return show(request, sought, NOTHING, bare=not told)


@router.post(AT)
@demands(Action.DESK_READ, audience=Audience.STAFF)
async def find(request: Request) -> Response:
    """Lead to the address of what was chosen; show at once what must stand in none."""
    form = await read_form(request, MOST_FIELDS)
    if expired.is_over(request):
        return expired.keep(request, form)
    try:
        sought = Sought.read(fields_of(form))
    except NotOfTheLedger as error:
        wrong = {error.name: ledger_words.wrong_of(error.name)}
        beside = Beside(typed(form), wrong, status=UNFINISHED)
        return await run_in_threadpool(show, request, Sought(), beside)
    if expired.is_of_before(request, form):
        beside = Beside(typed(form), told=expired.ONCE_MORE, status=UNFINISHED)
        return await run_in_threadpool(show, request, sought, beside)
    if sought.is_of_person:
        return await run_in_threadpool(show, request, sought, NOTHING)
    return RedirectResponse(address(sought.told), 303)


def fields_of(form: Form) -> list[tuple[str, str]]:
    """Return the fields of a form, repeated ones as often as they stand in it."""
    return [(name, value) for name, values in form.many.items() for value in values]


def typed(form: Form) -> dict[str, Any]:
    """Return what was typed as the form shows it again."""
    several = {name for name, takes in KINDS_OF_FILTERS.items() if takes is Takes.CODES}
    return {
        name: values if name in {*several, "column"} else values[0]
        for name, values in form.many.items()
    }


def address(told: Sequence[tuple[str, str]], **more: str) -> str:
    """Return the address of a page of the ledger."""
    named = [*told, *((name, value) for name, value in more.items() if value)]
    return f"{AT}?{urlencode(named or [(EVERYTHING, '1')])}"


def show(request: Request, sought: Sought, beside: Beside, *, bare: bool = False) -> Response:
    """Return a page of the ledger for the one who is signed in."""
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        views = views_for(db, actor)
        first = next((view for view in views if view.is_first), None)
        if bare and first is not None:
            return RedirectResponse(address(first.told), 303)
        values = ledger_values(sought, beside, views) | _found(db, actor, door, sought)
    door.look(actor, Action.DESK_READ, "list", "ledger")
    tools = tools_of(actor, door)
    acts = [*acts_for(actor, door.node.code), ("print", PRINT)]
    acts += [("export", EXPORT)] if tools["exports"] else []
    known = {"tools": tools, "acts_here": acts, "most_at_once": MOST_AT_ONCE}
    known |= {"fresh": str(new_id()), **_rights(actor, door), **values}
    template = "desk/ledger_print.html" if sought.printed else "desk/ledger.html"
    return page(request, template, known, beside.status)


def _found(db: Connection, actor: Actor, door: Door, sought: Sought) -> dict[str, Any]:
    scope = scope_of(actor, door.node.code, sought.asked, sought.text)
    after = cursor_after(sought.cursor or None, 2)
    limit = MOST_AT_ONCE if sought.printed else PER_PAGE
    found = repository.ledger_list(db, scope, after, limit)
    units = [(unit.code, unit.title) for unit in repository.units(db, active_only=False)]
    return {
        "rows": found.rows,
        "more": cursor_for(*found.next) if found.next else "",
        "looked_to": found.looked_to,
        "units": units,
        "narrowed": narrowed_words(sought.asked, dict(units)),
        "kinds": list(repository.item_kinds(db)),
    }


def _rights(actor: Actor, door: Door) -> dict[str, Any]:
    here, own = Resource(node=door.node.code), Resource(node=door.node.code, unit=actor.unit)
    return {
        "whole_node": may(actor, Action.DESK_READ, here).allowed,
        "shares": may(actor, Action.LEDGER_SHARE, own).allowed and actor.unit is not None,
        "shares_all": may(actor, Action.LEDGER_SHARE, here).allowed,
    }


def ledger_values(sought: Sought, beside: Beside, views: Sequence[View]) -> dict[str, Any]:
    """Return what the page shows beside the cases."""
    asked = sought.asked
    values: dict[str, Any] = {name: asked.one(name) or "" for name in KINDS_OF_FILTERS}
    values |= {name: asked.by.get(name, ()) for name in CHOICES}
    values |= {"order": asked.order.value, "column": asked.columns, "text": sought.text}
    return {
        "sought": sought,
        "asked": asked,
        "values": values
        if beside.values is None
        else {**dict.fromkeys(values, ""), **beside.values},
        "errors": beside.errors,
        "told": beside.told,
        "note": DONE.get(sought.done, ""),
        "views": views,
        "view": next((view for view in views if view.view_id == sought.view), None),
        "here": address(sought.told),
        "fields_told": sought.told,
        "choices": CHOICES,
        "columns": [(name, ledger_words.COLUMNS[name]) for name in COLUMNS],
        "is_usual": asked.columns == USUAL,
        "ledger_words": ledger_words,
    }


def narrowed_words(
    asked: Asked, units: Mapping[str, str] = MappingProxyType({})
) -> list[tuple[str, str]]:
    """Return by what the ledger is narrowed, as people read it: the filter, and its values."""
    told = []
    for name, values in asked.by.items():
        words = units if name == "unit" else CHOICES.get(name, {})
        flag = KINDS_OF_FILTERS[name] is Takes.FLAG
        shown = "" if flag else listed(str(words.get(value, value)) for value in values)
        told.append((ledger_words.FILTERS[name], shown))
    return told
