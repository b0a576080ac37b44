"""Report by Open311 and read where reports stand, with their updates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection

from services.intake.api.cases import IntakeDoor, Number, exact, looked_up, take_down
from services.intake.api.nodes import name_of
from services.intake.api.open311.bodies import REPORT_FORM, read_form, report_of
from services.intake.api.open311.services import OTHER, OTHER_TITLE, FormAsked, named
from services.intake.api.texts import CHINESE, Names, next_text, timeline_text
from services.intake.handlers import Look, look_at_all
from services.intake.policy.days import CHINA
from services.intake.policy.following import next_step
from services.intake.policy.georeport import STATES, status_of
from services.intake.policy.progress import way_of
from services.intake.repository.cases import Case, Period, cases_between, cases_numbered
from shared.errors import Refused
from shared.http import ApiRoute, Door, IdempotencyKey, Moment, Who
from shared.http.demands import demands
from shared.http.georeport import PREFIX, written
from shared.regions import full_name_of
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter(prefix=PREFIX, tags=["intake"], route_class=ApiRoute)

LONGEST_SPAN = timedelta(days=90)
MOST = 200
REQUESTS = ("service_requests", "request")
UPDATES = ("service_request_updates", "request_update")


@dataclass(frozen=True)
class Wanted:
    """Which requests are asked for: by number, or of a span of at most 90 days, the latest."""

    service_request_id: Annotated[str | None, Query(max_length=2_000)] = None
    service_code: Annotated[str | None, Query(max_length=64)] = None
    start_date: Annotated[Moment | None, Query()] = None
    end_date: Annotated[Moment | None, Query()] = None
    status: Annotated[str | None, Query(pattern=r"^(open|closed)(,(open|closed))?$")] = None
    page_size: Annotated[int, Query(ge=1, le=MOST)] = 50

    def period(self, now: datetime) -> Period:
        """Return the span; Refused if it is none or too long."""
        until = self.end_date or now
        since = self.start_date or until - LONGEST_SPAN
        if not timedelta(0) < until - since <= LONGEST_SPAN:
            raise Refused("bad_span", field="start_date")
        is_other = self.service_code == OTHER
        code = None if is_other else self.service_code
        return Period(since=since, until=until, item_code=code, without_item=is_other)


Asks = Annotated[Wanted, Depends()]


@router.post("/requests.{form}", status_code=201, openapi_extra={"requestBody": REPORT_FORM})
@demands(Action.CASE_REGISTER)
async def report(
    request: Request, form: FormAsked, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> Response:
    """Take a report down from a form; who sends it is told number and query code."""
    told = await read_form(request)
    body = report_of(told, actor, door.node.code)
    await run_in_threadpool(named, door, told["service_code"])
    taken = await run_in_threadpool(take_down, body, door, actor, key)
    row = {
        "service_request_id": taken.number,
        "service_notice": f"查询码 {taken.query_code}，用来查进度，请一并交给反映人。",
        "account_id": None,
        "query_code": taken.query_code,
        "follow_url": taken.follow_url,
    }
    return _private(written([row], REQUESTS, form, 201))


@router.get("/requests.{form}")
@demands(Action.CASE_READ)
def requests(form: FormAsked, door: IntakeDoor, actor: Who, wanted: Asks) -> Response:
    """List requests; a system needs the right to read cases."""
    shown = _found(door, actor, wanted)
    return _private(written([_row(look, door) for look in shown], REQUESTS, form))


@router.get("/requests/{number}.{form}")
@demands(Action.CASE_READ)
def request_numbered(number: Number, form: FormAsked, door: IntakeDoor, actor: Who) -> Response:
    """Tell where one request stands: to a system, or to its person by query code."""
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.CASE_READ)
    return _private(written([_row(look, door)], REQUESTS, form))


@router.get("/servicerequestupdates.{form}")
@demands(Action.CASE_READ)
def updates(form: FormAsked, door: IntakeDoor, actor: Who, wanted: Asks) -> Response:
    """List what became of requests, step by step (extension by mySociety)."""
    shown = _found(door, actor, wanted)
    rows = [row for look in shown for row in _updates(look, door)]
    return _private(written(rows, UPDATES, form))


@router.get("/tokens/{token}.{form}")
@demands(Action.CASE_READ)
def token(
    token: Annotated[str, Path(max_length=60)], form: FormAsked, door: IntakeDoor, actor: Who
) -> Response:
    """Return the number of a token: both are the same, for every report has a number at once."""
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, token, Action.CASE_READ)
    row = {"service_request_id": look.case.number, "token": look.case.number}
    return written([row], REQUESTS, form)


def _found(door: Door, actor: Actor, wanted: Wanted) -> Sequence[Look]:
    door.demand(actor, Action.CASE_READ, Resource(node=door.node.code, unit=actor.unit))
    with door.unit.transaction() as db:
        looks = look_at_all(db, _cases(db, wanted, door.now()))
    return [
        look
        for look in looks
        if may(actor, Action.CASE_READ, look.resource_at(door.node.code)).allowed
        and status_of(look.progress.status) in (wanted.status or "open,closed").split(",")
    ]


def _cases(db: Connection, wanted: Wanted, now: datetime) -> Sequence[Case]:
    if wanted.service_request_id is None:
        return cases_between(db, wanted.period(now), wanted.page_size)
    numbers = wanted.service_request_id.split(",")
    if len(numbers) > MOST:
        raise Refused("too_many_numbers", str(MOST), field="service_request_id")
    return cases_numbered(db, [exact(each) for each in numbers])


def _row(look: Look, door: Door) -> Mapping[str, Any]:
    case, progress = look.case, look.progress
    holder = progress.holder
    last = look.facts[-1].at if look.facts else case.registered_at
    return {
        "service_request_id": case.number,
        "status": status_of(progress.status),
        "status_notes": next_text(next_step(progress), CHINESE),
        "service_name": case.item_name or OTHER_TITLE,
        "service_code": case.item_code or OTHER,
        "description": case.text_masked,
        "agency_responsible": holder.name if holder else None,
        "service_notice": None,
        "requested_datetime": _moment(case.registered_at),
        "updated_datetime": _moment(last),
        "expected_datetime": progress.due_at and _moment(datetime.fromisoformat(progress.due_at)),
        "address": full_name_of(case.region) or case.region,
        "address_id": case.region,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
        "state": STATES[progress.status],
    }


def _updates(look: Look, door: Door) -> Sequence[Mapping[str, Any]]:
    names: Names = partial(name_of, here=door.node)
    return [
        {
            "update_id": f"{look.case.number}.{fact.kind.value}.{fact.at.timestamp():.6f}",
            "service_request_id": look.case.number,
            "status": STATES[progress.status],
            "updated_datetime": _moment(fact.at),
            "description": timeline_text(fact, names, CHINESE),
            "media_url": None,
        }
        for fact, progress in way_of(look.facts)
    ]


def _moment(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
