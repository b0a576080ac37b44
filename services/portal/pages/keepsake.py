"""The case a citizen has open: number and query code, sealed in a cookie for half an hour.

So the code is in no address, survives a reload, and is gone from a shared machine soon. Who came
by a one-time code has the pass and the numbers of all their cases beside it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response

from services.portal.pages.calling import Holder, Mine
from services.portal.pages.rendering import door_here
from shared.security.sealing import SealBroken, VaultUnavailable

COOKIE = "backstop_case"
KEPT = timedelta(minutes=30)
LABEL = "portal/case-open"


def remember(
    request: Request, response: Response, holder: Holder, mine: Mine | None = None
) -> None:
    """Keep a case open for this browser."""
    door = door_here(request)
    until = door.now() + KEPT
    kept = [holder.number, holder.code, until.timestamp()]
    beside = [] if mine is None else [mine.case_pass, *mine.numbers]
    plain = json.dumps([*kept, *beside]).encode()
    sealed = urlsafe_b64encode(door.keys.seal_bytes(plain, LABEL)).decode()
    response.set_cookie(
        COOKIE,
        sealed,
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def recall(request: Request) -> Holder | None:
    """Return the case this browser has open; None where there is none or its time is over."""
    number, code, *_beside = _kept(request) or ("", "")
    return Holder(number, code) if number else None


def recall_mine(request: Request) -> Mine | None:
    """Return what a one-time code has opened in this browser; None where nothing was or is."""
    _number, _code, *beside = _kept(request) or ("", "")
    return Mine(beside[0], tuple(beside[1:])) if beside else None


def _kept(request: Request) -> list[str] | None:
    door = door_here(request)
    try:
        sealed = urlsafe_b64decode(request.cookies.get(COOKIE, ""))
        number, code, until, *beside = json.loads(door.keys.open_bytes(sealed, LABEL))
    except (BadBase64, SealBroken, VaultUnavailable, ValueError):
        return None
    is_over = datetime.fromtimestamp(until, UTC) <= door.now()
    return None if is_over else [number, code, *beside]


def forget(response: Response) -> None:
    """Close the case for this browser."""
    response.delete_cookie(COOKIE)


def is_secure(request: Request) -> bool:
    """Tell whether cookies may travel by HTTPS only."""
    return door_here(request).node.public_url.startswith("https:")
