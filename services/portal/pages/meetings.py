"""Coordination meetings at the desk: by day, one meeting, and the forms of who holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import meeting_words as words_of
from services.portal.pages.calling import Answer, Ask, call, hand_on
from services.portal.pages.catalogue import unit_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.meeting_forms import (
    ACTS,
    API,
    DUTY_FIELDS,
    MOST_DUTIES,
    body_of,
    duty_rows,
    field_of,
    method_of,
    path_of,
    typed,
)
from services.portal.pages.meeting_words import KINDS, LineTold, MeetingTold
from services.portal.pages.next_steps import may_see
from services.portal.pages.rendering import door_here, page
from services.portal.policy import day_of
from services.portal.repository import CaseCard
from shared.clock import new_id
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/meetings"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_meeting"}
EMPTY_ROWS = 3
UNIT_ROWS, OTHER_ROWS = 4, 3
DONE: Mapping[str, str] = MappingProxyType(
    {
        "convene": _("已召集。单位在工作台看得到，请了诉求人的会发短信。"),
        "invite": _("已邀请。"),
        "heard": _("已安排列席陈述，它看不到这件的内容，请电话通知。"),
        "answer": _("已记下参不参加。"),
        "move": _("已改期，请各方重新确认。"),
        "rounds": _("已记下这一轮。"),
        "take": _("这个会现在由您负责。"),
        "cancel": _("已取消。"),
        "minutes": _("纪要草稿已保存。"),
        "confirm": _("纪要已确认，分工已交给各单位，从现在起计时。"),
    }
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside: what was typed, what is wrong with it."""

    act: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    duties: Sequence[Mapping[str, str]] = ()
    """As they were typed, where the minutes come back."""
    told: str = ""
    note: str = ""
    status: int = 200


@router.get(AT)
@demands(Action.MEETING_READ, audience=Audience.STAFF)
async def meetings(request: Request) -> Response:
    """Show the open meetings by day, or those of one case with the form to convene one."""
    return await _list(request, request.query_params.get("case", ""), Beside())


@router.get(f"{AT}/{{meeting_id}}")
@demands(Action.MEETING_READ, audience=Audience.STAFF)
async def meeting(request: Request, meeting_id: str) -> Response:
    """Show a meeting."""
    done = DONE.get(request.query_params.get("done", ""), "")
    return await _one(request, meeting_id, Beside(note=done))


@router.get(f"{AT}/{{meeting_id}}/minutes/{{serial}}")
@demands(Action.MEETING_READ, audience=Audience.STAFF)
async def minutes(request: Request, meeting_id: str, serial: str) -> Response:
    """Hand on minutes as a docx; the look stands in the audit."""
    staff_of(request)
    at = f"{API}/{quote(meeting_id, safe='')}/minutes/{quote(serial, safe='')}/file"
    return await hand_on(request, at)


@router.post(f"{AT}/act/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Convene a meeting, or do something about one."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    answer = await _asked(request, act, form)
    if answer.ok:
        there = quote(str(answer.body["meeting_id"]), safe="")
        return RedirectResponse(f"{AT}/{there}?{urlencode({'done': act})}", 303)
    beside = _wrong(act, form, answer)
    if act == "convene":
        return await _list(request, form.get("number"), beside)
    return await _one(request, form.get("meeting_id"), beside)


async def _asked(request: Request, act: str, form: Form) -> Answer:
    body, once = body_of(act, form), None
    if act == "convene":
        case = await run_in_threadpool(_case, request, form.get("number"))
        if case is None:
            raise Refused("unknown_case")
        body["case_id"], once = str(case.case_id), form.optional("key")
    return await call(request, method_of(act), path_of(act, form), Ask(body, once=once))


def _case(request: Request, number: str) -> CaseCard | None:
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        case = repository.case_page(db, number) if number else None
        rules = repository.rules_below(db, door.node.code)
    return case if case is not None and may_see(actor, case, door.node.code, rules) else None


def _wrong(act: str, form: Form, answer: Answer) -> Beside:
    errors = {field_of(name): said for name, said in answer.errors().items()}
    told = "" if errors else answer.says()
    duties = duty_rows(form) if act == "minutes" else ()
    return Beside(act, typed(form), errors, duties, told, status=answer.status)


async def _list(request: Request, number: str, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    case = await run_in_threadpool(_case, request, number) if number else None
    if number and case is None:
        raise Refused("unknown_case")
    narrowed = f"?{urlencode({'case_id': str(case.case_id)})}" if case else ""
    found = await call(request, "GET", f"{API}{narrowed}")
    if not found.ok:
        raise Refused(REFUSALS.get(found.status, "unavailable"))
    units = await run_in_threadpool(unit_choices, door)
    known = {
        "tools": tools_of(actor, door),
        **said_beside(beside),
        **list_values(found.body, case, day_of(door.now()).isoformat()),
        **form_values(actor, units, case),
    }
    return page(request, "desk/meetings.html", known, beside.status)


def list_values(
    found: Sequence[Mapping[str, Any]], case: CaseCard | None, today: str
) -> dict[str, Any]:
    """Return what the list shows: open meetings by day, those without one last."""
    lines = [LineTold.model_validate(each) for each in found]
    dated = [each for each in lines if each.planned_at is not None]
    by_day = [(list(group)) for _day, group in groupby(dated, key=lambda one: _day_of(one))]
    days = [(group[0].planned_at, group, _day_of(group[0]) == today) for group in by_day]
    undated = [each for each in lines if each.planned_at is None]
    return {"case": case, "lines": lines, "days": days, "undated": undated}


def _day_of(line: LineTold) -> str:
    return day_of(line.planned_at).isoformat() if line.planned_at else ""


def form_values(
    actor: Actor, units: Sequence[tuple[str, str]], case: CaseCard | None
) -> dict[str, Any]:
    """Return what the form to convene a meeting offers; a unit convenes for itself alone."""
    node = Resource(node=actor.node)
    as_unit = Resource(node=actor.node, unit=actor.unit)
    everywhere = may(actor, Action.MEETING_HOLD, node).allowed
    holds = case is not None and case.is_open and case.unit_code == actor.unit
    own = holds and may(actor, Action.MEETING_HOLD, as_unit).allowed
    convenors = units if everywhere else [each for each in units if each[0] == actor.unit]
    return {
        "may_convene": case is not None and case.is_open and (everywhere or own),
        "as_desk": everywhere,
        "convenors": [("", list(convenors))],
        "units": [("", list(units))],
        "others": [("", [one for one in KINDS.items() if one[0] not in ("unit", "complainant")])],
        "unit_rows": UNIT_ROWS,
        "other_rows": OTHER_ROWS,
    }


async def _one(request: Request, meeting_id: str, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", f"{API}/{quote(meeting_id or '-', safe='')}")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unknown_meeting"))
    told = MeetingTold.model_validate(answer.body)
    units = await run_in_threadpool(unit_choices, door)
    case = await run_in_threadpool(_case, request, told.number)
    known = {
        "tools": tools_of(actor, door),
        **said_beside(beside),
        **meeting_values(told, actor, units, beside, sees_case=case is not None),
    }
    return page(request, "desk/meeting.html", known, beside.status)


def said_beside(beside: Beside) -> dict[str, Any]:
    """Return what is said beside, by the names of the templates."""
    return {
        "act": beside.act,
        "key": beside.values.get("key") or new_id().hex,
        "values": beside.values,
        "errors": beside.errors,
        "told": beside.told,
        "note": beside.note,
        "names": words_of,
    }


def meeting_values(
    told: MeetingTold,
    actor: Actor,
    units: Sequence[tuple[str, str]],
    beside: Beside,
    *,
    sees_case: bool,
) -> dict[str, Any]:
    """Return what the page of a meeting shows and offers."""
    node = actor.node
    holds = Resource(node=node, unit=told.convenor_unit)
    mine = [
        party
        for party in told.invited
        if party.role != "heard"
        and may(actor, Action.MEETING_ANSWER, Resource(node=node, unit=party.unit_code)).allowed
    ]
    titles = dict(units) | {
        one.unit_code: one.name_masked for one in told.parties if one.unit_code
    }
    return {
        "meeting": told,
        "sees_case": sees_case,
        "may_hold": may(actor, Action.MEETING_HOLD, holds).allowed,
        "may_hear": may(actor, Action.MEETING_HEAR, Resource(node=node)).allowed,
        "mine": mine,
        "titles": titles,
        "units": [("", list(units))],
        "kinds": [("", list(KINDS.items()))],
        "roles": [("", [one for one in words_of.ROLES.items() if one[0] != "heard"])],
        "results": list(words_of.RESULTS.items()),
        "duty_units": _duty_units(told),
        "companies": _companies(told),
        "duty_rows": _rows(told, beside),
    }


def _duty_units(told: MeetingTold) -> list[tuple[str, str]]:
    return [
        (party.unit_code, party.name_masked)
        for party in told.invited
        if party.unit_code and party.role != "heard"
    ]


def _companies(told: MeetingTold) -> list[str]:
    return [party.name_masked for party in told.invited if party.kind == "company"]


def _rows(told: MeetingTold, beside: Beside) -> list[Mapping[str, str]]:
    known: Sequence[Mapping[str, str]] = beside.duties
    if beside.act != "minutes" and told.draft is not None:
        known = [
            {
                "duty_unit": duty.unit_code,
                "duty_company": duty.company_masked or "",
                "duty_words": duty.words_masked,
                "duty_days": str(duty.days or ""),
                "duty_due": duty.due_on.isoformat() if duty.due_on else "",
            }
            for duty in told.draft.duties
        ]
    empty = [dict.fromkeys(DUTY_FIELDS, "")] * EMPTY_ROWS
    return [*known, *empty][:MOST_DUTIES]
