"""Take a notice from a file: JSON, CSV or a sheet, whichever the bytes are."""

from services.sla import policy
from services.sla.policy import BadNotice, Heading, IssuedNotice
from shared.errors import Refused
from shared.sheets import XLSX_BEGINS, Room, Row, rows_of

MOST_BYTES = 131_072
ROOM = Room(rows=400, columns=3, unpacked=4_000_000)


def read_notice(data: bytes, told: Heading) -> IssuedNotice:
    """Return the notice in a file; Refused names the line or the field that is wrong."""
    try:
        return _read(data, told)
    except BadNotice as error:
        raise Refused(error.code, error.detail, field=error.field) from error


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
