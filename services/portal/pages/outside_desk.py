"""What parties outside are asked about the cases of the desk, and what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages.act_forms import END_OF_DAY
from services.portal.pages.calling import Answer, Ask, call, hand_on, refused
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.files import ShownFile, size_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.next_steps import IN_WORK, may_see
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.pages.words import REVEAL_PURPOSES
from services.portal.repository import CaseCard
from shared.clock import new_id
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

router = APIRouter()

HERE = "/desk/outside"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_order"}
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "ask": Action.OUTSIDE_ASK,
        "again": Action.OUTSIDE_ASK,
        "look": Action.OUTSIDE_ASK,
        "withdraw": Action.OUTSIDE_WITHDRAW,
        "read": Action.OUTSIDE_READ,
    }
)
NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ask": {"party_id": _("请选问哪个单位。"), "text": _("请写想了解什么。")},
        "again": {},
        "look": {"purpose": _("请选为什么要看。")},
        "withdraw": {"note": _("请写为什么不等了。")},
        "read": {"purpose": _("请选为什么要看。")},
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "ask": _("已发短信给对方，答复来了会显示在这里。本单位的时限照常走。"),
        "again": _("新链接已发，原来的链接不能用了。"),
        "withdraw": _("不再等它答复，链接已经停用。"),
    }
)


class Asked(BaseModel):
    """A question as the API tells it to staff."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question_id: UUID
    party_id: UUID
    party_name: str
    asked_at: datetime
    answer_by: datetime
    text_masked: str
    shown_files: int
    sent_files: int
    with_code: bool
    code_is_dead: bool
    links_sent: int
    link_sent_at: datetime
    opened_at: datetime | None
    reminded_at: datetime | None
    ended_at: datetime | None
    how: str | None
    answer_masked: str | None
    end_note_masked: str | None
    lamp: str | None


class OpenQuestion(BaseModel):
    """An open question of the whole desk."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str
    unit_name: str
    party_name: str
    asked_at: datetime
    answer_by: datetime
    opened_at: datetime | None
    lamp: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the questions: what was typed and is wrong, what was shown or done."""

    act: str = ""
    about: str = ""
    """The question that a form is about."""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    note: str = ""
    code: str | None = None
    read: Mapping[str, Any] | None = None
    looked: Mapping[str, Any] | None = None
    status: int = 200


@router.get(HERE)
@demands(Action.OUTSIDE_READ, audience=Audience.STAFF)
async def open_questions(request: Request) -> Response:
    """Show which parties outside have not answered yet, the first to end first."""
    actor = staff_of(request)
    answer = await call(request, "GET", "/api/v1/outside-questions")
    if not answer.ok:
        raise refused(answer, REFUSALS)
    lines = [OpenQuestion.model_validate(each) for each in answer.body]
    values = {"tools": tools_of(actor, door_here(request)), "lines": lines}
    return page(request, "desk/outside_open.html", values)


@router.get(f"{HERE}/{{number}}")
@demands(Action.OUTSIDE_READ, audience=Audience.STAFF)
async def of_case(request: Request, number: str, done: str = "") -> Response:
    """Show what was asked about a case, and ask more."""
    return await _shown(request, number, Beside(note=DONE.get(done, "")))


@router.post(f"{HERE}/{{number}}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, number: str, act: str) -> Response:
    """Ask, send again, go on without, or look at an answer or a telephone."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    about = form.get("question_id")
    typed: dict[str, Any] = {**form.values, "files": form.all("files")}
    lacks = {name: told for name, told in NEEDED[act].items() if not form.get(name)}
    if lacks:
        wrong = Beside(act, about, typed, lacks, status=UNFINISHED)
        return await _shown(request, number, wrong)
    case = await run_in_threadpool(_case, request, number)
    answer = await call(request, "POST", _path(act, form, case), _asked(act, form))
    if not answer.ok:
        return await _shown(request, number, _wrong(act, about, typed, answer))
    return await _done(request, number, act, form, answer)


@router.get(f"{HERE}/{{number}}/files/{{question_id}}/{{file_id}}")
@demands(Action.OUTSIDE_READ, audience=Audience.STAFF)
async def take(
    request: Request, number: str, question_id: UUID, file_id: UUID, purpose: str = ""
) -> Response:
    """Hand staff a file that a party sent."""
    staff_of(request)
    why = f"?{urlencode({'purpose': purpose})}" if purpose else ""
    return await hand_on(request, f"/api/v1/outside-questions/{question_id}/files/{file_id}{why}")


async def _done(request: Request, number: str, act: str, form: Form, answer: Answer) -> Response:
    about = form.get("question_id")
    if act == "read":
        files = [{**each, "size": size_of(each["bytes"])} for each in answer.body["files"]]
        read = {"text": answer.body["text"], "files": files, "purpose": form.get("purpose")}
        return await _shown(request, number, Beside(act, about, read=read))
    if act == "look":
        return await _shown(request, number, Beside(act, about, looked=answer.body))
    code = answer.body.get("code")
    if code:  # shown this once, so it stands in no address
        told = Beside(act, answer.body["question_id"], code=code, note=DONE[act])
        return await _shown(request, number, told)
    return RedirectResponse(f"{HERE}/{quote(number, safe='')}?done={act}", 303)


def _path(act: str, form: Form, case: CaseCard) -> str:
    if act == "ask":
        return f"/api/v1/orders/{case.order_id}/outside"
    if act == "look":
        return f"/api/v1/outside-parties/{_id(form, 'party_id')}/look"
    rest = {"again": "link", "withdraw": "withdraw", "read": "answer"}[act]
    return f"/api/v1/outside-questions/{_id(form, 'question_id')}/{rest}"


def _asked(act: str, form: Form) -> Ask:
    day = form.get("answer_by")
    until = f"{day}T{END_OF_DAY}" if day else None
    bodies: dict[str, dict[str, Any]] = {
        "ask": {
            "party_id": form.get("party_id"),
            "text": form.get("text"),
            "answer_by": until,
            "files": form.all("files"),
            "with_code": form.get("with_code") == "yes",
        },
        "again": {"answer_by": until},
        "withdraw": {"note": form.get("note")},
        "read": {"purpose": form.get("purpose")},
        "look": {"purpose": form.get("purpose")},
    }
    return Ask(bodies[act], once=form.optional("key") if act == "ask" else None)


def _wrong(act: str, about: str, typed: Mapping[str, Any], answer: Answer) -> Beside:
    errors = {name: told for name, told in answer.errors().items() if name in typed}
    told = "" if errors else answer.says()
    return Beside(act, about, typed, errors, told, status=answer.status)


async def _shown(request: Request, number: str, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    case = await run_in_threadpool(_case, request, number)
    found = await call(request, "GET", f"/api/v1/orders/{case.order_id}/outside")
    if not found.ok:
        raise refused(found, REFUSALS)
    here = Resource(node=door.node.code, unit=case.unit_code)
    asks = may(actor, Action.OUTSIDE_ASK, here).allowed
    opens = may(actor, Action.OUTSIDE_READ, here).allowed
    values = {
        "tools": tools_of(actor, door),
        "case": case,
        "asked": [Asked.model_validate(each) for each in found.body],
        "asks": asks and case.status in IN_WORK,
        "renews": asks,
        "opens": opens,
        "parties": await _parties(request) if asks else [],
        "files": await _files(request, number) if asks and opens else [],
        "purposes": [("", [(each, each) for each in REVEAL_PURPOSES])],
        "key": new_id().hex,
        "beside": beside,
    }
    return page(request, "desk/outside.html", values, beside.status)


async def _parties(request: Request) -> list[tuple[str, str]]:
    found = await call(request, "GET", "/api/v1/outside-parties")
    known = found.body if found.ok else []
    return [(each["party_id"], each["name"]) for each in known if each["in_use"]]


async def _files(request: Request, number: str) -> list[tuple[str, str]]:
    path = f"/api/v1/cases/{quote(number, safe='')}/attachments"
    found = await call(request, "GET", path)
    files = [ShownFile.model_validate(each) for each in found.body["items"]] if found.ok else []
    return [(str(each.attachment_id), _named(n, each)) for n, each in enumerate(files, 1)]


def _named(nth: int, file: ShownFile) -> str:
    return f"{nth} · {file.kind.upper()} · {file.size}"


def _case(request: Request, number: str) -> CaseCard:
    actor: Actor = staff_of(request)
    door = door_here(request)
    with door.unit.transaction() as db:
        case = repository.case_page(db, number)
    if case is None or not may_see(actor, case, door.node.code) or case.order_id is None:
        # Who may see only some cases does not learn which numbers there are.
        everywhere = may(actor, Action.OUTSIDE_READ, Resource(node=door.node.code)).allowed
        raise Refused("unknown_case" if everywhere else "not_allowed")
    return case


def _id(form: Form, name: str) -> UUID:
    try:
        return UUID(form.get(name))
    except ValueError as error:
        raise Refused("not_found") from error
