"""Forms of co-handling: where each is asked for, and what of it the API is told."""

from typing import Any
from uuid import UUID

import pytest

from services.portal.pages.act_forms import BODIES, path_of
from services.portal.pages.case_values import shown_of
from services.portal.pages.forms import Form
from services.portal.pages.next_steps import next_steps
from services.portal.pages.story import story
from services.portal.repository import Step
from shared.security.actor import Role
from tests.browser.facts import NODE, NOW, UNIT, case, officer
from tests.browser.part_samples import HELPER, WITH_PARTS
from tests.browser.samples import shown

PART = "0197f3c2-6a51-7c5e-9d0b-5b1e5f1f7a10"


@pytest.mark.parametrize(
    ("act", "typed", "path", "body"),
    [
        (
            "open_part",
            {"unit_code": "tax", "task": "核对", "days": "2"},
            "/api/v1/orders/O/parts",
            {"unit_code": "tax", "task": "核对", "days": 2},
        ),
        (
            "open_part",
            {"unit_code": "tax", "task": "核对", "days": "两天"},
            "/api/v1/orders/O/parts",
            {"unit_code": "tax", "task": "核对", "days": "两天"},
        ),
        ("urge_part", {"part_id": PART}, f"/api/v1/parts/{PART}/urge", {}),
        (
            "withdraw_part",
            {"part_id": PART, "because": "不用了", "to_unit": "", "days": ""},
            f"/api/v1/parts/{PART}/withdraw",
            {"because": "不用了"},
        ),
        (
            "dissent_part",
            {"part_id": PART, "dissent": "law", "note": "不能办"},
            f"/api/v1/parts/{PART}/dissent",
            {"reason": "law", "note": "不能办"},
        ),
        ("answer_part", {"part_id": "../x"}, "/api/v1/parts/..%2Fx/answer", {}),
        (
            "dispatch",
            {"case_id": "C", "unit_code": "tax", "because": "属地", "co_unit": "dag"},
            "/api/v1/orders",
            {
                **{"case_id": "C", "unit_code": "tax", "because": "属地"},
                "co_handlers": [{"unit_code": "dag", "task": ""}],
            },
        ),
        (
            "dispatch",
            {"case_id": "C", "unit_code": "tax", "because": "属地", "co_unit": ""},
            "/api/v1/orders",
            {"case_id": "C", "unit_code": "tax", "because": "属地"},
        ),
    ],
)
def test_a_form_of_parts_is_told_to_the_api(
    act: str, typed: dict[str, str], path: str, body: dict[str, Any]
) -> None:
    form = Form({**typed, "order_id": "O"})

    assert (path_of(act, form), BODIES[act](form)) == (path, body)


def test_the_lead_finds_the_answers_in_its_form_and_what_hinders_it() -> None:
    html = shown("parts_lead", {})

    assert "舒城县档案馆：原单位 2003 年注销" in html
    assert "还有协办单位没有答复，或有不同意见。" in html
    assert 'name="override"' in html
    assert 'name="override"' not in shown("desk_materials", {})


def test_who_helps_is_asked_for_an_answer_and_finishes_nothing() -> None:
    html = shown("parts_helper", {})

    assert 'action="/desk/act/answer_part"' in html
    assert f'name="part_id" value="{UUID(int=51)}"' in html
    assert 'action="/desk/act/finish"' not in html


@pytest.mark.parametrize(
    ("actor", "offered"),
    [
        (UNIT, {"open_part", "urge_part", "withdraw_part"}),
        (HELPER, {"answer_part", "dissent_part", "decline_part", "part_work"}),
        (officer(Role.DISPATCHER), {"open_part", "urge_part", "withdraw_part"}),
        (officer(Role.SUPERVISOR), {"urge_part"}),
        (officer(Role.INSPECTOR), set()),
        (officer(Role.DISPOSAL_OFFICER, unit="zjj"), set()),
    ],
    ids=["lead", "helper", "dispatcher", "supervisor", "inspector", "taken back from"],
)
def test_what_is_offered_of_parts_follows_from_whose_they_are(
    actor: Any, offered: set[str]
) -> None:
    steps = next_steps(actor, WITH_PARTS, NODE)

    found = {act for act in (steps.next, *steps.others) if act and "part" in act}
    assert found == offered


def test_no_part_is_offered_of_a_case_that_another_node_may_have_taken() -> None:
    steps = next_steps(UNIT, case(status="signed", offered_to="341500"), NODE)

    assert "open_part" not in steps.others


def test_a_finish_over_a_part_says_so_in_the_timeline() -> None:
    told = {"unit_name": "税务局", "outcome": "done", "answer_masked": "好了"}
    over = {"override_reason": "no_answer", "override_masked": "催过两次"}
    name = "dispatch.order_finished.v1"
    steps = [
        Step(id=UUID(int=n), at=NOW, node=NODE.code, name=name, params=params)
        for n, params in enumerate((told, {**told, **over}))
    ]

    plain, overriding = story(steps, NODE)

    assert (plain.text, plain.note) == ("税务局办完：按诉求办成了", "好了")
    assert overriding.text.endswith("越过协办单位：催办后仍没有答复")
    assert overriding.note == "催过两次"


def test_only_the_parts_of_the_order_in_work_are_shown() -> None:
    values = shown_of(WITH_PARTS, NODE)

    assert len(values["parts"]) == len(WITH_PARTS.parts)
    assert [name for _id, name in values["live_parts"]] == [
        "国家税务总局舒城县税务局",
        "舒城县法制办公室",
    ]
    assert shown_of(case(order_id=None, parts=WITH_PARTS.parts), NODE)["parts"] == []
