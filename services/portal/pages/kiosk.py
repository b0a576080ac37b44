"""The self-service machine of a hall: large, for one person after the other.

An operator opens `/kiosk` once; from then on this browser is a kiosk (S0-06, S2-27). What a person
opened or typed is gone with the first page, whether they went there or just went away.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import forget, keep_a_year
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import (
    KIOSK_COOKIE,
    LANGUAGE_COOKIE,
    PRINT_COOKIE,
    UNFINISHED,
    kiosk_of,
    language_of,
    page,
)
from shared.http.demands import Audience, open_to

router = APIRouter()

NOTHING_WRONG: Mapping[str, str] = MappingProxyType({})
KIOSK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/#_-]{0,63}")
WRONG = _("编号只能用字母、数字和 . : / # _ -，最长 64 位。")


@router.get("/kiosk")
@open_to(Audience.EVERYBODY, "makes this browser the machine of a hall")
def ask(request: Request) -> Response:
    """Ask the operator which machine this is, or whether it shall be one no more."""
    return _asked(request, kiosk_of(request))


@router.post("/kiosk")
@open_to(Audience.EVERYBODY, "makes this browser the machine of a hall")
async def begin(request: Request) -> Response:
    """Make this browser a kiosk, or without a number an ordinary one."""
    form = await read_form(request)
    number = form.get("number")
    answer = RedirectResponse("/", 303)
    if form.get("go") == "off":
        answer.delete_cookie(KIOSK_COOKIE)
        return answer
    if not KIOSK_ID.fullmatch(number):
        wrong = {"number": translations(language_of(request)).gettext(WRONG)}
        return await run_in_threadpool(_asked, request, number, wrong)
    keep_a_year(request, answer, KIOSK_COOKIE, number)
    return answer


def start(request: Request) -> Response:
    """Show the first page of a kiosk; whoever was here before is forgotten with it."""
    request.cookies.pop(LANGUAGE_COOKIE, None)
    request.cookies.pop(PRINT_COOKIE, None)
    answer = page(request, "citizen/kiosk.html", {})
    forget(answer)
    for cookie in (LANGUAGE_COOKIE, PRINT_COOKIE):
        answer.delete_cookie(cookie)
    return answer


def fields_of(request: Request) -> dict[str, object]:
    """Return by which channel a report from this browser comes, and what that channel adds."""
    kiosk = kiosk_of(request)
    return {"channel": "kiosk", "channel_fields": {"kiosk_id": kiosk}} if kiosk else {}


def _asked(request: Request, number: str, errors: Mapping[str, str] = NOTHING_WRONG) -> Response:
    values = {"values": {"number": number}, "errors": errors, "told": ""}
    return page(request, "citizen/kiosk_how.html", values, UNFINISHED if errors else 200)
