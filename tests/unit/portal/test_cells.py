from datetime import UTC, datetime

import pytest

from services.portal.pages.cell_words import cell_words
from services.portal.policy import EVERY_CASE, Cell

NINE = datetime(2030, 1, 7, 1, tzinfo=UTC)
TEN = datetime(2030, 1, 7, 2, tzinfo=UTC)
CELLS = [
    Cell(unit="SCJGJ", lamp="red"),
    Cell(unit=""),
    Cell(kind="", lamp=""),
    Cell(clock="contact", lamp="yellow"),
    Cell(turns="red", since=NINE, until=TEN),
    Cell(clock="resolve", of="", due=True, since=NINE, until=TEN),
    Cell(late=True, until=TEN),
]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.code)
def test_a_cell_is_read_as_it_was_written(cell: Cell) -> None:
    assert Cell.read(cell.code) == cell


def test_a_code_is_what_one_may_see_in_an_address() -> None:
    assert CELLS[0].code == "lamp.red~unit.SCJGJ"
    assert CELLS[4].code == "turns.red~since.20300107T0100Z~until.20300107T0200Z"
    assert EVERY_CASE.code == ""


@pytest.mark.parametrize(
    "code",
    [
        *("", "unit", "nothing.1", "lamp.blue", "turns.green", "since.yesterday"),
        *("unit.A~unit.B", "unit.A\0", f"unit.{'A' * 300}", "~", "unit.A~"),
    ],
)
def test_what_is_no_cell_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"cell|lamp|time data"):
        Cell.read(code)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Cell(unit="SCJGJ", lamp="red"), "县市场监管局 · 红灯"),
        (Cell(unit="", lamp=""), "还没有单位 · 未计时"),
        (Cell(kind="licence"), "行政许可"),
        (Cell(kind=""), "没有对应事项"),
        (CELLS[4], "1月7日 09:00—1月7日 10:00 变红"),
        (Cell(late=True, until=TEN), "1月7日 10:00 以前就到期"),
        (EVERY_CASE, ""),
    ],
)
def test_a_list_says_which_number_it_stands_behind(cell: Cell, words: str) -> None:
    assert cell_words(cell, "县市场监管局") == words
