import string
from datetime import UTC, datetime

import pytest

from services.notify.handlers.templates import (
    BY_LIMITS,
    MAY_COME_BACK,
    ONE_SMS,
    PROVISIONAL,
    SIGNATURE,
    TEMPLATES,
    local_why,
    text_of,
    told_moment,
)
from shared.events.notify import Purpose

MAY_BE_NAMED = {"number", "numbers", "matters", "code", "date", "unit", "node", "link", "why"} | {
    "until"
}
OF_SEVERAL = {Purpose.INVITATION, Purpose.OUTSIDE_LINK, Purpose.SPLIT}
"""With a link, or with the numbers of several cases."""
WORDS = {
    "number": "BCS-341523-20260302-00001-X",
    "code": "ACDEFGHJKM",
    "date": "12月31日17:00",
    "why": BY_LIMITS,
    "until": MAY_COME_BACK.format(date="12月31日17:00"),
    "unit": "县人力资源和社会保障局",
    "node": "双江拉祜族佤族布朗族傣族自治县",
    "numbers": "BCS-341523-20260302-00002-X、BCS-341523-20260302-00003-X",
    "matters": "3",
    "link": "https://bcs.example.gov.cn/follow#number=BCS-341523-20260302-00001-X&code=ACDEFGHJKM",
}


def test_every_purpose_has_its_template() -> None:
    assert set(TEMPLATES) == set(Purpose)


@pytest.mark.parametrize("template", [*TEMPLATES.values(), *PROVISIONAL.values()])
def test_a_message_names_no_person_and_no_matter(template: str) -> None:
    named = {name for _, name, _, _ in string.Formatter().parse(template) if name}

    assert named <= MAY_BE_NAMED


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - OF_SEVERAL))
@pytest.mark.parametrize("provisional", [False, True])
def test_a_message_without_a_link_is_one_sms(purpose: Purpose, provisional: bool) -> None:
    text = text_of(purpose, WORDS, provisional=provisional)

    assert text.startswith(SIGNATURE)
    assert len(text) <= ONE_SMS


def test_a_provisional_promise_says_so() -> None:
    assert "暂定" in text_of(Purpose.PROMISE, WORDS, provisional=True)
    assert "暂定" not in text_of(Purpose.PROMISE, WORDS)


def test_a_message_that_was_queued_without_a_reason_names_the_calendar() -> None:
    values = {name: word for name, word in WORDS.items() if name != "why"}

    assert "因放假安排" in text_of(Purpose.PROMISE_MOVED, values)
    assert "因办理时限调整" in text_of(Purpose.PROMISE_MOVED, WORDS)


@pytest.mark.parametrize(
    ("place", "names", "off", "told"),
    [
        ("舒城县", ("火把节",), True, "因舒城县火把节放假"),
        ("内蒙古自治区", ("那达慕",), True, "因那达慕放假"),
        ("内蒙古自治区", ("那达慕大会", "自治区成立纪念日"), True, "因当地放假"),
        ("舒城县", ("集中办理日",), False, "因当地调整上班"),
    ],
    ids=["place and day", "the day", "too long", "worked"],
)
def test_a_local_reason_is_as_plain_as_one_sms_has_room_for(
    place: str, names: tuple[str, ...], *, off: bool, told: str
) -> None:
    why = local_why(place, names, off=off)
    number = "BCS-341523-20260302-00001-X"
    values = {"number": number, "date": "12月31日17:00", "why": why}

    assert why == told
    assert len(text_of(Purpose.PROMISE_MOVED, values, provisional=True)) <= ONE_SMS


def test_a_moment_is_told_in_the_time_of_china() -> None:
    assert told_moment(datetime(2026, 3, 5, 9, tzinfo=UTC)) == "3月5日17:00"
