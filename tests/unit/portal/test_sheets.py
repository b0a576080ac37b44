import io

import pytest
from openpyxl import Workbook

from services.portal.pages.sheets import MOST_LINES, lines_of, template_of
from services.portal.pages.units import COLUMNS, EXAMPLE
from shared.errors import Refused

TABLE = (
    "编码,名称,region,最后一天\nrsj,县人社局,341523,\n,,,\nscjgj,县市场局,341523,2026-03-31\n\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_as_spreadsheets_save_it(encoding: str) -> None:
    first, second = lines_of(TABLE.encode(encoding), COLUMNS)

    assert (first.line, second.line) == (2, 4)
    assert first.cells == {"code": "rsj", "title": "县人社局", "region": "341523"}
    assert second.cells["valid_until"] == "2026-03-31"


def test_the_template_is_a_file_that_can_be_imported() -> None:
    [line] = lines_of(template_of(list(COLUMNS), EXAMPLE), COLUMNS)

    assert line.line == 2
    assert (line.cells["code"], line.cells["region"]) == ("SCJGJ", "341523")
    assert line.cells["valid_from"] == "2026-01-01"


def test_numbers_and_dates_of_a_spreadsheet_come_as_people_see_them() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编码", "区划代码"])
    sheet.append([1.0, 341523])
    kept = io.BytesIO()
    book.save(kept)

    [line] = lines_of(kept.getvalue(), COLUMNS)

    assert line.cells == {"code": "1", "region": "341523"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet_empty"),
        (b"PK\x03\x04broken", "bad_sheet"),
        (b"\xff\xff\xff", "bad_sheet"),
        ("甲,乙\n1,2".encode(), "sheet_without_headings"),
        (("编码\n" + "x\n" * (MOST_LINES + 1)).encode(), "sheet_too_long"),
    ],
)
def test_what_is_no_such_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        lines_of(data, COLUMNS)

    assert (refused.value.code, refused.value.field) == (code, "file")
