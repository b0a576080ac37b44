"""Exports: who must agree, what no cell may hold, and that a list is exported as it is shown."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.portal.handlers import ledger_words
from services.portal.handlers.exports import NEEDS
from services.portal.handlers.ledger import (
    COLUMNS,
    USUAL,
    Watermark,
    headings_of,
    ledger_of,
)
from services.portal.handlers.pieces import Sink
from services.portal.pages import channel_words, words
from services.portal.pages.lists import VIEWS, View
from services.portal.policy import ledger as policy
from services.portal.policy.exports import (
    ExportRules,
    ExportState,
    Standing,
    first_state,
    has_kept_rights,
    is_over,
    safe_cell,
)
from services.portal.repository import ListedCase, names_of
from services.portal.tables import live

NOW = datetime(2030, 6, 1, 1, tzinfo=UTC)
RULES = ExportRules(alone=1000, most=50_000, kept=timedelta(hours=24))
EVIL = ("=1+1", "+SUM(A1)", "-2", "@cmd", "＝1", " =1", "\t=1", "\u3000=HYPERLINK(1)", "|calc")
MARK = Watermark("0199-id", "王&负责（head）", "341523-zwfw", "341523", NOW, "=报告", "赵")


@pytest.mark.parametrize("text", EVIL)
def test_nothing_that_begins_like_a_formula_stays_one(text: str) -> None:
    assert safe_cell(text).startswith("'")


@given(st.text())
def test_a_cell_never_begins_with_a_sign_of_a_formula(text: str) -> None:
    assert safe_cell(text).lstrip()[:1] not in {*"=+-@＝＋－＠"}


def test_plain_words_stay_as_they_are() -> None:
    assert safe_cell("材料两次被退回") == "材料两次被退回"
    assert safe_cell("a\x00\x07b") == "ab"


def test_above_the_limit_a_second_person_decides() -> None:
    assert first_state(1000, RULES) is ExportState.MAKING
    assert first_state(1001, RULES) is ExportState.ASKED


def test_a_file_waits_for_its_time_and_no_longer() -> None:
    assert not is_over(None, RULES, NOW)
    assert not is_over(NOW - timedelta(hours=23), RULES, NOW)
    assert is_over(NOW - timedelta(hours=24), RULES, NOW)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.key)
def test_an_export_asks_for_what_the_list_asks_for(view: View) -> None:
    assert NEEDS[view.kind] is view.needs


@pytest.mark.parametrize("name", ["STATUSES", "CHANNELS", "COMPLEXITIES", "LAMPS", "OUTCOMES"])
def test_a_ledger_speaks_like_the_pages(name: str) -> None:
    assert getattr(ledger_words, name) == getattr(words, name)


def test_a_ledger_says_what_is_asked_for_like_the_pages() -> None:
    assert ledger_words.DEMANDS == channel_words.DEMANDS


def a_case(**told: Any) -> ListedCase:
    blank = dict.fromkeys(ListedCase.__dataclass_fields__) | {"case_id": UUID(int=1), "round": 1}
    assert set(blank) <= set(names_of(live.cases))
    known = {"number": "BCS-1", "title_masked": "=cmd|'/c calc'!A1", "registered_at": NOW}
    return ListedCase(**{**blank, **known, **told})


def file_of(kind: str, *cases: ListedCase, columns: tuple[str, ...] = USUAL) -> bytes:
    made = bytearray()
    ledger = ledger_of(kind, MARK, columns, Sink(lambda _serial, piece: made.extend(piece)))
    for case in cases:
        ledger.add(case)
    ledger.finish()
    return bytes(made)


def test_a_file_leaves_in_whole_pieces_and_a_last_one() -> None:
    kept: list[tuple[int, bytes]] = []
    sink = Sink(lambda serial, piece: kept.append((serial, piece)), size=4)
    for told in (b"ab", b"cdefghij", b"", b"k"):
        sink.write(told)
    sink.end()

    assert kept == [(0, b"abcd"), (1, b"efgh"), (2, b"ijk")]
    assert sink.pieces == 3


def test_whatever_column_one_may_choose_can_leave() -> None:
    assert set(COLUMNS) == set(policy.COLUMNS)
    told = file_of("csv", a_case(outcome="done"), columns=("outcome", "number"))
    lines = told.decode("utf-8-sig").splitlines()

    assert lines[3:] == ['"办理结果","编号","导出编号"', '"按诉求办成了","BCS-1","0199-id"']


def test_every_sheet_says_who_took_it_when_and_why() -> None:
    book = load_workbook(io.BytesIO(file_of("xlsx", a_case())))

    for sheet in book.worksheets:
        above = "\n".join(str(row[0].value) for row in sheet.iter_rows(max_row=3))
        for told in ("王&负责", "341523-zwfw", "2030-06-01 09:00", "=报告", "0199-id", "赵"):
            assert told in above
        assert "王&&负责" in str(sheet.oddHeader.center.text)
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [cell.value for cell in sheet[4]] == headings_of(USUAL)
        assert sheet["B5"].value == "'=cmd|'/c calc'!A1"
    assert book.properties.identifier == "0199-id"
    assert "=报告" in str(book.properties.description)


def test_plain_tables_carry_it_too() -> None:
    told = file_of("csv", a_case()).decode("utf-8-sig").splitlines()

    assert "王&负责" in told[0]
    assert "0199-id" in told[4]
    assert "'=cmd" in told[4]


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        (Standing("a", frozenset({"x", "y"})), True),
        (Standing("a", frozenset({"x", "y", "z"})), True),
        (Standing("a", frozenset({"x"})), False),
        (Standing("b", frozenset({"x", "y"})), False),
        (None, False),
    ],
    ids=["same", "more", "fewer", "other unit", "ended"],
)
def test_rights_are_kept_with_every_role_in_the_same_unit(
    now: Standing | None, kept: bool
) -> None:
    assert has_kept_rights(Standing("a", frozenset({"x", "y"})), now) is kept
