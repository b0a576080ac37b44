"""The working calendar: a year at a glance, the notices it is made of, and what a notice moves.

A notice is taken down by one person and signed by another one; before that, its page says which
days it turns, what looks wrong, and which promises would move.
"""

import base64
from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import calendar_words
from services.portal.pages.beside import Beside
from services.portal.pages.calendar_scopes import (
    WHOSE,
    Names,
    ScopeShown,
    asked_of,
    names_for,
)
from services.portal.pages.calendar_shown import (
    DayShown,
    Notices,
    NoticeShown,
    Progress,
    Report,
    YearShown,
)
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.dates import CHINA
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, fits_session, number_in, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import UNFINISHED, door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.http.files import read_upload
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/admin/calendar"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_notice"}
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "review": Action.NOTICE_DRAFT,
        "sign": Action.NOTICE_SIGN,
        "reject": Action.NOTICE_SIGN,
        "withdraw": Action.NOTICE_DRAFT,
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "draft": _("已录入。请核对下面的改动，再送签发。"),
        "review": _("已送签发，请另一位有权的人签发。"),
        "sign": _("已签发，从现在起执行。受影响的时限正在后台逐件调整。"),
        "reject": _("已退回，不执行。"),
        "withdraw": _("已撤回，不执行。"),
    }
)
NO_CONTENT = _("请选一个文件，或者把放假安排写在这里。")
HEADING = ("year", "title", "number", "issued_on")
FIELDS = {"region": "scope", "unit": "scope", "days": "content", "weeks": "content"}
"""Under which field of the form the page says what is wrong with one of the API."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Which year is shown, and whose."""

    year: int | None
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks of a month, from Monday on; None stands for days of other months."""

    number: int
    weeks: Sequence[Sequence[DayShown | None]]


@router.get(AT)
@demands(Action.NOTICE_READ, audience=Audience.STAFF)
async def calendar(
    request: Request,
    year: str = "",
    done: str = "",
    whose: Annotated[str, Query(pattern=WHOSE)] = "",
) -> Response:
    """Show a year at a glance, and all notices."""
    return await _year(request, Glance(number_in(year), whose), Beside(), done)


@router.post(AT)
@demands(Action.NOTICE_DRAFT, audience=Audience.STAFF)
async def draft(request: Request) -> Response:
    """Take down a notice, from a file or from what was typed."""
    staff_of(request)
    upload = await read_upload(request)
    form = Form(upload.fields)
    if not fits_session(request, form):
        raise Refused("not_allowed", "csrf")
    content = upload.data or form.get("content").encode()
    if not content:
        wrong = Beside("draft", form.values, {"content": NO_CONTENT}, status=UNFINISHED)
        return await _year(request, Glance(number_in(form.get("year"))), wrong)
    body: dict[str, Any] = {name: told for name in HEADING if (told := form.get(name))}
    body |= asked_of(form.get("scope"))
    if (year := number_in(form.get("year"))) is not None:
        body["year"] = year
    sent = {**body, "content": base64.b64encode(content).decode()}
    answer = await call(request, "POST", "/api/v1/calendar-notices/file", Ask(sent))
    if answer.ok:
        return RedirectResponse(f"{AT}/{answer.body['notice_id']}?done=draft", 303)
    return await _year(request, Glance(year), _refused("draft", form, answer))


@router.get(f"{AT}/{{notice_id}}")
@demands(Action.NOTICE_READ, audience=Audience.STAFF)
async def notice(request: Request, notice_id: UUID, done: str = "") -> Response:
    """Show one notice, what it changes and moves, and what one may do with it."""
    return await _notice(request, notice_id, Beside(), done)


@router.post(f"{AT}/{{notice_id}}/{{act}}")
@demands_by("act", {**ACTS, "review": Action.NOTICE_READ})
async def do(request: Request, notice_id: UUID, act: str) -> Response:
    """Put a notice up for signature, sign, reject or withdraw it."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    name = "digest" if act in ("review", "sign") else "reason"
    path = f"/api/v1/calendar-notices/{notice_id}/{act}"
    answer = await call(request, "POST", path, Ask({name: form.get(name)}))
    if answer.ok:
        return RedirectResponse(f"{AT}/{notice_id}?done={act}", 303)
    return await _notice(request, notice_id, _refused(act, form, answer))


def _refused(act: str, form: Form, answer: Answer) -> Beside:
    shown = {"content", "reason", "scope", *HEADING}
    told_at = {FIELDS.get(name, name): told for name, told in answer.errors().items()}
    errors = {name: told for name, told in told_at.items() if name in shown}
    told = "" if errors else answer.says()
    return Beside(act, form.values, errors, told, answer.status)


async def _year(request: Request, asked: Glance, beside: Beside, done: str = "") -> Response:
    actor, door = staff_of(request), door_here(request)
    this_year = door.now().astimezone(CHINA).year
    query = urlencode(asked_of(asked.whose))
    shown = await call(request, "GET", f"/api/v1/calendar/{asked.year or this_year}?{query}")
    if not shown.ok:
        shown = await call(request, "GET", f"/api/v1/calendar/{this_year}?{query}")
    notices = Notices.model_validate(_body(await call(request, "GET", "/api/v1/calendar-notices")))
    year = YearShown.model_validate(_body(shown))
    names = await names_for(request, year.home, wanted=True)
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(done, ""),
        "beside": beside,
        "can": rights(actor, door.node.code),
        **year_values(year, notices, this_year),
        **whose_values(year, names, asked.whose),
        "for_whom": names.all_groups(door.node),
    }
    return page(request, "admin/calendar.html", known, beside.status)


async def _notice(request: Request, notice_id: UUID, beside: Beside, done: str = "") -> Response:
    actor, door = staff_of(request), door_here(request)
    at = f"/api/v1/calendar-notices/{notice_id}"
    shown = NoticeShown.model_validate(_body(await call(request, "GET", at)))
    report, progress = None, None
    if shown.state in ("drafted", "reviewed", "arrived"):
        report = Report.model_validate(_body(await call(request, "GET", f"{at}/report")))
    elif (answer := await call(request, "GET", f"{at}/progress")).ok:
        progress = Progress.model_validate(answer.body)
    listed = report.cases if report and report.cases else []
    numbers = await run_in_threadpool(_numbers, request, [each.case_id for each in listed])
    names = await names_for(request, shown.region, wanted=bool(shown.unit))
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(done, ""),
        "beside": beside,
        "can": rights(actor, door.node.code),
        **notice_values(shown, report, progress, numbers),
        "scope": names.of(shown.scope),
    }
    return page(request, "admin/calendar_notice.html", known, beside.status)


def _numbers(request: Request, cases: Sequence[UUID]) -> Mapping[UUID, str]:
    with door_here(request).unit.transaction() as db:
        return repository.numbers_of(db, cases)


def _body(answer: Answer) -> Any:
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    return answer.body


def rights(actor: Actor, node: str) -> Mapping[str, bool]:
    """Return which acts an actor is offered."""
    here = Resource(node=node)
    offered = {act: may(actor, action, here).allowed for act, action in ACTS.items()}
    return {**offered, "review": offered["review"] or offered["sign"], "draft": offered["review"]}


def year_values(year: YearShown, notices: Notices, this_year: int) -> dict[str, Any]:
    """Return what the page of a year shows."""
    turned = [each for each in year.days if each.kind in calendar_words.DAY_MARKS]
    return {
        "year": year,
        "months": months_of(year),
        "turned": turned,
        "notices": notices.items,
        "progress": notices.progress,
        "this_year": this_year,
        "wording": calendar_words,
    }


def whose_values(year: YearShown, names: Names, whose: str) -> dict[str, Any]:
    """Return whose calendar is shown, and whose else there are."""
    scope = ScopeShown(region=year.region, unit=year.unit)
    return {
        "whose": whose,
        "whose_query": f"&whose={quote(whose)}" if whose else "",
        "whose_groups": names.groups(year.scopes),
        "whose_name": names.of(scope) if whose else "",
        "names": names,
    }


def months_of(year: YearShown) -> Sequence[Month]:
    """Return the twelve months of a year in weeks."""
    days = {each.day: each for each in year.days}
    weeks = Calendar().monthdatescalendar
    return [
        Month(
            month,
            [
                [days.get(day) if day.month == month else None for day in week]
                for week in weeks(year.year, month)
            ],
        )
        for month in range(1, 13)
    ]


def notice_values(
    shown: NoticeShown,
    report: Report | None,
    progress: Progress | None,
    numbers: Mapping[UUID, str],
) -> dict[str, Any]:
    """Return what the page of a notice shows; a case that is not known here has no number."""
    return {
        "notice": shown,
        "report": report,
        "progress": progress,
        "numbers": numbers,
        "totals": _totals(report) if report else {},
        "wording": calendar_words,
    }


def _totals(report: Report) -> Mapping[str, int]:
    return {
        how: sum(counts.get(how, 0) for counts in report.moves.values())
        for how in calendar_words.MOVES
    }
