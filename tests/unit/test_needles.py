"""The search for what must stand nowhere: it finds a leak however it is spelt."""

import pytest

from tests.whole.needles import Search, in_pinyin, spellings, stands_in

NAME, PHONE = "欧阳椿萱", "13956741283"
FORMS = [
    *((NAME, form, spelt) for form, spelt in spellings(NAME).items()),
    *((PHONE, form, spelt) for form, spelt in spellings(PHONE).items()),
]


def search() -> Search:
    return Search((NAME, PHONE), names=(NAME,))


@pytest.mark.parametrize(("secret", "form", "spelt"), FORMS, ids=lambda told: str(told)[:40])
def test_a_leak_is_found_in_each_spelling(secret: str, form: str, spelt: bytes) -> None:
    found = search().hidden_in(b"COPY x FROM stdin;\n1\t" + spelt + b"\t2\n", "a dump")

    assert any(leak.startswith(f"{secret} as ") and leak.endswith(" in a dump") for leak in found)


def test_what_holds_no_leak_is_clean() -> None:
    around = "姓 欧**，电话 139****1283，ouyang，13956741".encode()

    assert search().hidden_in(around, "a log") == []


@pytest.mark.parametrize(
    "written",
    [
        "OUYANG CHUNXUAN",
        "ouyangchunxuan",
        "Ou Yang Chun Xuan",
        "ōuyángchūnxuān",
        "ou-yang-chun-xuan",
    ],
)
def test_a_name_in_letters_is_found(written: str) -> None:
    assert search().hidden_in(written.encode(), "a log") != []


def test_a_name_of_two_syllables_is_not_sought_in_letters() -> None:
    assert in_pinyin("王芳") is None


def test_a_search_tells_how_much_it_looked_through() -> None:
    looking = search()
    looking.hidden_in(b"12345", "a dump")
    looking.hidden_in(b"678", "a log")

    assert (looking.searched, looking.places) == (8, ["a dump", "a log"])
    assert str(looking).startswith("8 bytes in 2 places searched for 2 needles in ")


def test_six_digits_are_found_where_they_stand_by_themselves() -> None:
    assert stands_in("482913", '{"code": "482913"}')
    assert stands_in("482913", "验证码 482913，")
    assert not stands_in("482913", "2026-03-05 09:00:00.482913+08")
    assert not stands_in("482913", "1482913")
