"""Names are found by signs, by pinyin, by its initials and by any mix of these."""

from collections.abc import Mapping

import pytest

from services.portal.pages.spelling import readable, readings_of
from services.portal.policy.matching import MOST_TYPED, Names

TITLES = {
    "BDC-01": "不动产登记",
    "BDC-02": "不动产抵押登记",
    "YH-01": "银行账户变更",
    "YL-01": "长期护理保险",
    "HJ-01": "重庆户口迁移",
    "JZ-01": "C1驾照换证",
    "CJ-01": "残疾人证（新办）",
    "LH-01": "绿化审批",
    "XZ-01": "行政复议",
    "XS-01": "道路行驶证",
    "HY-01": "婚姻登记",
}
NAMES = Names([readable(code, title) for code, title in TITLES.items()])
NEVER: Mapping[str, int] = {}


def found(typed: str, often: Mapping[str, int] = NEVER, limit: int = 20) -> list[str]:
    return [one.title for one in NAMES.find(typed, often, limit)]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("bdcdj", ["不动产登记", "不动产抵押登记"]),
        ("BDCDJ", ["不动产登记", "不动产抵押登记"]),
        ("budongchandengji", ["不动产登记"]),
        ("budongch", ["不动产登记", "不动产抵押登记"]),
        ("不动产", ["不动产登记", "不动产抵押登记"]),
        ("不dc", ["不动产登记", "不动产抵押登记"]),
        ("抵押", ["不动产抵押登记"]),
        ("bdc-02", ["不动产抵押登记"]),
        ("c1", ["C1驾照换证"]),
        ("Ｃ１驾", ["C1驾照换证"]),
        ("lvhua", ["绿化审批"]),
        ("残疾人证新办", ["残疾人证（新办）"]),
        ("zzz", []),
        ("（）", []),
        ("登产", []),
        (".*", []),
    ],
)
def test_what_is_typed_finds(typed: str, titles: list[str]) -> None:
    assert found(typed) == titles


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("yinhang", "银行账户变更"),
        ("yh", "银行账户变更"),
        ("xzfy", "行政复议"),
        ("xingshi", "道路行驶证"),
        ("changqi", "长期护理保险"),
        ("chongqing", "重庆户口迁移"),
        ("cqhk", "重庆户口迁移"),
    ],
)
def test_a_sign_of_several_readings_is_read_as_its_word_is(typed: str, title: str) -> None:
    assert title in found(typed)


def test_a_sign_in_no_known_word_is_found_by_its_other_readings_too() -> None:
    odd = Names([readable("A", "行字")])

    assert [odd.find(typed, NEVER, 1) != [] for typed in ("xingzi", "hangzi", "xz", "hz")] == [
        *(True, True, True, True),
    ]


def test_what_begins_so_stands_before_what_holds_it_and_what_comes_often_before_both() -> None:
    assert found("dj") == ["婚姻登记", "不动产登记", "不动产抵押登记"]
    assert found("dj", {"BDC-02": 9, "BDC-01": 2}) == ["不动产抵押登记", "不动产登记", "婚姻登记"]
    assert found("x", {"LH-01": 99})[0] == "行政复议"
    assert found("不动产登记", {"BDC-02": 999})[0] == "不动产登记"


def test_of_nothing_typed_what_comes_often_is_offered() -> None:
    assert found("") == []
    assert found("  ", {"XZ-01": 1, "LH-01": 5}) == ["绿化审批", "行政复议"]


def test_no_more_is_offered_than_was_asked_for() -> None:
    assert len(found("d", limit=2)) == 2


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    assert found("不动产登记" + "a" * MOST_TYPED) == []
    assert found("nanana" * 5_000) == []


def test_a_name_without_a_sound_is_found_by_its_code() -> None:
    nameless = Names([readable("X-9", "——")])

    assert readings_of("——") == ()
    assert [one.code for one in nameless.find("x-9", NEVER, 5)] == ["X-9"]
