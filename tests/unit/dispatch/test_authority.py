import io
from datetime import date

import pytest
from openpyxl import Workbook

from services.dispatch.handlers.authority_sheet import LineError, read_sheet
from services.dispatch.policy.authority import Grant, is_tier_below, standing_of, tier_of
from shared.errors import Refused

DAY = date(2030, 1, 7)
ITEMS = frozenset({"licence", "permit"})
HEADING = ("事项编码", "层级", "地区", "生效日期", "失效日期", "依据")


def grant(tier: str, region: str = "", until: date | None = None) -> Grant:
    return Grant(
        item_code="licence",
        tier=tier,
        region=region,
        valid_from=date(2029, 1, 1),
        valid_until=until,
        legal_basis="皖政〔2029〕1号",
    )


@pytest.mark.parametrize(
    ("grants", "code", "allowed"),
    [
        ([], "341523", True),
        ([grant("city")], "341523", False),
        ([grant("city"), grant("county", "341523")], "341523", True),
        ([grant("city"), grant("township", "341523")], "341523101000", True),
        ([grant("city"), grant("county", "341523")], "341522", False),
        ([grant("city"), grant("county", until=date(2030, 1, 6))], "341523", False),
        ([grant("city"), grant("county", until=DAY)], "341523", True),
        ([grant("city", until=date(2029, 2, 1))], "341523", True),
    ],
    ids=[
        "of what the table does not name nothing is refused",
        "another tier's",
        "delegated to this place",
        "delegated to all towns of a county",
        "delegated to another place",
        "no longer delegated",
        "on the last day",
        "a table that says nothing of this day",
    ],
)
def test_the_table_says_whose_an_item_is(grants: list[Grant], code: str, allowed: bool) -> None:
    standing = standing_of(grants, code, DAY)

    assert standing.allowed is allowed
    assert allowed or standing.holders


def test_the_tier_of_a_region_is_seen_by_its_code() -> None:
    codes = ("340000", "341500", "341523", "341523101000", "419001")

    assert [tier_of(code) for code in codes] == [
        "province",
        "city",
        "county",
        "township",
        "county",
    ]
    assert is_tier_below("341523101", "341523")
    assert not is_tier_below("341523", "341523000000")


def as_csv(*lines: tuple[object, ...], encoding: str = "utf-8-sig") -> bytes:
    told = "\n".join(",".join(map(str, line)) for line in (HEADING, *lines))
    return told.encode(encoding)


def as_xlsx(*lines: tuple[object, ...]) -> bytes:
    book = Workbook()
    for line in (HEADING, *lines):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = ("licence", "县", 341523, "2029/1/1", "", "皖政〔2029〕1号")
ROW = grant("county", "341523")


@pytest.mark.parametrize(
    "data",
    [
        as_csv(GOOD),
        as_csv(GOOD, encoding="gb18030"),
        as_xlsx(GOOD),
        as_xlsx(("licence", "county", 341523.0, date(2029, 1, 1), None, "皖政〔2029〕1号"), ()),
    ],
    ids=["csv", "csv as a Chinese spreadsheet writes it", "xlsx", "xlsx with days and numbers"],
)
def test_a_sheet_is_read_as_people_save_it(data: bytes) -> None:
    sheet = read_sheet(data, ITEMS)

    assert (sheet.grants, sheet.errors) == ((ROW,), ())


def test_each_wrong_line_is_named_with_what_is_wrong() -> None:
    sheet = read_sheet(
        as_csv(
            GOOD,
            ("", "县", "", "2029-01-01", "", "依据"),
            ("gone", "国", "12", "2029-13-01", "昨天", ""),
            ("permit", "市", "", "2029-02-01", "2029-01-01", "依据"),
            ("", "", "", "", "", ""),
            ("licence", "县区", "341523000000", "2028-01-01", "", "依据"),
        ),
        ITEMS,
    )

    assert sheet.errors == (
        LineError(3, "item_code", "missing"),
        LineError(4, "item_code", "unknown_item"),
        LineError(4, "tier", "unknown_tier"),
        LineError(4, "valid_from", "bad_date"),
        LineError(4, "valid_until", "bad_date"),
        LineError(4, "legal_basis", "missing"),
        LineError(5, "valid_until", "ends_before_it_begins"),
        LineError(7, "valid_from", "overlaps", 2),
    )


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (b"", ["item_code", "tier", "valid_from", "legal_basis"]),
        ("事项编码,层级\n".encode(), ["valid_from", "legal_basis"]),
    ],
    ids=["empty", "half a heading"],
)
def test_a_heading_that_lacks_a_column_is_told(data: bytes, errors: list[str]) -> None:
    sheet = read_sheet(data, ITEMS)

    assert [(one.line, one.column) for one in sheet.errors] == [(1, name) for name in errors]


@pytest.mark.parametrize("data", [b"PK\x03\x04 no zip", b"\xff\xfe\x00\xd8"], ids=["zip", "bytes"])
def test_what_is_no_sheet_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="bad_sheet"):
        read_sheet(data, ITEMS)
