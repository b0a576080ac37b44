"""The form that takes a report apart: what of it is a matter, and where what is wrong belongs."""

from uuid import UUID

from services.portal.pages.calling import Answer
from services.portal.pages.forms import Form
from services.portal.pages.splits import Found, Typed, matters_in, refused, split_values
from services.portal.pages.story import story
from services.portal.repository import Step
from tests.browser.facts import NODE, NOW
from tests.browser.samples import shown
from tests.browser.split_samples import TYPED, WHOLE

FORM = Form(
    {
        **{"count": "3", "title_1": "路坏了", "text_1": "三个月了", "region_1": "341523"},
        **{"title_2": " ", "region_2": "341523", "item_2": "YB-01"},
        **{"title_3": "医保", "text_3": "断缴", "item_3": "YB-01", "region_3": "341500"},
    }
)


def test_what_was_left_empty_is_no_matter() -> None:
    assert matters_in(FORM) == {
        1: {"title": "路坏了", "text": "三个月了", "item": None, "region": "341523"},
        3: {"title": "医保", "text": "断缴", "item": "YB-01", "region": "341500"},
    }


def test_a_count_that_is_none_gives_room_for_one_and_never_for_more_than_eight() -> None:
    for count, room in (("", 1), ("x", 1), ("0", 1), ("99", 8)):
        many = {f"title_{n}": "事" for n in range(1, 12)}
        assert len(matters_in(Form({**many, "count": count}))) == room


def test_what_the_api_finds_wrong_stands_at_its_own_field() -> None:
    wrong = {"field": "matters.1.title", "zh": "太长了。", "en": "Too long."}
    one = refused(FORM, Answer(422, {"errors": [wrong]}), [1, 3])
    whole = {"field": "matters", "zh": "已经有结果。", "en": "At rest."}
    all_of_it = refused(FORM, Answer(409, {"errors": [whole]}), [1, 3])

    assert (one.errors, one.told) == ({"title_3": "太长了。"}, "")
    assert (all_of_it.errors, all_of_it.told) == ({}, "已经有结果。")


def test_the_place_of_a_report_from_elsewhere_can_be_chosen() -> None:
    found = Found.model_validate({**WHOLE, "region": "350100"})
    values = split_values(found, Typed(), NODE.code)

    assert values["values"]["region_1"] == "350100"
    assert values["places"][0][1] == [("350100", "福建省福州市")]


def test_the_preview_sends_again_what_was_typed_and_how_it_is_entered() -> None:
    html = shown("desk_split_preview")

    for name, told in TYPED.items():
        assert f'name="{name}" value="{told}"' in html
    assert "直接受理并派单" in html
    assert "提到诉讼" in html


def test_the_timelines_of_a_report_and_of_its_part() -> None:
    facts = (
        ("intake.case_split.v1", {"numbers": ["BCS-1", "BCS-2"], "matters": 3}),
        ("intake.case_registered.v1", {"split_from": "BCS-0", "channel": "web"}),
        ("intake.part_taken_back.v1", {"part_number": "BCS-1", "because_masked": "一件事"}),
    )
    steps = [
        Step(id=UUID(int=1), at=NOW, node=NODE.code, name=name, params=params)
        for name, params in facts
    ]
    told = story(steps, NODE)

    assert [each.text for each in told] == [
        "拆成 3 件，另立：BCS-1、BCS-2",
        "从 BCS-0 拆出，单独登记，承诺时间从原件登记时算起",
        "BCS-1 并回本件：一件事",
    ]
