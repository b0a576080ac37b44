"""Lines of a table that somebody sends as xlsx or csv, by the names of their columns."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.styles import Font

from shared.errors import Refused
from shared.sheets import Room, rows_of

MOST_LINES = 1_000
ROOM = Room(rows=MOST_LINES + 1)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line with its number in the file, as a person counts; empty cells are left out."""

    line: int
    cells: Mapping[str, str]


def lines_of(data: bytes, columns: Mapping[str, str]) -> list[SheetLine]:
    """Read a table whose first line names its columns; Refused (`file`) if it is none.

    `columns` are the headings people see → the names of the fields; a field's own name counts too.
    """
    rows = [[_text(value) for value in row] for row in rows_of(data, ROOM)]
    if not rows:
        raise Refused("sheet_empty", field="file")
    names = [columns.get(heading, heading) for heading in rows[0]]
    if not set(names) & set(columns.values()):
        raise Refused("sheet_without_headings", field="file")
    numbered = [(at, dict(zip(names, row, strict=False))) for at, row in enumerate(rows[1:], 2)]
    return [
        SheetLine(at, {name: text for name, text in cells.items() if text})
        for at, cells in numbered
        if any(cells.values())
    ]


def template_of(headings: Sequence[str], example: Sequence[str]) -> bytes:
    """Return an xlsx with these headings and one line that shows how it is filled in."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new book has a sheet"  # noqa: S101
    sheet.append(list(headings))
    sheet.append(list(example))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
