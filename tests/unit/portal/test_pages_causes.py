"""Items are ranked by what came about them, and their owners by all of theirs (N15)."""

from datetime import date

import pytest

from services.portal.pages.causes import (
    NOBODY,
    OUTSIDE,
    back,
    cause_values,
    guided_values,
    read_by,
)
from services.portal.repository import ItemLoad
from shared.security.reach import EVERYTHING, Within
from tests.browser.samples import shown


def load(code: str, unit: str, cases: int, tries: int = 0, again: int = 0) -> ItemLoad:
    told = {"title": f"事项{code}" if code else "", "unit_title": f"单位{unit}" if unit else ""}
    return ItemLoad(code=code, unit=unit, cases=cases, tries=tries, again=again, **told)


LOADS = [load("A", "X", 6, 18, 1), load("", "", 3, 3), load("B", "X", 1, 4)]


def test_a_line_tells_share_tries_and_trend() -> None:
    first, other, last = cause_values(LOADS, {"A": 4, "": 3, "B": 2})["items"]

    assert (first.share, first.tries, first.again, first.trend) == (60, "3.0", 1, "↑ 2")
    assert (other.title, other.owner, other.trend) == (OUTSIDE, NOBODY, "持平")
    assert (last.width, last.trend) == (16.7, "↓ 1")


def test_a_unit_has_all_of_its_items_and_what_they_had_before() -> None:
    unit, nobody = cause_values(LOADS, {"A": 4, "B": 2})["owners"]

    assert (unit.title, unit.cases, unit.before, unit.tries) == ("单位X", 7, 6, "3.1")
    assert (nobody.title, nobody.cases) == (NOBODY, 3)


def test_more_than_fifty_items_are_counted_and_not_listed() -> None:
    values = cause_values([load(str(n), "X", 100 - n) for n in range(60)], {})

    assert (len(values["items"]), values["left"]) == (50, 10)


@pytest.mark.parametrize(
    ("months", "first"),
    [
        (0, date(2030, 1, 1)),
        (1, date(2029, 12, 1)),
        (12, date(2029, 1, 1)),
        (13, date(2028, 12, 1)),
    ],
)
def test_months_are_counted_back_over_the_year(months: int, first: date) -> None:
    assert back(date(2030, 1, 31), months) == first


def test_matters_of_nobody_stand_apart() -> None:
    values = guided_values({"petition": 1, "non_government": 3, "repeated": 1})

    assert [line.ground for line in values["guided"]] == ["non_government", "petition", "repeated"]
    assert [line.is_government for line in values["guided"]] == [False, True, True]
    assert values["apart"] == 3
    assert "其中 6 件不属于政府职责" in shown("desk_causes")


def test_a_unit_reads_of_its_own_items_and_of_nobody_who_was_told_no() -> None:
    told_no = {"litigation": 2}

    assert read_by(EVERYTHING, LOADS, told_no) == (LOADS, told_no)
    assert read_by(Within(unit="X"), LOADS, told_no) == ([LOADS[0], LOADS[2]], {})
    assert read_by(Within(unit="Y"), LOADS, told_no) == ([], {})


def test_the_page_names_items_and_nobody() -> None:
    page = shown("desk_causes")

    assert "不动产首次登记" in page
    assert "/desk?view" not in page.split("<main")[1]
