"""The case a citizen has open: number and query code, sealed in a cookie for half an hour.

So the code is in no address, survives a reload, and is gone from a shared machine soon. Who came
by a one-time code has the pass and the numbers of all their cases beside it.
"""

from datetime import timedelta

from fastapi import Request, Response

from services.portal.pages.calling import Holder, Mine
from services.portal.pages.rendering import door_here
from shared.security.notes import read_note, write_note

COOKIE = "backstop_case"
KEPT = timedelta(minutes=30)
LABEL = "portal/case-open"
YEAR_SECONDS = 365 * 24 * 3600


def remember(
    request: Request, response: Response, holder: Holder, mine: Mine | None = None
) -> None:
    """Keep a case open for this browser."""
    door = door_here(request)
    beside = [] if mine is None else [mine.case_pass, *mine.numbers]
    kept = [holder.number, holder.code, *beside]
    sealed = write_note(door.keys, LABEL, kept, door.now() + KEPT)
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
    door, note = door_here(request), request.cookies.get(COOKIE, "")
    kept: list[str] | None = read_note(door.keys, LABEL, note, door.now())
    return kept


def forget(response: Response) -> None:
    """Close the case for this browser."""
    response.delete_cookie(COOKIE)


def keep_a_year(request: Request, response: Response, cookie: str, value: str) -> None:
    """Keep what somebody chose for this browser."""
    response.set_cookie(
        cookie,
        value,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def is_secure(request: Request) -> bool:
    """Tell whether cookies may travel by HTTPS only."""
    return door_here(request).node.public_url.startswith("https:")
