from datetime import UTC, datetime

import pytest

from services.intake.api.sms import SmsBody
from services.intake.policy.gateway import came_at, readable, spellings

NOON = datetime(2030, 1, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("房产证办不下来😀".encode(), "utf-8", "房产证办不下来😀"),
        ("房产证办不下来😀".encode("utf-16-be"), "utf-16be", "房产证办不下来😀"),
        (b" \x0c\x00a\r\nb\rc\td\x1b ", "utf-8", "a\nb\nc\td"),
        (b"\xd8\x3d", "utf-16be", "\N{REPLACEMENT CHARACTER}"),
        (b"\xffa", "utf-8", "\N{REPLACEMENT CHARACTER}a"),
        (b"\x00\x01 ", "utf-8", ""),
        ("一二三四五六七八九十一".encode(), "utf-8", "一二三四五六七八九十"),
    ],
)
def test_what_can_be_read_of_a_message_is_taken(body: bytes, charset: str, text: str) -> None:
    assert readable(body, charset, 10) == text


def test_a_number_that_is_called_international_is_read_as_one_of_the_country_too() -> None:
    assert list(spellings("+13812345678")) == ["+13812345678", "13812345678"]


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2030-01-02 03:59:58", datetime(2030, 1, 2, 3, 59, 58, tzinfo=UTC)),
        ("2030-01-02 04:00:01", NOON),
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
