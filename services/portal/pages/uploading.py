"""Files that a page sends in pieces, by the tus protocol: passed on to the API as who sends them.

The script of the page speaks it; without scripts the form of the page sends the file as a whole.
"""

import hmac
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from services.portal.pages.calling import Holder, Passing, relay
from services.portal.pages.desk import staff_of
from services.portal.pages.keepsake import recall
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.numbers import normalise_case_number
from shared.security.policy import Action

router = APIRouter()

PASSING = Passing(
    sent=(
        *("content-type", "tus-resumable", "upload-length", "upload-metadata", "upload-offset"),
        "sec-fetch-site",
    ),
    told=(
        *("content-type", "location", "tus-resumable", "tus-max-size", "upload-expires"),
        *("upload-length", "upload-offset", "retry-after"),
    ),
)
TOKEN = "backstop-form"  # noqa: S105  # the name of a header
"""In which a page of the desk sends the token that its forms carry."""


@router.post("/follow/files/uploads")
@demands(Action.ATTACHMENT_ADD, audience=Audience.HOLDER)
async def begin_own(request: Request) -> Response:
    """Begin to send a file of the case that is open in this browser."""
    holder = _holder(request)
    return await _begun(request, holder.number, "/follow/files/uploads", holder)


@router.api_route("/follow/files/uploads/{secret}", methods=["HEAD", "PATCH", "DELETE"])
@demands(Action.ATTACHMENT_ADD, audience=Audience.HOLDER)
async def go_on_with_own(request: Request, secret: str) -> Response:
    """Tell how much of it has come, take more, or give it up."""
    holder = _holder(request)
    return await _gone_on(request, holder.number, secret, holder)


@router.post("/desk/files/uploads")
@demands(Action.ATTACHMENT_ADD, audience=Audience.STAFF)
async def begin_at_desk(request: Request, case: str = "") -> Response:
    """Begin to send a file of a case as staff."""
    staff_of(request)
    _demand_token(request)
    return await _begun(request, _exact(case), "/desk/files/uploads")


@router.api_route("/desk/files/uploads/{secret}", methods=["HEAD", "PATCH", "DELETE"])
@demands(Action.ATTACHMENT_ADD, audience=Audience.STAFF)
async def go_on_at_desk(request: Request, secret: str, case: str = "") -> Response:
    """Tell how much of it has come, take more, or give it up."""
    staff_of(request)
    return await _gone_on(request, _exact(case), secret)


async def _begun(
    request: Request, number: str, here: str, holder: Holder | None = None
) -> Response:
    response = await relay(request, _path(number), holder, PASSING)
    if "location" in response.headers:
        secret = response.headers["location"].rpartition("/")[2]
        asked = "" if holder else f"?{urlencode({'case': number})}"
        response.headers["location"] = f"{here}/{secret}{asked}"
    return response


async def _gone_on(
    request: Request, number: str, secret: str, holder: Holder | None = None
) -> Response:
    path = f"{_path(number)}/{quote(secret, safe='')}"
    return await relay(request, path, holder, PASSING)


def _holder(request: Request) -> Holder:
    holder = recall(request)
    if holder is None:
        raise Refused("not_signed_in")
    return holder


def _demand_token(request: Request) -> None:
    # What speaks no tus begins nothing, and the API says so; who goes on knows a secret address.
    if "tus-resumable" not in request.headers:
        return
    expected, shown = request.scope.get("session") or "", request.headers.get(TOKEN, "")
    if not (expected and hmac.compare_digest(expected.encode(), shown.encode())):
        raise Refused("not_allowed", "csrf")


def _path(number: str) -> str:
    return f"/api/v1/cases/{quote(number, safe='')}/uploads"


def _exact(typed: str) -> str:
    return normalise_case_number(typed) or "x"
