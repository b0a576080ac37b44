"""The desk: list, case and actions in one view; what is due first stands first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from services.portal import repository
from services.portal.pages.callback_acts import CALLBACK_DONE
from services.portal.pages.case_values import case_values
from services.portal.pages.cell_words import cell_words
from services.portal.pages.complexity_acts import COMPLEXITY_DONE
from services.portal.pages.language import later as _
from services.portal.pages.language import listed
from services.portal.pages.lists import Narrowed, View, scope_of, views_of
from services.portal.pages.news import look_at, news_among
from services.portal.pages.next_steps import may_see
from services.portal.pages.nodes import node_name
from services.portal.pages.parts import PARTS_DONE
from services.portal.pages.person_acts import CONTACT_DONE, PERSON_CHANNELS, PERSON_DONE
from services.portal.pages.rendering import door_here, page
from services.portal.pages.rooms import rooms_of
from services.portal.pages.story import story
from services.portal.pages.words import LAMPS, PERSON_PURPOSES, ROLES
from services.portal.repository import CaseCard, ListKind
from shared.clock import new_id
from shared.errors import Refused
from shared.http import Door, cursor_after
from shared.http.demands import Audience, open_to
from shared.http.paging import cursor_for
from shared.neighbours import below
from shared.security.actor import Actor, ActorKind
from shared.security.channels import CHANNELS
from shared.security.disclosure import NO_RULES
from shared.security.policy import Action, Resource, may
from shared.security.sealing import can_seal

router = APIRouter()

BAD = 400
"""From this status on nothing was done."""
PER_PAGE = 30
MOST_TEXT = 100
MOST_CODE = 6
ELSEWHERE = {"messages": "/desk/messages", "links": "/desk/links", "admin": "/admin"}
"""Where the day of somebody begins who has no lists."""
DONE: Mapping[str, str] = {
    "accept": _("已受理。"),
    "decline": _("已作出不予受理，正在告知诉求人。"),
    "dispatch": _("已派单。"),
    "sign": _("已签收。请按时限联系诉求人。"),
    "contact": _("已记下这次联系。"),
    "finish": _("已办结，正在告知诉求人。"),
    "return": _("已退回派单员。"),
    "work": _("已记下。"),
    "ask_materials": _("已请诉求人补材料，正在发短信告知。等的时候本单位的办结计时暂停。"),
    "settle_materials": _("已登记，计时继续。"),
    "extend": _("已申请延期，批准以前时限不变。"),
    "decide_extension": _("已审批。"),
    "track": _("已说明，正在发短信告知诉求人。这件没有办结，请按说的日子再告知。"),
    "consent_tracking": _("已答复承办单位。"),
    "take_search": _("这件由您负责找单位。"),
    "opine": _("意见已记下。"),
    "arbitrate": _("已作出裁定。"),
    "take_over": _("已接收，现在由本级负责办理。"),
    "refuse": _("已答复不接收，这件仍由对方负责。"),
    "hand_over": _("已转出，等对方接收。接收以前仍由本级负责。"),
    "give_back": _("已退回来件单位，等对方系统收到。"),
    "withdraw": _("已要求撤回，等对方确认。"),
    "correction": _("已申请更正，等另一位负责人审批。批准以前仍是原来的内容。"),
    "mark": _("已记下，被反映的单位和人员看不到这件了。"),
    "report_up": _("已报告上级，这件仍由本级办理。"),
    "supervise": _("已督办，等下级答复。"),
    "advise": _("指导意见已发给办理单位，这件仍由它办理。"),
    "read_supervision": _("已签收，督办的一方看得到。请按时答复。"),
    "answer_supervision": _("已答复督办。"),
    **CALLBACK_DONE,
    **COMPLEXITY_DONE,
    **PARTS_DONE,
    **PERSON_DONE,
    "hold": _("已依法保留，这件的个人信息不会清除。"),
    "release": _("已解除保留。等着解除的清除已经执行。"),
    "erase": _("已申请清除，等安全管理员审批。"),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the desk an address names."""

    view: str = ""
    case: str = ""
    text: str = ""
    node: str = ""
    lamp: str = ""
    cell: str = ""
    cursor: str | None = None
    done: str = ""
    waits: str = ""
    """`service:version` that the projection has not reached yet."""

    @property
    def by(self) -> Narrowed:
        """What narrows the list."""
        return Narrowed(self.text.strip()[:MOST_TEXT], self.node[:MOST_CODE], self.lamp, self.cell)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the case: what was typed, what is wrong with it, who the person is."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    revealed: Mapping[str, Any] | None = None
    status: int = 200
    term: str = ""
    """What was typed into the search box; it stands in no address."""
    words: str = ""
    """What the list is narrowed by, where that must not stand in an address either."""
    elsewhere: Sequence[Mapping[str, Any]] = ()
    """What other regions do of the item of a case that is about to be declined."""
    numbers: Sequence[str] | None = None
    """The cases of a person who was searched for; None where nobody was."""


@router.get("/desk")
@open_to(Audience.STAFF, "lists and cases that one may see, or the way to where one works")
def desk(request: Request, sought: Annotated[Sought, Depends()]) -> Response:
    """Show a list, and of it the case that was chosen."""
    return show(request, sought, Beside())


def show(request: Request, sought: Sought, beside: Beside) -> Response:
    """Return the desk as it stands for the one who is signed in."""
    actor, door = staff_of(request), door_here(request)
    views = views_of(actor, door.node)
    if not views and beside.status >= BAD:
        raise Refused("not_allowed")
    if not views:
        return _without_lists(request, actor, door)
    view = next((each for each in views if each.key == sought.view), views[0])
    by = replace(sought, text=beside.words or sought.text)
    with door.unit.transaction() as db:
        listed = (
            _list(db, actor, door, view, by)
            if beside.numbers is None
            else _rows(db, beside.numbers)
        )
        listed |= {"news": news_among(db, actor.id, listed["rows"])}
        values = _case(db, actor, door, sought) | listed
    _look(actor, door, view, values["case"])
    known = {
        "views": views,
        "view": view,
        "tools": tools_of(actor, door),
        "key": new_id().hex,
        **addresses(view, sought),
        **_beside(sought, beside),
        **_safe(actor, door),
    }
    if beside.words:  # a further page would have them in its address
        values["more"] = None
    return page(request, "desk/desk.html", known | values, beside.status)


def _safe(actor: Actor, door: Door) -> dict[str, bool]:
    own = Resource(node=door.node.code, unit=actor.unit)
    finds = may(actor, Action.PERSON_REVEAL, own).allowed
    return {"finds": finds, "sealing_away": not can_seal(door.keys)}


def _look(actor: Actor, door: Door, view: View, case: CaseCard | None) -> None:
    if case is None:
        door.look(actor, view.needs, "list", view.key)
    else:
        door.look(actor, Action.CASE_READ, "case", case.number or str(case.case_id))


def staff_of(request: Request) -> Actor:
    """Return who is signed in; Refused (`not_signed_in`) leads to the sign-in page."""
    actor: Actor = request.scope["actor"]
    if actor.kind is not ActorKind.STAFF:
        raise Refused("not_signed_in")
    return actor


def tools_of(actor: Actor, door: Door) -> dict[str, Any]:
    """Return what the head of the desk offers to an actor."""
    here, neighbours = Resource(node=door.node.code), door.node.neighbours
    own = Resource(node=door.node.code, unit=actor.unit)
    return {
        "register": any(CHANNELS.get(role) for role in actor.roles),
        "messages": may(actor, Action.MESSAGE_READ, here).allowed,
        "lists": bool(views_of(actor, door.node)),
        "library": may(actor, Action.PRECEDENT_READ, own).allowed,
        "below": bool(below(neighbours)) and may(actor, Action.BELOW_READ, here).allowed,
        "dispatches": may(actor, Action.ORDER_DISPATCH, here).allowed,
        "snippets": may(actor, Action.SNIPPET_WRITE, own).allowed,
        "rota": may(actor, Action.ROTA_READ, here).allowed,
        "meetings": may(actor, Action.MEETING_READ, own).allowed,
        "leads": may(actor, Action.LEAD_READ, own).allowed,
        "appeals": may(actor, Action.APPEAL_READ, here).allowed,
        "benchmarks": may(actor, Action.BENCHMARK_READ, here).allowed,
        "outside": may(actor, Action.OUTSIDE_READ, own).allowed,
        "causes": may(actor, Action.REPORT_READ, own).allowed,
        "wall": may(actor, Action.WALL_READ, here).allowed,
        "exports": may(actor, Action.EXPORT_ASK, here).allowed,
        "links": bool(neighbours) and may(actor, Action.LINK_READ, here).allowed,
        "admin": bool(rooms_of(actor)),
        "roles": listed(ROLES[role] for role in sorted(actor.roles)),
    }


def _without_lists(request: Request, actor: Actor, door: Door) -> Response:
    tools = tools_of(actor, door)
    there = next((path for name, path in ELSEWHERE.items() if tools[name]), None)
    if there is not None:
        return RedirectResponse(there, 303)
    return page(request, "desk/nothing.html", {"tools": tools})


def _beside(sought: Sought, beside: Beside) -> dict[str, Any]:
    return {
        "by": sought.by,
        "note": {**DONE, **CONTACT_DONE}.get(sought.done, ""),
        "values": {"act": "", **beside.values},
        "errors": beside.errors,
        "told": beside.told,
        "revealed": beside.revealed,
        "elsewhere": beside.elsewhere,
        "term": beside.term or sought.by.text,
        "of_person": beside.numbers is not None,
        "by_words": beside.words or sought.by.text,
        "purposes": [(purpose, purpose) for purpose in PERSON_PURPOSES],
        "reached_by": PERSON_CHANNELS,
    }


def _rows(db: Connection, numbers: Sequence[str]) -> dict[str, Any]:
    rows = repository.cases_by_numbers(db, numbers)
    return {"rows": rows, "more": None, "filters": None, "owed": {}, "behind": ""}


def _list(db: Connection, actor: Actor, door: Door, view: View, sought: Sought) -> dict[str, Any]:
    scope = scope_of(view, actor, door.node.code, sought.by)
    found = repository.case_list(db, scope, cursor_after(sought.cursor or None, 2), PER_PAGE)
    following = cursor_for(*found.next) if found.next else None
    filters = _filters(db, door) if view.kind is ListKind.BELOW else None
    owed = _owed(db, actor, found.rows) if view.kind is ListKind.HELPED else {}
    words = cell_words(scope.cell, found.rows[0].unit_name if found.rows else None)
    shown = {"filters": filters, "owed": owed, "behind": words}
    return {"rows": found.rows, "more": following, **shown}


def _owed(
    db: Connection, actor: Actor, rows: Sequence[repository.ListedCase]
) -> Mapping[UUID, Sequence[repository.PartCard]]:
    return repository.live_parts_of(db, actor.unit or "", [row.case_id for row in rows])


def _filters(db: Connection, door: Door) -> dict[str, Any]:
    known = {each.code for each in repository.tiers_below(db)}
    known |= {each.code for each in below(door.node.neighbours)}
    nodes = [(code, node_name(door.node, code)) for code in sorted(known)]
    return {"nodes": nodes, "lamps": list(LAMPS.items())}


def _case(db: Connection, actor: Actor, door: Door, sought: Sought) -> dict[str, Any]:
    case = repository.case_page(db, sought.case) if sought.case else None
    rules = repository.rules_below(db, door.node.code) if case and not case.is_ours else NO_RULES
    if case is None or not may_see(actor, case, door.node.code, rules):
        return {"case": None, "waiting": None}
    waiting = _waiting(db, case, sought.waits)
    values = case_values(db, actor, case, door.node, rules)
    since = look_at(db, actor.id, case, door.now())
    told = {"story": story(case.timeline, door.node, since)} if since else {}
    return {"case": case, "waiting": waiting, **values, **told}


def _waiting(db: Connection, case: CaseCard, waits: str) -> UUID | None:
    service, _colon, version = waits.partition(":")
    if not version.isdecimal():
        return None
    there = repository.has_reached(db, service, case.case_id, int(version[:18]))
    return None if there else case.case_id


def addresses(view: View, sought: Sought) -> dict[str, str]:
    """Return the address of this desk, and of its list to which a case or a page is added."""
    listed = {"view": view.key, "text": sought.by.text, "node": sought.by.node}
    listed |= {"lamp": sought.by.lamp, "cell": sought.by.cell}
    here = listed | {"case": sought.case, "waits": sought.waits}
    told = {name: value for name, value in listed.items() if value}
    return {"here": _address(here), "list_at": _address(listed), "export_at": urlencode(told)}


def _address(told: Mapping[str, str]) -> str:
    return f"/desk?{urlencode({name: value for name, value in told.items() if value})}"
