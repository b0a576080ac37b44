"""The case library at the desk: look for how things were solved, write it down, publish it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.alike import like_text
from services.portal.pages.calling import Answer, call, refused
from services.portal.pages.catalogue import item_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import read_form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.next_steps import may_see
from services.portal.pages.rendering import door_here, page
from services.portal.pages.similar import Similar, say_solved, similar_to
from services.portal.repository import CaseCard
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.actor import Actor
from shared.security.disclosure import NO_RULES
from shared.security.policy import Action, Resource, may

router = APIRouter()

PATH = "/desk/precedents"
API = "/api/v1/precedents"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_precedent", 400: "bad_cursor"}
SHELVES: Mapping[str, str] = {
    "published": _("已发布"),
    "draft": _("草稿，等人核对发布"),
    "to_check": _("来源件已清除，等核对"),
    "over": _("政策过期"),
    "withdrawn": _("已撤回"),
}
STATES: Mapping[str, str] = {
    "draft": _("草稿"),
    "published": _("已发布"),
    "replaced": _("已有新版"),
    "withdrawn": _("已撤回"),
}
SCOPES: Mapping[str, str] = {
    "node": _("只在本级用"),
    "down": _("本级和下级"),
    "up": _("本级和上级"),
    "both": _("本级、上级和下级"),
}
ACTS: Mapping[str, Action] = {
    "publish": Action.PRECEDENT_PUBLISH,
    "withdraw": Action.PRECEDENT_PUBLISH,
    "check": Action.PRECEDENT_PUBLISH,
    "discard": Action.PRECEDENT_WRITE,
}
DONE: Mapping[str, str] = {
    "written": _("草稿存好了，等另一个人核对发布。"),
    "publish": _("已发布。"),
    "withdraw": _("已撤回，收到过的各级也会撤下。"),
    "check": _("已记下核对过。"),
    "discard": _("草稿已丢弃。"),
    "solved": _("已记一次：看案例就解决了，没有登记。"),
}


class Precedent(Similar):
    """A precedent as the library tells staff of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    edition: int
    state: str
    standing: str
    scope: str
    item_code: str | None = None
    regions: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    keywords: tuple[str, ...] = ()
    source_number: str | None = None
    may_publish: bool = False
    drafted_at: datetime
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    check_since: datetime | None = None
    avoided: int = 0


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the library an address names."""

    q: str = ""
    shelf: str = ""
    node: str = ""
    item: str = ""
    cursor: str = ""
    like: str = ""
    """The number of a case: what is solved already and like it."""
    done: str = ""

    def asked(self, cursor: str | None = None) -> str:
        """Return it as the API takes it."""
        told = asdict(self) | {"cursor": cursor or self.cursor, "like": "", "done": ""}
        return urlencode({name: value for name, value in told.items() if value})


@router.get(PATH)
@demands(Action.PRECEDENT_READ, audience=Audience.STAFF)
async def library(request: Request, sought: Annotated[Sought, Depends()]) -> Response:
    """Show what there is, or what is like a case."""
    actor = staff_of(request)
    if sought.like:
        return await _like(request, actor, sought.like)
    answer = _good(await call(request, "GET", f"{API}/library?{sought.asked()}"))
    following = answer.body["next"]
    found = [Precedent.model_validate(each) for each in answer.body["items"]]
    more = sought.asked(following) if following else None
    values = {"sought": sought, "found": found, "more": more, "like": None}
    return await run_in_threadpool(_page, request, "desk/precedents.html", values, sought.done)


@router.post(f"{PATH}/like")
@demands(Action.PRECEDENT_READ, audience=Audience.STAFF)
async def like(request: Request) -> Response:
    """Show beside the registration what fits what is typed so far: precedents, and cases."""
    actor, form = staff_of(request), await read_form(request)
    found = await similar_to(
        request, form.get("text"), form.optional("item"), form.optional("region")
    )
    cases = await run_in_threadpool(like_text, request, actor, form.get("text"))
    values = {"similar": found, "may_count": True, "alike": cases, "leads": False}
    return page(request, "desk/beside_new.html", values)


@router.get(f"{PATH}/{{precedent_id:uuid}}")
@demands(Action.PRECEDENT_READ, audience=Audience.STAFF)
async def read(
    request: Request, precedent_id: UUID, edition: int | None = None, done: str = ""
) -> Response:
    """Show one, with what one may do about it."""
    return await shown(request, precedent_id, edition, done=done)


@router.post(f"{PATH}/{{precedent_id:uuid}}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, precedent_id: UUID, act: str) -> Response:
    """Publish, withdraw, look again or throw away."""
    await read_staff_form(request)
    if act not in ACTS:
        raise Refused("not_found")
    answer = await call(request, "POST", f"{API}/{precedent_id}/{act}")
    if answer.ok and _is_gone(act, answer):
        return RedirectResponse(f"{PATH}?done={act}", 303)
    if answer.ok:
        return _gone_on(precedent_id, act)
    if answer.status in REFUSALS:
        raise Refused(REFUSALS[answer.status])
    return await shown(request, precedent_id, told=answer)


@router.post(f"{PATH}/solved")
@demands(Action.PRECEDENT_READ, audience=Audience.STAFF)
async def solved(request: Request) -> Response:
    """Count that what an officer read to somebody was enough: nothing is registered."""
    form = await read_staff_form(request)
    if not await say_solved(request, form, form.get("precedent")):
        raise Refused("unknown_precedent")
    return RedirectResponse(f"{PATH}?done=solved", 303)


async def shown(
    request: Request,
    precedent_id: UUID,
    edition: int | None = None,
    *,
    done: str = "",
    told: Answer | None = None,
) -> Response:
    """Return the page of one, with what was refused of what one asked."""
    staff_of(request)
    one = await fetched(request, precedent_id, edition)
    values = {
        "one": one,
        "told": told.says() if told else "",
        "errors": told.errors() if told else {},
    }
    return await run_in_threadpool(
        _page, request, "desk/precedent.html", values, done, told.status if told else 200
    )


async def fetched(request: Request, precedent_id: UUID, edition: int | None = None) -> Precedent:
    """Return an edition of a precedent, or its last one."""
    which = f"?edition={edition}" if edition else ""
    answer = _good(await call(request, "GET", f"{API}/library/{precedent_id}{which}"))
    return Precedent.model_validate(answer.body)


def library_values(actor: Actor, node: str) -> dict[str, Any]:
    """Return what every page of the library knows of its reader."""
    here = Resource(node=node, unit=actor.unit)
    return {
        "shelves": SHELVES,
        "states": STATES,
        "scopes": SCOPES,
        "writes": may(actor, Action.PRECEDENT_WRITE, here).allowed,
        "publishes": may(actor, Action.PRECEDENT_PUBLISH, here).allowed,
    }


def case_of(request: Request, actor: Actor, number: str) -> CaseCard:
    """Return a case that the reader may see; Refused for any other."""
    door = door_here(request)
    with door.unit.transaction() as db:
        case = repository.case_page(db, number)
        strange = case is not None and not case.is_ours
        rules = repository.rules_below(db, door.node.code) if strange else NO_RULES
    if case is None or not may_see(actor, case, door.node.code, rules):
        raise Refused("unknown_case")
    door.look(actor, Action.CASE_READ, "case", number)
    return case


async def _like(request: Request, actor: Actor, number: str) -> Response:
    case = await run_in_threadpool(case_of, request, actor, number)
    text = f"{case.title_masked or ''}\n{case.text_masked or ''}"
    found = await similar_to(request, text, case.item_code, case.region)
    values = {"sought": Sought(), "found": [], "more": None, "like": case.number, "similar": found}
    return await run_in_threadpool(_page, request, "desk/precedents.html", values)


def _page(
    request: Request, template: str, values: Mapping[str, Any], done: str = "", status: int = 200
) -> Response:
    actor, door = staff_of(request), door_here(request)
    known = {
        **library_values(actor, door.node.code),
        "items": item_choices(door),
        "tools": tools_of(actor, door),
        "note": DONE.get(done, ""),
        "may_count": False,
        "similar": [],
    }
    return page(request, template, known | dict(values), status)


def _good(answer: Answer) -> Answer:
    if not answer.ok:
        raise refused(answer, REFUSALS)
    return answer


def _is_gone(act: str, answer: Answer) -> bool:
    return act == "discard" and answer.body["edition"] == 1


def _gone_on(precedent_id: UUID, done: str) -> Response:
    return RedirectResponse(f"{PATH}/{precedent_id}?done={done}", 303)
