import pytest

from services.intake.api.sms import LONGEST_TITLE, NOT_YET_NAMED, SmsBody


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("证办不下来。请回电话。", "证办不下来"),
        ("  ？！证办不下来\n已经三次", "证办不下来"),
        ("……", "……"),
        ("。！", "。！"),
        ("证" * 90, "证" * LONGEST_TITLE),
    ],
    ids=["sentence", "marks-first", "dots", "marks-alone", "long"],
)
def test_a_message_is_told_whole_and_titled_by_its_first_sentence(text: str, title: str) -> None:
    report = SmsBody(message_id="77", sender="13800006160", text=text).report("341523")

    assert (report.title, report.text) == (title, text.strip())
    assert report.reporter.name == NOT_YET_NAMED
    assert report.channel_fields == {"message_id": "77"}
