"""The page of a party outside that was asked about a case: it opens by the link of a message.

The token stands behind `#` in the link, is posted by a form, and lies sealed in a cookie of this
page alone: no address, log or referrer has it. Who has no scripts types its twenty signs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import Answer, Ask, Link, Sent, call, hand_on
from services.portal.pages.files import ACCEPTED, MEGA, NO_FILE, size_of
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import is_secure
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import UNFINISHED, door_here, language_of, page
from shared.errors import Refused
from shared.http.demands import Audience, demands, open_to
from shared.http.files import read_upload
from shared.http.problems import problem_of
from shared.security.notes import read_note, write_note
from shared.security.policy import Action

router = APIRouter()

HERE, API = "/outside", "/api/v1/outside"
COOKIE = "backstop_outside"
LABEL = "portal/outside-open"
KEPT = timedelta(hours=2)
"""So long somebody may write at an answer; each page that is opened begins it anew."""
BY_LINK = "for parties outside, by the link that they were sent"
WANTS_CODE = frozenset({"link_code_needed", "wrong_link_code"})
NO_LINK = _("请填短信链接里的 20 位字母和数字。")
NO_TEXT = _("请写答复；不归你们管的，请写归谁管。")
NO_HOW = _("请选一项。")


class SentFile(BaseModel):
    """A file that the party has chosen or sent."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file_id: UUID
    name: str
    kind: str
    bytes: int

    @property
    def size(self) -> str:
        """The size as people read it."""
        return size_of(self.bytes)


class ShownFile(BaseModel):
    """A file of the case that the party may see."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file_id: UUID
    kind: str
    bytes: int

    @property
    def size(self) -> str:
        """The size as people read it."""
        return size_of(self.bytes)


class OwnQuestion(BaseModel):
    """A question as the API tells it to the party."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    party_name: str
    unit_name: str
    unit_phone: str | None
    node_name: str
    title: str
    text: str
    asked_at: datetime
    answer_by: datetime
    ended_at: datetime | None
    how: str | None
    answer: str
    files: list[SentFile]
    most_files: int
    most_bytes: int

    @property
    def most_size(self) -> str:
        """How large a file may be, as people read it."""
        return f"{self.most_bytes // MEGA} MB"


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside the question: what was typed, what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@router.get(HERE)
@open_to(Audience.EVERYBODY, BY_LINK)
def ask(request: Request, closed: bool = False) -> Response:
    """Ask for the link; what follows `#` stays in the browser."""
    return _door(request, {"link": "", "closed": closed})


@router.post(HERE)
@open_to(Audience.EVERYBODY, BY_LINK)
async def open_link(request: Request) -> Response:
    """Open a question for this browser when the link fits, and the code where one is asked."""
    form = await read_form(request)
    # Some copy the whole link into the field.
    link = Link(form.get("link").rpartition("link=")[2], form.get("code"))
    if not link.token:
        return _door(request, {"link": ""}, {"link": _say(request, NO_LINK)})
    answer = await call(request, "GET", f"{API}/question", Ask(link=link))
    if not answer.ok:
        return _refused(request, link, answer)
    opened = RedirectResponse(f"{HERE}/question", 303)
    _remember(request, opened, link)
    return opened


@router.get(f"{HERE}/question")
@demands(Action.OUTSIDE_ANSWER, audience=Audience.HOLDER)
async def show(request: Request) -> Response:
    """Show the question that is open in this browser, or what was answered."""
    return await _question(request, Beside())


@router.post(f"{HERE}/answer")
@demands(Action.OUTSIDE_ANSWER, audience=Audience.HOLDER)
async def answer(request: Request) -> Response:
    """Send the answer, once."""
    form, link = await read_form(request), _recall(request)
    if link is None:
        return RedirectResponse(f"{HERE}?closed=1", 303)
    typed = {name: form.get(name) for name in ("how", "text")}
    lacks = {"how": NO_HOW, "text": NO_TEXT}
    missing = {name: _say(request, told) for name, told in lacks.items() if not typed[name]}
    if missing:
        return await _question(request, Beside(typed, missing, status=UNFINISHED))
    sent = await call(request, "POST", f"{API}/answer", Ask(typed, link=link))
    if not sent.ok:
        return await _question(request, _wrong(request, sent, typed))
    return RedirectResponse(f"{HERE}/question", 303)


@router.post(f"{HERE}/files")
@demands(Action.OUTSIDE_ANSWER, audience=Audience.HOLDER)
async def add_file(request: Request) -> Response:
    """Take a file that goes with the answer."""
    link = _recall(request)
    if link is None:
        return RedirectResponse(f"{HERE}?closed=1", 303)
    try:
        upload = await read_upload(request)
    except Refused as refused:
        problem = problem_of(refused)
        sent = Answer(problem.status, problem.model_dump())
    else:
        file = Sent(upload.name, upload.data)
        sent = await call(request, "POST", f"{API}/files", Ask(link=link, file=file))
    if not sent.ok:
        return await _question(request, _wrong(request, sent, {}))
    return RedirectResponse(f"{HERE}/question#files", 303)


@router.post(f"{HERE}/files/remove")
@demands(Action.OUTSIDE_ANSWER, audience=Audience.HOLDER)
async def remove_file(request: Request) -> Response:
    """Take a file back before the answer is sent."""
    form, link = await read_form(request), _recall(request)
    if link is None:
        return RedirectResponse(f"{HERE}?closed=1", 303)
    file_id = _uuid(form.get("file_id"))
    sent = await call(request, "POST", f"{API}/files/{file_id}/remove", Ask(link=link))
    if not sent.ok:
        return await _question(request, _wrong(request, sent, {}))
    return RedirectResponse(f"{HERE}/question#files", 303)


@router.get(f"{HERE}/shown/{{file_id}}")
@demands(Action.OUTSIDE_ANSWER, audience=Audience.HOLDER)
async def shown(request: Request, file_id: UUID) -> Response:
    """Hand out a file of the case that this party may see."""
    link = _recall(request)
    if link is None:
        return RedirectResponse(f"{HERE}?closed=1", 303)
    return await hand_on(request, f"{API}/case-files/{file_id}", link=link)


@router.post(f"{HERE}/leave")
@open_to(Audience.EVERYBODY, BY_LINK)
def leave(request: Request) -> Response:
    """Close the question in this browser, which others may use next."""
    left = RedirectResponse(HERE, 303)
    left.delete_cookie(COOKIE, path=HERE)
    return left


async def _question(request: Request, beside: Beside) -> Response:
    link = _recall(request)
    if link is None:
        return RedirectResponse(f"{HERE}?closed=1", 303)
    answer = await call(request, "GET", f"{API}/question", Ask(link=link))
    if not answer.ok:
        refused = _refused(request, link, answer)
        refused.delete_cookie(COOKIE, path=HERE)
        return refused
    question = OwnQuestion.model_validate(answer.body)
    files = await call(request, "GET", f"{API}/case-files", Ask(link=link))
    values = {
        "question": question,
        "shown": [ShownFile.model_validate(each) for each in files.body] if files.ok else [],
        "accepted": ACCEPTED,
        "values": beside.values,
        "errors": beside.errors,
        "told": beside.told,
    }
    made = page(request, "citizen/outside.html", values, beside.status)
    _remember(request, made, link)
    return made


def _refused(request: Request, link: Link, answer: Answer) -> Response:
    language = language_of(request)
    wants_code = answer.body.get("code") in WANTS_CODE
    told, first = answer.says(language), not link.code
    if wants_code:
        values = {"link": link.token, "wants_code": True, "hint": told if first else ""}
        return _door(request, values, {} if first else {"code": told})
    return _door(request, {"link": ""}, told=told)


def _door(
    request: Request,
    values: dict[str, Any],
    errors: dict[str, str] | None = None,
    told: str = "",
) -> Response:
    known = {"closed": False, "wants_code": False, "hint": "", "code": "", **values}
    status = UNFINISHED if errors or told else 200
    told_of = {"values": known, "errors": errors or {}, "told": told}
    return page(request, "citizen/outside_open.html", told_of, status)


def _wrong(request: Request, sent: Answer, typed: Mapping[str, str]) -> Beside:
    language = language_of(request)
    errors = {k: v for k, v in sent.errors(language).items() if k in ("how", "text", "file")}
    if "file" in errors and sent.body.get("code") == "file_missing":
        errors["file"] = _say(request, NO_FILE)
    return Beside(typed, errors, "" if errors else sent.says(language), UNFINISHED)


def _remember(request: Request, response: Response, link: Link) -> None:
    door = door_here(request)
    response.set_cookie(
        COOKIE,
        write_note(door.keys, LABEL, [link.token, link.code], door.now() + KEPT),
        max_age=int(KEPT.total_seconds()),
        path=HERE,
        httponly=True,
        samesite="strict",
        secure=is_secure(request),
    )


def _recall(request: Request) -> Link | None:
    door, note = door_here(request), request.cookies.get(COOKIE, "")
    kept: list[str] | None = read_note(door.keys, LABEL, note, door.now())
    return None if kept is None else Link(*kept)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused("unknown_file", field="file_id") from error


def _say(request: Request, text: str) -> str:
    return translations(language_of(request)).gettext(text)
