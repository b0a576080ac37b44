import re
import string
from datetime import UTC, date, datetime

import pytest

from services.notify.handlers.templates import (
    BETWEEN,
    BY_CALENDAR,
    BY_COMPLEXITY,
    BY_LIMITS,
    DAY,
    IS_FINAL,
    LOCAL_AT,
    LOCAL_DAYS,
    LOCAL_HOURS,
    LOCAL_OFF,
    MAY_COME_BACK,
    MOMENT,
    ONE_SMS,
    PROVISIONAL,
    SIGNATURE,
    TEMPLATES,
    Value,
    Words,
    local_why,
    said,
    spoken,
    text_of,
)
from shared.catalogues import catalogue
from shared.events.notify import Purpose
from shared.events.words import Language

MAY_BE_NAMED = {"number", "numbers", "matters", "code", "date", "unit", "node", "link", "why"} | {
    "until"
}
OF_SEVERAL = {Purpose.INVITATION, Purpose.OUTSIDE_LINK, Purpose.SPLIT}
"""With a link, or with the numbers of several cases."""
NEW_YEARS_EVE = datetime(2026, 12, 31, 9, tzinfo=UTC)
WORDS: dict[str, Value] = {
    "number": "BCS-341523-20260302-00001-X",
    "code": "ACDEFGHJKM",
    "date": NEW_YEARS_EVE,
    "why": Words(BY_LIMITS),
    "until": Words(MAY_COME_BACK, {"date": NEW_YEARS_EVE}),
    "unit": "县人力资源和社会保障局",
    "node": "双江拉祜族佤族布朗族傣族自治县",
    "numbers": ("BCS-341523-20260302-00002-X", "BCS-341523-20260302-00003-X"),
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
    values: dict[str, Value] = {"number": number, "date": "12月31日17:00", "why": why}

    assert said(why) == told
    assert len(text_of(Purpose.PROMISE_MOVED, values, provisional=True)) <= ONE_SMS


def test_a_moment_is_told_in_the_time_of_china() -> None:
    late = datetime(2026, 3, 5, 17, 5, tzinfo=UTC)

    assert said(late) == "3月6日01:05"
    assert said(late, Language.EN) == "6 Mar, 01:05"
    assert said(date(2026, 3, 5)) == "3月5日"
    assert said(date(2026, 3, 5), Language.EN) == "5 Mar"


SAID = (
    *(*TEMPLATES.values(), *PROVISIONAL.values(), SIGNATURE, MOMENT, DAY, BETWEEN),
    *(MAY_COME_BACK, IS_FINAL, BY_CALENDAR, BY_LIMITS, BY_COMPLEXITY),
    *(LOCAL_OFF, LOCAL_HOURS, LOCAL_DAYS, LOCAL_AT),
)
"""Whatever a person can be told."""
GSM = re.compile(r"[A-Za-z0-9 @$!\"#%&'()*+,\-./:;<=>?\n]*")
"""Signs that are one septet each in GSM 03.38."""


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_everything_that_is_told_has_its_english_with_the_same_places_and_nothing_else() -> None:
    english = {
        str(message.id): str(message.string)
        for message in catalogue("services.notify", "en", "notify")
        if message.id
    }

    assert set(english) == set(SAID)
    assert not [text for text in english.values() if not text.isascii()]
    for chinese, text in english.items():
        assert text not in ("", chinese)
        assert places(text) == places(chinese), chinese


OF_EACH = [*((each, False) for each in TEMPLATES), *((each, True) for each in PROVISIONAL)]


@pytest.mark.parametrize(("purpose", "provisional"), OF_EACH)
def test_an_english_message_is_one_sms_and_has_no_chinese_but_names(
    purpose: Purpose, provisional: bool
) -> None:
    latin = WORDS | {"unit": "Unit", "node": "Node", "why": Words(BY_COMPLEXITY)}
    text = text_of(purpose, latin, Language.EN, provisional=provisional)

    assert text.startswith(spoken(Language.EN)(SIGNATURE))
    assert GSM.fullmatch(text), text
    assert len(text) <= 160 or purpose in OF_SEVERAL, len(text)
    assert provisional == ("provisional" in text)


def test_a_name_stays_as_it_is_in_english() -> None:
    text = text_of(Purpose.DISPATCHED, WORDS, Language.EN)

    assert text.endswith(" is with 县人力资源和社会保障局, who will contact you.")
