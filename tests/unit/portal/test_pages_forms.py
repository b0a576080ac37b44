from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.portal.pages import dates
from services.portal.pages.draft import Draft, first_sentence, step_of
from services.portal.pages.forms import Form
from services.portal.pages.home import local
from services.portal.pages.language import translations
from services.portal.pages.places import places
from services.portal.pages.rendering import spoken_phone

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
WHOLE = {
    "text": "跑了三趟没办成。后来又去了一次。",
    "region": "341523",
    "attempts": "3",
    "kind": "person",
    "name": "李桂兰",
    "phone": "13805640017",
}


def draft(**changes: str) -> Draft:
    return Draft.of(Form(WHOLE | changes), "341523")


def test_a_whole_draft_lacks_nothing() -> None:
    assert draft().first_gap() is None


@pytest.mark.parametrize(("field", "step"), [("text", "what"), ("name", "who"), ("phone", "who")])
def test_an_empty_field_sends_back_to_its_step(field: str, step: str) -> None:
    assert draft(**{field: "  "}).first_gap() == step
    assert list(draft(**{field: ""}).lacks(step)) == [field]
    assert step_of(field) == step


@pytest.mark.parametrize("phone", ["1380564", "12345", "没有", "138056400171"])
def test_a_number_that_nobody_can_call_is_no_phone(phone: str) -> None:
    assert list(draft(phone=phone).lacks("who")) == ["phone"]


def test_without_a_title_the_first_sentence_is_the_title() -> None:
    assert draft().body()["title"] == "跑了三趟没办成"
    assert draft(title="社保卡").body()["title"] == "社保卡"


def test_a_long_first_sentence_is_cut() -> None:
    assert first_sentence("很" * 100) == "很" * 39 + "…"


def test_where_it_was_is_told_below_the_text() -> None:
    assert str(draft(spot="城关镇大厅").body()["text"]).endswith("办理地点：城关镇大厅")


def test_a_body_that_gives_its_code_reports_as_an_enterprise() -> None:
    body = draft(kind="enterprise", id_number="91340000MA00000260").body()

    assert body["channel"] == "enterprise_portal"
    assert body["reporter"] == {
        **{"kind": "enterprise", "name": "李桂兰", "phone": "13805640017"},
        **{"language": "zh", "id_number": "91340000MA00000260"},
    }
    assert draft(kind="enterprise").body()["channel"] == "web"
    assert draft(id_number="91340000MA00000260").body()["channel"] == "web"


def test_messages_speak_the_language_of_whoever_filled_it_in() -> None:
    together = "王小明 13805640018 English\n赵六 13805640019"
    by_themselves: Any = draft(others=together).body("en")
    by_another: Any = draft(agent_name="王小明", agent_phone="13805640018").body("en")

    assert by_themselves["reporter"]["language"] == "en"
    assert [one.get("language") for one in by_themselves["others"]] == ["en", None]
    assert by_another["reporter"]["language"] == "zh"
    assert by_another["agent"]["language"] == "en"


def test_an_unknown_item_is_left_to_the_officer() -> None:
    assert draft().body()["item"] is None


def test_every_step_carries_the_fields_of_the_others() -> None:
    assert set(draft().carried("what")) == {
        *(
            "region",
            "spot",
            "attempts",
            "kind",
            "name",
            "phone",
            "id_number",
            "withheld",
            "care",
            "others",
        ),
        *("agent_name", "agent_phone", "relation", "told"),
        *("against_unit", "against_person"),
    }


def test_a_draft_keeps_its_idempotency_key() -> None:
    assert draft(key="abc").values["key"] == "abc"
    assert len(draft().values["key"]) == 32


@pytest.mark.parametrize("address", ["//evil.test", "https://evil.test", "/\\evil.test", "", "a"])
def test_one_is_never_sent_to_another_site(address: str) -> None:
    assert local(address) == "/"
    assert local("/follow?x=1") == "/follow?x=1"


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (timedelta(days=2), "还有 2 天"),
        (timedelta(hours=47), "还有 47 小时"),
        (timedelta(minutes=5), "还有 5 分钟"),
        (timedelta(0), "还有 1 分钟"),
        (timedelta(hours=-3), "已超过 3 小时"),
    ],
)
def test_what_is_left_is_told_in_plain_words(gap: timedelta, told: str) -> None:
    assert dates.left(NOW + gap, NOW, translations("zh").gettext) == told


def test_a_day_is_told_with_its_weekday_in_china() -> None:
    assert dates.day(datetime(2026, 3, 4, 17, tzinfo=UTC), "zh") == "3月5日（星期四）"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("+8613805640017", "138 0564 0017"),
        ("+865648621234", "05648621234"),
        ("+865648621234;ext=12", "05648621234 转 12"),
        ("12345", "12345"),
    ],
)
def test_a_phone_is_shown_as_it_is_dialled(number: str, told: str) -> None:
    assert spoken_phone(number) == told


def test_places_begin_with_this_county_and_name_each_place_once() -> None:
    found = places("341523")
    codes = [code for _title, options in found for code, _name in options]

    assert found[0][1] == [("341523", "安徽省六安市舒城县")]
    assert len(codes) == len(set(codes))
    assert {"341502", "340100", "310000"} <= set(codes)


def test_whom_it_complains_of_is_sent_only_where_somebody_is_named() -> None:
    named = Draft.of(Form({"against_unit": "RSJ", "against_person": "王大力"}), "341523").body()

    assert named["complained_of"] == {"units": ["RSJ"], "persons": ["王大力"]}
    assert "complained_of" not in Draft.of(Form({}), "341523").body()
