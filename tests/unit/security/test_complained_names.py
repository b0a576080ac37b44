"""Whom a case complains of is known again however the name is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.actor import Actor, ActorKind, Role
from shared.security.complained_names import known_by
from shared.security.parties import name_hashes, with_names
from shared.security.sealing import NodeKeys

NAMES = ["张伟", "诸葛大力", "欧阳椿萱", "王主", "阿依古丽·买买提", "任局"]
WRITTEN = [
    "{}", " {} ", "{}主任", "{} 科长", "{}副局长", "{}（工号 0123）", "{}(窗口3号)", "科长{}",
    "县登记局副局长{}", "{}同志", "{}　女士", "{}主任科员", "{}[胸牌号：A17]",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("name", NAMES[:3])
def test_a_title_a_bracket_a_space_hide_nobody(name: str, written: str) -> None:
    assert set(known_by(written.format(name))) & set(known_by(name))


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("张主任", ("张主任",)),
        ("王科", ("王科",)),
        ("张伟主任", ("张伟", "张伟主任")),
        ("张伟（工号：a-0123）", ("张伟", "张伟(工号:A0123)", "A0123")),
        ("工号0123", ("工号0123", "0123")),
        ("阿依古丽•买买提", ("阿依古丽买买提",)),
        ("ＷＡＮＧ", ("WANG",)),
        ("主任", ("主任",)),
        (" - ", ()),
        ("wang nong", ("WANGNONG",)),
        ("Nora Ng", ("NORANG",)),
        ("No.A17", ("NO:A17", "A17")),
        ("王丽NO0123", ("王丽", "王丽NO0123", "0123")),
    ],
)
def test_by_what_a_person_is_known(told: str, known: tuple[str, ...]) -> None:
    assert known_by(told) == known


@pytest.mark.parametrize(
    ("told", "other"), [("张主任", "张伟"), ("张伟主任", "张玮"), ("李工", "李")]
)
def test_somebody_else_is_not_meant(told: str, other: str) -> None:
    assert not set(known_by(told)) & set(known_by(other))


@given(st.text(max_size=30))
def test_whatever_is_told_is_known_by_something_and_again(told: str) -> None:
    known = known_by(told)

    assert all(known)
    assert set(known) <= {*known, *(more for one in known for more in known_by(one))}


def test_an_account_is_known_by_its_name_and_its_login() -> None:
    keys = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)
    clerk = Actor(
        kind=ActorKind.STAFF,
        node="341523",
        id="a-0123",
        name="张 伟",
        roles=frozenset({Role.WINDOW_OFFICER}),
    )

    known = with_names(keys, clerk).known_as

    assert known & name_hashes(keys, "张伟科长")
    assert known & name_hashes(keys, "胸牌号 A0123")
    assert not known & name_hashes(keys, "张主任")


def test_no_part_of_a_login_is_a_staff_number() -> None:
    keys = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)

    assert not name_hashes(keys, "某", "NO:WANG") & name_hashes(keys, "Wang")
