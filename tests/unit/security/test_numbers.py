from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.numbers import (
    ALPHABET,
    CODE_ALPHABET,
    case_number,
    check_character,
    is_case_number,
    new_query_code,
    normalise_case_number,
    normalise_query_code,
)

NUMBER = case_number("341523", date(2026, 3, 2), 1)
dates = st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 1, 1))
sequences = st.integers(min_value=1, max_value=9_999_999)


def test_the_check_character_follows_iso_7064() -> None:
    assert check_character("A12425GABC1234002") == "M"  # the GRid example of the ISO 7064 scheme


def test_a_number_tells_place_day_and_sequence() -> None:
    assert NUMBER.startswith("BCS-341523-20260302-00001-")


@given(day=dates, sequence=sequences)
def test_every_number_written_is_a_number(day: date, sequence: int) -> None:
    assert is_case_number(case_number("341523", day, sequence))


@given(day=dates, sequence=sequences, data=st.data())
def test_a_single_wrong_sign_is_caught(day: date, sequence: int, data: st.DataObject) -> None:
    number = case_number("341523", day, sequence)
    place = data.draw(st.integers(min_value=4, max_value=len(number) - 3))
    if number[place] == "-":
        return
    wrong = data.draw(st.sampled_from([sign for sign in "0123456789" if sign != number[place]]))

    assert not is_case_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    "spelling", [str.lower, lambda n: n.replace("-", " "), lambda n: f" {n} "]
)
def test_a_number_is_read_as_people_type_it(spelling: object) -> None:
    assert callable(spelling)
    assert normalise_case_number(spelling(NUMBER)) == NUMBER


def test_look_alikes_in_the_check_are_forgiven() -> None:
    ending_in_zero = next(
        number
        for sequence in range(1, 1000)
        if (number := case_number("341523", date(2026, 3, 2), sequence)).endswith("-0")
    )

    assert normalise_case_number(ending_in_zero[:-1] + "O") == ending_in_zero


@pytest.mark.parametrize("text", ["", "BCS", "12345", NUMBER[:-1], NUMBER + "X", "é" * 30])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert normalise_case_number(text) is None


def test_query_codes_are_long_different_and_without_look_alikes() -> None:
    codes = {new_query_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert all(len(code) == 10 for code in codes)
    assert not set("0O1IL2Z5S8BUV") & set("".join(codes))
    assert set(CODE_ALPHABET) <= set(ALPHABET)


def test_a_query_code_is_read_as_people_type_it() -> None:
    assert normalise_query_code(" acdef-ｇｈｊ 34") == "ACDEFGHJ34"


@pytest.mark.parametrize("text", ["", "ACDEFGHJ3", "ACDEFGHJ30", "ACDEFGHJ344"])
def test_what_is_no_query_code_is_refused(text: str) -> None:
    assert normalise_query_code(text) is None
