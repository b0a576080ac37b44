"""The inbox of staff: what happened, of which case, where the next act is, since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages import dates
from services.portal.pages.calling import Ask, call, refused
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import read_staff_form
from services.portal.pages.language import language_now, say
from services.portal.pages.language import later as _
from services.portal.pages.notice_words import MOMENTS, URGENT, place_of, sentence
from services.portal.pages.rendering import door_here, page
from shared.http.demands import Audience, open_to

router = APIRouter()

HERE, API = "/desk/notices", "/api/v1/notices"
OWN = "they are one's own notices"
REFUSALS = {400: "bad_cursor", 401: "not_signed_in", 404: "not_found"}
DONE: Mapping[str, str] = {
    "one": _("已标为已读。"),
    "all": _("全部已标为已读。"),
}


class Notice(BaseModel):
    """A notice as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    notice_id: str
    kind: str
    number: str | None
    unit_name: str | None
    about_at: datetime | None
    ref: str | None
    told_at: datetime
    read_at: datetime | None

    @property
    def place(self) -> str:
        """Where the next act is."""
        return place_of(self.kind, self.number, self.ref)


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as the list shows it."""

    notice: Notice
    sentence: str
    moment: str
    urgent: bool


@router.get(HERE)
@open_to(Audience.STAFF, OWN)
async def notices(request: Request, cursor: str = "", done: str = "") -> Response:
    """Show one's own notices, the latest first."""
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", f"{API}?cursor={quote(cursor)}" if cursor else API)
    if not answer.ok:
        raise refused(answer, REFUSALS)
    found = [Notice.model_validate(each) for each in answer.body["items"]]
    known: dict[str, Any] = {
        "lines": list(map(line_of, found)),
        "more": answer.body["next"],
        "waiting": answer.body["unread"],
        "until": found[0].told_at if found and not cursor else None,
        "note": DONE.get(done, ""),
        "tools": tools_of(actor, door),
    }
    return page(request, "desk/notices.html", known)


@router.post(f"{HERE}/open")
@open_to(Audience.STAFF, OWN)
async def open_notice(request: Request) -> Response:
    """Mark a notice as read and go where its next act is."""
    return RedirectResponse((await _read(request)).place, 303)


@router.post(f"{HERE}/read")
@open_to(Audience.STAFF, OWN)
async def read(request: Request) -> Response:
    """Mark a notice as read, or all that the page showed."""
    staff_of(request)
    form = await read_staff_form(request)
    until = form.optional("until")
    if until is None:
        await _read(request)
        return RedirectResponse(f"{HERE}?done=one", 303)
    answer = await call(request, "POST", f"{API}/read", Ask({"until": until}))
    if not answer.ok:
        raise refused(answer, REFUSALS)
    return RedirectResponse(f"{HERE}?done=all", 303)


async def _read(request: Request) -> Notice:
    staff_of(request)
    form = await read_staff_form(request)
    path = f"{API}/{quote(form.get('notice_id') or '-', safe='')}/read"
    answer = await call(request, "POST", path)
    if not answer.ok:
        raise refused(answer, REFUSALS)
    return Notice.model_validate(answer.body)


def line_of(notice: Notice) -> Line:
    """Return a notice as a line of the list."""
    told = MOMENTS.get(notice.kind)
    at = notice.about_at
    moment = say(told).format(at=dates.moment(at, language_now())) if told and at else ""
    words = sentence(notice.kind, notice.unit_name)
    return Line(notice, words, moment, notice.kind in URGENT)
