"""Rows of a table that somebody sends as xlsx or csv; what cannot be read is refused."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from shared.errors import Refused

XLSX_BEGINS = b"PK"
ENCODINGS = ("utf-8-sig", "gb18030")
"""As spreadsheets in China save a csv."""
Row = Sequence[Any]
"""The values of an xlsx as it keeps them, the texts of a csv."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of a table is taken: rows with the heading, columns, bytes once unpacked."""

    rows: int
    columns: int = 40
    unpacked: int = 50_000_000


def rows_of(data: bytes, room: Room) -> list[Row]:
    """Return the rows of the first sheet, without the empty ones at its end.

    Refused: `bad_sheet`, `sheet_too_long` (`file`).
    """
    rows = _xlsx_rows(data, room) if data.startswith(XLSX_BEGINS) else _csv_rows(data, room)
    return _fitting(rows, room)


def _xlsx_rows(data: bytes, room: Room) -> list[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        found = _cells(data, room) if unpacked <= room.unpacked else None
    except Exception as error:  # whatever a broken book makes the reader stumble over
        raise Refused("bad_sheet", field="file") from error
    if found is None:
        raise _too_long(room)
    return found


def _cells(data: bytes, room: Room) -> list[Row]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    reach = {"max_row": room.rows + 1, "max_col": room.columns}
    return list(book.worksheets[0].iter_rows(**reach, values_only=True))


def _csv_rows(data: bytes, room: Room) -> list[Row]:
    for encoding in ENCODINGS:
        try:
            text = io.StringIO(data.decode(encoding), newline="")
            found = islice(csv.reader(text, strict=True), room.rows + 1)
            return [row[: room.columns] for row in found]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Refused("bad_sheet", field="file")


def _fitting(rows: list[Row], room: Room) -> list[Row]:
    while rows and not any(str(cell).strip() for cell in rows[-1] if cell is not None):
        rows.pop()
    if len(rows) > room.rows:
        raise _too_long(room)
    return rows


def _too_long(room: Room) -> Refused:
    return Refused("sheet_too_long", str(room.rows - 1), field="file")
