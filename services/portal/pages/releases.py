"""Let the unit of a case see one file of a person whose name is withheld, and take that back."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Answer, Ask, Sent, call
from services.portal.pages.desk import staff_of
from services.portal.pages.files import desk_page, exact
from services.portal.pages.forms import Form, fits_session, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.http.files import read_upload
from shared.http.problems import problem_of
from shared.security.policy import Action

router = APIRouter()

WHY = _("请写为什么。")


@router.post("/desk/files/{attachment_id}/release")
@demands(Action.ATTACHMENT_RELEASE, audience=Audience.STAFF)
async def release(request: Request, attachment_id: UUID, case: str = "") -> Response:
    """Let the unit see a file as it is."""
    staff_of(request)
    form, number = await read_staff_form(request), exact(case)
    answer = await _released(request, number, attachment_id, {"because": form.get("because")})
    return await _told(request, number, form, answer)


@router.post("/desk/files/{attachment_id}/copy")
@demands(Action.ATTACHMENT_RELEASE, audience=Audience.STAFF)
async def release_copy(request: Request, attachment_id: UUID, case: str = "") -> Response:
    """Let the unit see a copy of a file, in which something was made unreadable."""
    staff_of(request)
    number = exact(case)
    try:
        sent = await read_upload(request)
    except Refused as refused:
        problem = problem_of(refused)
        return await desk_page(request, number, "", Answer(problem.status, problem.model_dump()))
    form = Form(sent.fields)
    if not fits_session(request, form):
        raise Refused("not_allowed", "csrf")
    if not form.get("because"):
        return await _told(request, number, form, _unsaid())
    path = _path(number, f"attachments/{attachment_id}/copies")
    copied = await call(request, "POST", path, Ask(file=Sent(sent.name, sent.data)))
    if copied.ok:
        body = {"because": form.get("because"), "copy_id": copied.body["attachment_id"]}
        copied = await _released(request, number, attachment_id, body)
    return await _told(request, number, form, copied)


@router.post("/desk/files/releases/{release_id}/end")
@demands(Action.ATTACHMENT_RELEASE, audience=Audience.STAFF)
async def end(request: Request, release_id: UUID, case: str = "") -> Response:
    """Let the unit see a file no longer."""
    staff_of(request)
    form, number = await read_staff_form(request), exact(case)
    because = form.get("because")
    path = _path(number, f"releases/{release_id}/end")
    answer = await call(request, "POST", path, Ask({"because": because})) if because else _unsaid()
    return await _told(request, number, form, answer)


async def _released(
    request: Request, number: str, attachment_id: UUID, body: Mapping[str, str]
) -> Answer:
    if not body["because"]:
        return _unsaid()
    return await call(
        request, "POST", _path(number, f"attachments/{attachment_id}/releases"), Ask(body)
    )


async def _told(request: Request, number: str, form: Form, answer: Answer) -> Response:
    purpose = form.get("purpose")
    if not answer.ok:
        return await desk_page(request, number, purpose, answer)
    asked = {"case": number, **({"purpose": purpose} if purpose else {})}
    return RedirectResponse(f"/desk/files?{urlencode(asked)}", 303)


def _unsaid() -> Answer:
    # An API that was not asked has no words of its own.
    return Answer(422, {"detail": WHY, "detail_en": translations("en").gettext(WHY)})


def _path(number: str, rest: str) -> str:
    return f"/api/v1/cases/{quote(number, safe='')}/{rest}"
