"""Lines of a table that somebody sends as xlsx or csv, by the names of their columns."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from shared.errors import Refused

MOST_LINES = 1_000
MOST_COLUMNS = 40
MOST_UNPACKED_BYTES = 50_000_000
XLSX_BEGINS = b"PK"
ENCODINGS = ("utf-8-sig", "gb18030")
"""As spreadsheets in China save a csv."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line with its number in the file, as a person counts; empty cells are left out."""

    line: int
    cells: Mapping[str, str]


def lines_of(data: bytes, columns: Mapping[str, str]) -> list[SheetLine]:
    """Read a table whose first line names its columns; Refused (`file`) if it is none.

    `columns` are the headings people see → the names of the fields; a field's own name counts too.
    """
    rows = list(_of_xlsx(data) if data.startswith(XLSX_BEGINS) else _of_csv(data))
    if not rows:
        raise Refused("sheet_empty", field="file")
    if len(rows) > MOST_LINES + 1:
        raise Refused("sheet_too_long", str(MOST_LINES), field="file")
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


def _of_xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        rows = _cells(data) if unpacked <= MOST_UNPACKED_BYTES else None
    except Exception as error:  # whatever a broken book makes the reader stumble over
        raise Refused("sheet_unreadable", field="file") from error
    if rows is None:
        raise Refused("sheet_too_long", str(MOST_LINES), field="file")
    yield from _without_end(rows)


def _cells(data: bytes) -> list[list[str]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    # One more than is taken, and the headings: enough to see that it is too long.
    reach = {"max_row": MOST_LINES + 2, "max_col": MOST_COLUMNS}
    found = book.worksheets[0].iter_rows(**reach, values_only=True)
    return [[_text(value) for value in row] for row in found]


def _of_csv(data: bytes) -> Iterator[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
            rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
        except (UnicodeDecodeError, csv.Error):
            continue
        yield from _without_end(rows)
        return
    raise Refused("sheet_unreadable", field="file")


def _without_end(rows: list[list[str]]) -> Iterable[list[str]]:
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


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
