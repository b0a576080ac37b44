"""Take a notice from a file: JSON, CSV or a sheet, whichever the bytes are."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from services.sla import policy
from services.sla.policy import BadNotice, Heading, IssuedNotice
from shared.errors import Refused

MOST_BYTES = 131_072
MOST_UNPACKED = 4_000_000
MOST_ROWS = 400
SHEET = b"PK"
BROKEN = (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, SyntaxError)
"""What a sheet that is none may raise; a broken XML is a SyntaxError."""


def read_notice(data: bytes, told: Heading) -> IssuedNotice:
    """Return the notice in a file; Refused names the line or the field that is wrong."""
    try:
        return _read(data, told)
    except BadNotice as error:
        raise Refused(error.code, error.detail, field=error.field) from error


def _read(data: bytes, told: Heading) -> IssuedNotice:
    if len(data) > MOST_BYTES:
        raise BadNotice("notice_too_large", "content", str(MOST_BYTES // 1024))
    if data.startswith(SHEET):
        return policy.notice_of_rows(list(_rows(data)), told)
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


def _weigh(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
    if unpacked > MOST_UNPACKED:
        raise BadNotice("notice_too_large", "content", str(MOST_UNPACKED // 1024))


def _rows(data: bytes) -> Iterator[tuple[Any, ...]]:
    try:
        _weigh(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        yield from sheet.iter_rows(max_row=MOST_ROWS, max_col=3, values_only=True)
    except BadNotice:
        raise
    except BROKEN as error:
        raise BadNotice("notice_unreadable", "content") from error
