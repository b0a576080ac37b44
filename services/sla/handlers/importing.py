"""Take a notice from a file: JSON, CSV or a sheet, whichever the bytes are."""

import re
from dataclasses import replace

from services.sla import policy
from services.sla.policy import BadNotice, Heading, IssuedNotice, Scope
from shared.errors import Refused
from shared.sheets import XLSX_BEGINS, Room, Row, rows_of

MOST_BYTES = 131_072
ROOM = Room(rows=400, columns=8, unpacked=4_000_000)
UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def read_notice(data: bytes, told: Heading) -> IssuedNotice:
    """Return the notice in a file; Refused names the line or the field that is wrong."""
    try:
        return _read(data, told)
    except BadNotice as error:
        raise Refused(error.code, error.detail, field=error.field) from error


def placed(issued: IssuedNotice, home: str) -> IssuedNotice:
    """Return a notice with the place of its region, and of a unit that of this node.

    Refused: a region that has nothing to do with this node, or a unit that is none of it.
    """
    region, unit = issued.scope.region, issued.scope.unit
    place = policy.place_of(region) if region else home if unit else ""
    if unit and (place != home or not UNIT.fullmatch(unit)):
        raise Refused("notice_unit", field="unit")
    is_near = place.startswith(home) or home.startswith(place)
    if region and not (region.isascii() and region.isdigit() and place and is_near):
        raise Refused("notice_region", field="region")
    return replace(issued, scope=Scope(place, unit))


def _read(data: bytes, told: Heading) -> IssuedNotice:
    if len(data) > MOST_BYTES:
        raise BadNotice("notice_too_large", "content", str(MOST_BYTES // 1024))
    if data.startswith(XLSX_BEGINS):
        return policy.notice_of_rows(_rows(data), told)
    text = _text(data)
    if text.lstrip("\ufeff \n\r\t").startswith("{"):
        return policy.notice_of_json(text.lstrip("\ufeff"), told)
    return policy.notice_of_csv(text, told)


def _text(data: bytes) -> str:
    try:
        # Office programs in China write CSV so, where it is not UTF-8.
        return data.decode("utf-8") if _is_utf8(data) else data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise BadNotice("notice_unreadable", "content") from error


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _rows(data: bytes) -> list[Row]:
    try:
        return rows_of(data, ROOM)
    except Refused as refused:
        if refused.code == "sheet_too_long":
            raise BadNotice("notice_too_large", "content", str(MOST_BYTES // 1024)) from refused
        raise BadNotice("notice_unreadable", "content") from refused
