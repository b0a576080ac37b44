import csv
from importlib.resources import files

import pytest

from shared.regions import (
    full_name_of,
    is_region,
    is_well_formed,
    name_of,
    parent_of,
    region_of,
    today_of,
)


def rows() -> list[dict[str, str]]:
    text = files("shared.regions").joinpath("regions.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("340000", "安徽省"),
        ("341500", "安徽省六安市"),
        ("341523", "安徽省六安市舒城县"),
        ("340209", "安徽省芜湖市弋江区"),
        ("310151", "上海市崇明区"),
        ("320411", "江苏省常州市新北区"),
        ("421300", "湖北省随州市"),
        ("350100", "福建省福州市"),
        ("429004", "湖北省仙桃市"),
        ("710000", "台湾省"),
        ("820001", "澳门特别行政区花地玛堂区"),
    ],
)
def test_a_division_is_named_from_the_province_down(code: str, name: str) -> None:
    assert full_name_of(code) == name
    assert is_region(code)


def test_an_abolished_code_keeps_its_name_and_is_no_region_any_more() -> None:
    assert name_of("340203") == "弋江区"
    assert not is_region("340203")
    abolished = region_of("341400")
    assert abolished is not None
    assert (abolished.name, abolished.last_listed) == ("巢湖市", "201012")


def test_an_unknown_code_is_well_formed_and_has_a_parent_but_no_name() -> None:
    assert is_well_formed("341599")
    assert name_of("341599") is None
    assert full_name_of("341599") is None
    assert parent_of("341599") == "341500"


@pytest.mark.parametrize(
    ("code", "parent"),
    [("341523", "341500"), ("341500", "340000"), ("340000", None), ("310151", "310000")],
)
def test_a_parent_is_the_nearest_division_above(code: str, parent: str | None) -> None:
    assert parent_of(code) == parent


@pytest.mark.parametrize("code", ["", "34152", "3415230", "04152a", "３４１５２３", "041523"])
def test_what_has_not_six_digits_is_not_well_formed(code: str) -> None:
    assert not is_well_formed(code)


def test_the_table_is_sorted_well_formed_and_complete_upwards() -> None:
    codes = [row["code"] for row in rows()]

    assert codes == sorted(set(codes))
    assert all(is_well_formed(code) for code in codes)
    assert all(is_region(code[:2] + "0000") for code in codes if is_region(code))
    assert sum(1 for code in codes if code.endswith("0000") and is_region(code)) == 34


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("342425", "341523"),
        ("342425001", "341523"),
        ("3424", "341500"),
        ("120107", "120116"),
        ("341523", "341523"),
        ("341523001", "341523001"),
        ("341400", "341400"),
        ("130103", "130103"),
        ("341599", "341599"),
    ],
    ids=[
        "a county under another prefecture",
        "a township of it",
        "a prefecture by its four digits",
        "a district that was merged",
        "in force",
        "a township in force",
        "a prefecture that was divided",
        "a district that was divided",
        "nobody knows it",
    ],
)
def test_an_abolished_place_is_found_under_its_successor(code: str, today: str) -> None:
    assert today_of(code) == today


def test_successors_are_in_force_and_only_of_what_is_not() -> None:
    named = [row for row in rows() if row["successor"]]

    assert len(named) > 2_700
    assert [row for row in named if not row["last_listed"]] == []
    assert [row for row in named if not is_region(row["successor"])] == []
