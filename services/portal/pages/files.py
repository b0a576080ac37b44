"""Photographs and documents of a case: its person adds and sees them, staff with a purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import Answer, Ask, Holder, Sent, call, hand_on
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.follow import CLOSED
from services.portal.pages.forms import Form, fits_session
from services.portal.pages.keepsake import recall
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import UNFINISHED, door_here, language_of, page
from services.portal.pages.words import REVEAL_PURPOSES
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.http.files import Upload, read_upload
from shared.http.problems import problem_of
from shared.security.numbers import normalise_case_number
from shared.security.policy import Action

router = APIRouter()

ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,.heic,application/pdf,.pdf,.docx,.xlsx"
"""What a browser offers to choose; the API looks at the bytes."""
NO_FILE = _("请先选一个文件。")
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_case"}
NAME_WITHHELD = "name_withheld"
KILO, MEGA = 1_000, 1_000_000


class ShownFile(BaseModel):
    """One file as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    attachment_id: UUID
    kind: str
    bytes: int
    has_thumbnail: bool
    added_at: datetime
    added_by_staff: bool
    name: str | None
    place: Mapping[str, float] | None
    origin: str | None = None
    """The node at which it was added; None for this one."""
    number: str | None = None
    """The case that has it; None for the one that is shown."""
    replaces: UUID | None = None
    """Of which file it is a copy, made for a unit."""

    @property
    def size(self) -> str:
        """The size as people read it."""
        return size_of(self.bytes)


class ShownRelease(BaseModel):
    """A file that a unit was let see, as the API tells it; ended if it sees it no longer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    release_id: UUID
    file_id: UUID
    shown_id: UUID
    unit_node: str
    unit_name: str
    released_at: datetime
    because_masked: str
    ended_at: datetime | None


class ComingFile(BaseModel):
    """A file of another node that is on its way, or is not kept here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    bytes: int
    origin: str
    offered_at: datetime
    pieces: int
    arrived: int
    fault: str | None

    @property
    def size(self) -> str:
        """The size as people read it."""
        return size_of(self.bytes)


def size_of(size: int) -> str:
    """Return a number of bytes as people read it."""
    if size >= MEGA:
        return f"{size / MEGA:.1f} MB"
    return f"{max(1, size // KILO)} KB"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of a case, how many and how large they may be, and what was wrong with one."""

    files: Sequence[ShownFile]
    most: int
    most_bytes: int
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    coming: Sequence[ComingFile] = ()

    @property
    def left(self) -> int:
        """How many more the case takes."""
        return self.most - sum(
            file.number is None and file.replaces is None for file in self.files
        )

    def values(self) -> dict[str, Any]:
        """Return what both pages show of it."""
        return {
            "files": self.files,
            "coming": self.coming,
            "is_full": self.left <= 0,
            "left": self.left,
            "most_size": f"{self.most_bytes // MEGA} MB",
            "most_bytes": self.most_bytes,
            "accepted": ACCEPTED,
            "errors": self.errors,
            "told": self.told,
            "values": {},
        }


@router.get("/follow/files")
@demands(Action.ATTACHMENT_READ, audience=Audience.HOLDER)
async def own(request: Request) -> Response:
    """Show a person the files of the case that is open in this browser."""
    return await _own(request)


@router.post("/follow/files")
@demands(Action.ATTACHMENT_ADD, audience=Audience.HOLDER)
async def add_own(request: Request) -> Response:
    """Take a file from a person, and show all of them."""
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    wrong = await _sent(request, holder.number, holder)
    return RedirectResponse("/follow/files", 303) if wrong is None else await _own(request, wrong)


@router.get("/follow/files/{attachment_id}")
@demands(Action.ATTACHMENT_READ, audience=Audience.HOLDER)
async def take_own(request: Request, attachment_id: UUID) -> Response:
    """Hand a person a file of the own case."""
    return await _own_file(request, str(attachment_id))


@router.get("/follow/files/{attachment_id}/thumbnail")
@demands(Action.ATTACHMENT_READ, audience=Audience.HOLDER)
async def see_own(request: Request, attachment_id: UUID) -> Response:
    """Show a person the small picture of an own photograph."""
    return await _own_file(request, f"{attachment_id}/thumbnail")


@router.get("/desk/files")
@demands(Action.ATTACHMENT_READ, audience=Audience.STAFF)
async def at_desk(request: Request, case: str = "", purpose: str = "") -> Response:
    """Show staff which files a case has; for a purpose, what they are."""
    staff_of(request)
    return await desk_page(request, exact(case), purpose)


@router.post("/desk/files")
@demands(Action.ATTACHMENT_ADD, audience=Audience.STAFF)
async def adddesk_page(request: Request, case: str = "") -> Response:
    """Take a file from staff, and show all of the case."""
    staff_of(request)
    number = exact(case)
    wrong = await _sent(request, number)
    if wrong is not None:
        return await desk_page(request, number, "", wrong)
    return RedirectResponse(f"/desk/files?{urlencode({'case': number})}", 303)


@router.get("/desk/files/{attachment_id}")
@demands(Action.ATTACHMENT_READ, audience=Audience.STAFF)
async def takedesk_page(
    request: Request, attachment_id: UUID, case: str = "", purpose: str = ""
) -> Response:
    """Hand a file out to staff."""
    staff_of(request)
    return await hand_on(request, _path(exact(case), f"/{attachment_id}", purpose))


@router.get("/desk/files/{attachment_id}/thumbnail")
@demands(Action.ATTACHMENT_READ, audience=Audience.STAFF)
async def seedesk_page(
    request: Request, attachment_id: UUID, case: str = "", purpose: str = ""
) -> Response:
    """Show staff the small picture of a photograph."""
    staff_of(request)
    return await hand_on(request, _path(exact(case), f"/{attachment_id}/thumbnail", purpose))


async def _own(request: Request, wrong: Answer | None = None) -> Response:
    holder = recall(request)
    answer = Answer(404)
    if holder is not None:
        answer = await call(request, "GET", _path(holder.number), Ask(holder=holder))
    if not answer.ok:
        return RedirectResponse(CLOSED, 303)
    shelf = _shelf(answer, wrong, language_of(request))
    status = UNFINISHED if wrong else 200
    values = shelf.values() | {"number": holder.number if holder else ""}
    return page(request, "citizen/files.html", values, status)


async def _own_file(request: Request, rest: str) -> Response:
    holder = recall(request)
    if holder is None:
        return RedirectResponse(CLOSED, 303)
    return await hand_on(request, _path(holder.number, f"/{rest}"), holder)


async def desk_page(
    request: Request, number: str, purpose: str, wrong: Answer | None = None
) -> Response:
    """Show staff the files of a case, and what was wrong with what they sent."""
    purpose = purpose if purpose in REVEAL_PURPOSES else ""
    answer = await call(request, "GET", _path(number, purpose=purpose))
    if not answer.ok:
        is_withheld = answer.body.get("code") == NAME_WITHHELD
        raise Refused(NAME_WITHHELD if is_withheld else REFUSALS.get(answer.status, "unavailable"))
    shelf = _shelf(answer, wrong, language_of(request))
    known = {
        "tools": tools_of(request.scope["actor"], door_here(request)),
        "number": number,
        "purpose": purpose,
        "purposes": [("", [(each, each) for each in REVEAL_PURPOSES])],
        "asked": urlencode({"case": number, "purpose": purpose}),
        **_releases(answer.body),
    }
    status = UNFINISHED if wrong else 200
    return page(request, "desk/files.html", shelf.values() | known, status)


def _releases(told: Mapping[str, Any]) -> dict[str, Any]:
    releases = [ShownRelease.model_validate(each) for each in told["releases"]]
    standing = [each for each in releases if each.ended_at is None]
    return {
        "withheld": told["withheld"],
        "unit_name": told["unit_name"],
        "released": {
            file_id: [each for each in standing if each.file_id == file_id]
            for file_id in {each.file_id for each in standing}
        },
    }


async def _sent(request: Request, number: str, holder: Holder | None = None) -> Answer | None:
    try:
        upload = await read_upload(request)
    except Refused as refused:
        problem = problem_of(refused)
        return Answer(problem.status, problem.model_dump())
    if holder is None and not fits_session(request, Form(upload.fields)):
        raise Refused("not_allowed", "csrf")
    answer = await call(request, "POST", _path(number), Ask(holder=holder, file=_file(upload)))
    return None if answer.ok else answer


def _file(upload: Upload) -> Sent:
    chosen = {name: upload.fields[name] for name in ("keep_place",) if name in upload.fields}
    return Sent(upload.name, upload.data, chosen)


def _shelf(answer: Answer, wrong: Answer | None, language: str) -> Shelf:
    errors = wrong.errors(language) if wrong else {}
    if "file" in errors and wrong and wrong.body.get("code") == "file_missing":
        errors = {"file": translations(language).gettext(NO_FILE)}
    shown = {"file": errors["file"]} if "file" in errors else {}
    told = wrong.says(language) if wrong and not shown else ""
    files = [ShownFile.model_validate(each) for each in answer.body["items"]]
    coming = [ComingFile.model_validate(each) for each in answer.body["coming"]]
    limits = (answer.body["most"], answer.body["most_bytes"])
    return Shelf(files, *limits, shown, told, coming)


def _path(number: str, rest: str = "", purpose: str = "") -> str:
    asked = f"?{urlencode({'purpose': purpose})}" if purpose else ""
    return f"/api/v1/cases/{quote(number, safe='')}/attachments{rest}{asked}"


def exact(typed: str) -> str:
    """Return a number as it is kept, or one that no case has."""
    return normalise_case_number(typed) or "x"
