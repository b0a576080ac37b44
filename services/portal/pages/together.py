"""Several people report one matter: one a line in a form, a code for each on the receipt."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from services.portal.pages.keepsake import KEPT, is_secure
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here
from shared.events.intake import MOST_TOGETHER
from shared.security.notes import read_note, write_note
from shared.security.phones import PhoneKind, normalise_phone, phone_kind

COOKIE, LABEL = "backstop_together", "portal/codes-of-several"
SHOWN: timedelta = KEPT
PHONE_AT_THE_END = re.compile(
    r"^(?P<name>.*?)[\s,，、:：]+(?P<phone>[+\d][\d \-转]{6,30}?)"
    r"(?P<english>[\s,，、]+(?:英语|英文|english))?$",
    re.IGNORECASE,
)
BAD_LINE = _("每行写一个人：姓名，空一格，电话。电话要对，最多 9 个人。")


def others_of(text: str) -> list[dict[str, str]] | None:
    """Return who stands in the lines of a form; None where a line is no name with a telephone."""
    found = [PHONE_AT_THE_END.match(line.strip()) for line in text.splitlines() if line.strip()]
    told = [_party(each) for each in found if each and _is_phone(each["phone"])]
    return told if len(told) == len(found) <= MOST_TOGETHER else None


def _party(line: re.Match[str]) -> dict[str, str]:
    told = {"name": line["name"], "phone": line["phone"]}
    return told | ({"language": "en"} if line["english"] else {})


def _is_phone(text: str) -> bool:
    normal = normalise_phone(text)
    return normal is not None and phone_kind(normal) is not PhoneKind.SERVICE


def keep_codes(request: Request, response: Response, told: Mapping[str, Any]) -> None:
    """Keep the further codes of a case that was just registered, for its receipt."""
    rows = [[each["masked_name"], each["query_code"]] for each in told.get("others", ())]
    rows += [["", told["agent_code"]]] if told.get("agent_code") else []
    if not rows:
        response.delete_cookie(COOKIE)
        return
    door = door_here(request)
    kept = [told["number"], *(part for row in rows for part in row)]
    sealed = write_note(door.keys, LABEL, kept, door.now() + SHOWN)
    secure = is_secure(request)
    age = int(SHOWN.total_seconds())
    response.set_cookie(COOKIE, sealed, max_age=age, httponly=True, samesite="lax", secure=secure)


def codes_of(request: Request, number: str) -> Sequence[tuple[str, str]]:
    """Return whose further codes the receipt of this case shows: masked name, code."""
    door, note = door_here(request), request.cookies.get(COOKIE, "")
    kept: list[str] = read_note(door.keys, LABEL, note, door.now()) or [""]
    if kept[0] != number:
        return ()
    return list(zip(kept[1::2], kept[2::2], strict=True))
