"""Tables that somebody sends: whatever is wrong with the file, it is refused and never raised."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from shared.errors import Refused
from shared.sheets import Room, rows_of

ROOM = Room(rows=3, columns=2)


def book(*rows: list[object]) -> bytes:
    made, kept = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(kept)
    return kept.getvalue()


def damaged(name: str, content: bytes) -> bytes:
    """A book of which one part is something else."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(["甲"]))) as whole, zipfile.ZipFile(kept, "w") as other:
        for part in whole.namelist():
            other.writestr(part, content if part == name else whole.read(part))
    return kept.getvalue()


def refusal_of(data: bytes, room: Room = ROOM) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        rows_of(data, room)
    return refused.value.code, refused.value.field


def test_rows_are_taken_as_far_as_there_is_room_without_the_empty_ones_at_the_end() -> None:
    day = datetime(2030, 1, 2)  # noqa: DTZ001  # as a sheet keeps it

    rows = rows_of(book(["甲", day, 3], [None, "乙"], [None], [""]), ROOM)

    assert [list(row) for row in rows] == [["甲", day], [None, "乙"]]
    assert rows_of("甲,乙,丙\n1,2\n,\n , \n".encode("gb18030"), ROOM) == [["甲", "乙"], ["1", "2"]]
    assert rows_of(b"", ROOM) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 no zip", "bad_sheet"),
        (damaged("xl/workbook.xml", b"<workbook"), "bad_sheet"),
        (damaged("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "bad_sheet"),
        (damaged("[Content_Types].xml", b""), "bad_sheet"),
        (b"\xff\xff\xff", "bad_sheet"),
        (b'"never closed\n1,2', "bad_sheet"),
        (book(["1"], ["2"], ["3"], ["4"]), "sheet_too_long"),
        (b"1\n2\n3\n4\n", "sheet_too_long"),
    ],
    ids=["zip", "workbook", "rows", "types", "bytes", "quote", "xlsx", "csv"],
)
def test_what_is_no_table_or_too_much_is_refused(data: bytes, code: str) -> None:
    assert refusal_of(data) == (code, "file")


def test_what_is_too_large_unpacked_is_not_unpacked() -> None:
    assert refusal_of(book(["甲"]), Room(rows=3, unpacked=100)) == ("sheet_too_long", "file")
