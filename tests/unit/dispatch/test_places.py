import pytest

from services.dispatch.policy import is_place_code, prefixes_of, significant


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("340000", "34"),
        ("341500", "3415"),
        ("341523", "341523"),
        ("341523000", "341523"),
        ("341523100", "341523100"),
        ("341523100000", "341523100"),
        ("341523100201", "341523100201"),
        ("34", "34"),
        ("419001", "419001"),
        ("110100", "1101"),
    ],
)
def test_zeros_that_only_fill_up_are_left_out(code: str, left: str) -> None:
    assert significant(code) == left


@pytest.mark.parametrize(
    ("code", "prefixes"),
    [
        ("341523", ["341523", "3415", "34"]),
        ("341500", ["3415", "34"]),
        ("341523100", ["341523100", "341523", "3415", "34"]),
        ("341523100201", ["341523100201", "341523100", "341523", "3415", "34"]),
        ("341523000000", ["341523", "3415", "34"]),
        ("somewhere", []),
        ("", []),
    ],
)
def test_the_nearest_region_comes_first(code: str, prefixes: list[str]) -> None:
    assert list(prefixes_of(code)) == prefixes


@pytest.mark.parametrize("code", ["", "3", "345", "3415234", "041523", "34152a", "３４１５２３"])
def test_what_has_not_the_shape_of_a_code_is_none(code: str) -> None:
    assert not is_place_code(code)
