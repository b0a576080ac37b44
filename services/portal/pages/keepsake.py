"""The case a citizen has open: number and query code, sealed in a cookie for half an hour.

So the code is in no address, survives a reload, and is gone from a shared machine soon.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response

from services.portal.pages.calling import Holder
from services.portal.pages.rendering import door_here
from shared.security.sealing import SealBroken, VaultUnavailable

COOKIE = "backstop_case"
KEPT = timedelta(minutes=30)
LABEL = "portal/case-open"


def remember(request: Request, response: Response, holder: Holder) -> None:
    """Keep a case open for this browser."""
    door = door_here(request)
    until = door.now() + KEPT
    plain = json.dumps([holder.number, holder.code, until.timestamp()]).encode()
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
    door = door_here(request)
    try:
        sealed = urlsafe_b64decode(request.cookies.get(COOKIE, ""))
        number, code, until = json.loads(door.keys.open_bytes(sealed, LABEL))
    except (BadBase64, SealBroken, VaultUnavailable, ValueError):
        return None
    return Holder(number, code) if datetime.fromtimestamp(until, UTC) > door.now() else None


def forget(response: Response) -> None:
    """Close the case for this browser."""
    response.delete_cookie(COOKIE)


def is_secure(request: Request) -> bool:
    """Tell whether cookies may travel by HTTPS only."""
    return door_here(request).node.public_url.startswith("https:")
