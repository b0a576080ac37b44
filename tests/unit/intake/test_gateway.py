from datetime import UTC, datetime

import pytest

from services.intake.api.sms import SmsBody
from services.intake.policy.gateway import came_at, spellings
from shared.http.text import readable

NOON = datetime(2030, 1, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("房产证办不下来😀", "房产证办不下来😀"),
        (" \x0c\x00a\r\nb\rc\td\x1b ", "a\nb\nc\td"),
        ("\x00\x01 ", ""),
        ("证" * 5_001, "证" * 5_000),
        ("\ud83d证", "证"),
    ],
    ids=["text", "signs of control", "nothing else", "too long", "half a sign"],
)
def test_what_can_be_read_of_a_message_is_taken(told: str, text: str) -> None:
    assert readable(told) == text


def test_a_number_that_is_called_international_is_read_as_one_of_the_country_too() -> None:
    assert list(spellings("+13812345678")) == ["+13812345678", "13812345678"]


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2030-01-02 03:59:58", datetime(2030, 1, 2, 3, 59, 58, tzinfo=UTC)),
        ("2029-12-20 04:00:00", datetime(2029, 12, 20, 4, tzinfo=UTC)),
        ("2030-01-02 04:00:01", NOON),
        ("1970-01-01 00:00:00", NOON),
        ("0001-01-01 00:00:00", NOON),
        ("", NOON),
        ("yesterday", NOON),
    ],
)
def test_a_message_came_when_the_network_had_it_and_never_later_than_now(
    told: str, at: datetime
) -> None:
    assert came_at(told, NOON) == at


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("证办不下来。急", "证办不下来"),
        ("。 。证办\t不下来", "证办 不下来"),
        ("？\n？", "？ ？"),
        ("证" * 50, "证" * 40),
    ],
)
def test_a_title_is_the_first_words_on_one_line(text: str, title: str) -> None:
    body = SmsBody(message_id="1", sender="13800006160", text=text)

    assert body.report("341523").title == title
