"""The doors of channels, of the scope and of appeals against a no."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.intake.repository.cases import case_by_number
from shared.events.intake import DeclineReason
from shared.security.actor import Actor, ActorKind, Role, citizen
from shared.security.channels import CHANNELS
from shared.unit import Unit
from tests.integration.intake.stories import NODE, list_item
from tests.integration.intake.test_api import ANYBODY, BODY, Call, call, door, registered, staff

__all__ = ["call", "door"]

pytestmark = pytest.mark.integration


def test_who_makes_a_form_is_told_what_each_channel_takes(call: Call) -> None:
    said = call(staff(Role.HOTLINE_AGENT), "GET", "/channels", headers={"accept-language": "en"})
    told = {each["channel"]: each for each in said.json()["channels"]}

    assert [name for name, each in told.items() if each["mine"]] == [
        *("hotline", "web", "enterprise_portal", "app", "kiosk", "snap", "sms", "outbound_call"),
    ]
    assert told["midway_exit"]["roles"] == ["window_head", "window_officer"]
    assert (told["midway_exit"]["anybody"], told["midway_exit"]["known_by"]) == (
        False,
        "application_id",
    )
    assert told["hotline"]["fields"][0] == {
        **{"name": "call_id", "form": "id", "required": False, "title": "Call", "hint": ""},
    }
    everybody = call(ANYBODY, "GET", "/channels").json()["channels"]
    assert {each["channel"] for each in everybody if each["mine"]} == {
        *("web", "app", "snap", "kiosk", "enterprise_portal"),
    }


def test_a_review_that_is_sent_again_is_answered_with_its_case(call: Call) -> None:
    body = {**BODY, "channel": "evaluation", "channel_fields": {"review_id": "HCP-8"}}
    window = staff(Role.WINDOW_OFFICER)

    first = call(window, "POST", "/cases", json=body)
    again = call(window, "POST", "/cases", json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["query_code"] is None
    assert again.json() == first.json() | {
        "query_code": None,
        "follow_url": first.json()["follow_url"].partition("&code=")[0],
    }


def test_a_short_message_becomes_a_case_once(call: Call) -> None:
    agent = staff(Role.HOTLINE_AGENT)
    told = {"message_id": "smsc1-20300102-77", "sender": "13800006160", "text": " 证办不下来。急 "}

    first = call(agent, "POST", "/sms", json=told)
    again = call(agent, "POST", "/sms", json=told)
    case = call(agent, "GET", f"/cases/{first.json()['number']}").json()

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    assert case["title_masked"] == "证办不下来"
    assert call(ANYBODY, "POST", "/sms", json={**told, "message_id": "2"}).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("message_id", "a b"), ("message_id", ""), ("sender", "12345")),
        *(("text", "  "), ("text", 7), ("text", "响铃\a")),
    ],
)
def test_a_message_that_cannot_be_is_named_by_its_field(
    call: Call, field: str, value: object
) -> None:
    told = {"message_id": "1", "sender": "13800006160", "text": "x", field: value}

    answer = call(staff(Role.HOTLINE_AGENT), "POST", "/sms", json=told)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def declined(call: Call) -> tuple[str, Actor]:
    told = registered(call)
    no = {"reason": "petition", "legal_basis": "《信访工作条例》", "explanation": "请走信访程序"}
    answer = call(staff(Role.DISPATCHER), "POST", f"/cases/{told['number']}/decline", json=no)
    assert answer.status_code == 200
    return told["number"], citizen(NODE, UUID(told["case_id"]), told["number"])


def test_a_person_appeals_against_a_no_once(call: Call) -> None:
    number, person = declined(call)
    seen = call(person, "GET", f"/cases/{number}").json()["decline"]
    assert seen["guide_to"]
    assert seen["appeal_by"] == "2030-02-01T01:00:00Z"

    empty = call(person, "POST", f"/cases/{number}/appeal", json={"because": " "})
    asked = call(person, "POST", f"/cases/{number}/appeal", json={"because": "没有信访过"})
    again = call(person, "POST", f"/cases/{number}/appeal", json={"because": "没有信访过"})

    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "because")
    assert (asked.status_code, asked.json()["decide_by"]) == (201, "2030-01-07T01:00:00Z")
    assert (again.status_code, again.json()["code"]) == (409, "appealed_already")


def test_an_appeal_is_listed_decided_and_told(call: Call) -> None:
    number, person = declined(call)
    call(person, "POST", f"/cases/{number}/appeal", json={"because": "没有信访过"})
    judge = replace(staff(Role.SUPERVISOR), id="judge")

    listed = call(judge, "GET", "/appeals").json()["appeals"][-1]
    assert (listed["number"], listed["late"], listed["mine"]) == (number, False, False)
    theirs = call(staff(Role.DISPATCHER), "GET", "/appeals").json()["appeals"][-1]
    assert theirs["mine"] is True
    decision = f"/appeals/{listed['appeal_id']}/decide"
    words = {"upheld": True, "words": "查到正在信访"}
    assert call(staff(Role.DISPATCHER), "POST", decision, json=words).status_code == 403
    assert call(judge, "POST", decision, json={"upheld": True}).status_code == 422
    assert call(judge, "POST", decision, json=words).status_code == 200

    seen = call(person, "GET", f"/cases/{number}").json()
    assert (seen["appeal"]["upheld"], seen["appeal"]["words_masked"]) == (True, "查到正在信访")
    assert seen["timeline"][-1]["text"] == "复核后维持不予受理：查到正在信访"
    ended = call(judge, "GET", "/appeals?decided=true").json()["appeals"]
    assert [each["state"] for each in ended if each["number"] == number] == ["upheld"]


def test_the_scope_is_told_to_everybody(call: Call) -> None:
    rules = call(ANYBODY, "GET", "/scope/rules").json()

    assert len(rules["situations"]) == 7
    grounds = {each["reason"]: each for each in rules["grounds"]}
    assert set(grounds) == {reason.value for reason in DeclineReason}
    assert [reason for reason, each in grounds.items() if not each["is_government"]] == [
        "non_government"
    ]
    assert [reason for reason, each in grounds.items() if each["route"] is None] == ["unlawful"]


OUTSIDE = {
    **{"item_name": "社会保障卡 补办", "item_code": "AH-0001", "region": "341523000000"},
    "applicant": BODY["reporter"],
}
LEFT = {
    **OUTSIDE,
    "application_id": "AH-2030-7",
    "stuck_at": "第三步 上传材料",
    "said": "传不上去",
}
REVIEWED = {**OUTSIDE, "review_id": "HCP-7", "level": 1, "reasons": ["一次告知不到位"]}


@pytest.mark.parametrize(
    ("path", "body", "title", "beside"),
    [
        ("/midway-exits", LEFT, "网上申报中途退出：社会保障卡 补办", "卡在：第三步"),
        ("/bad-reviews", REVIEWED, "差评：社会保障卡 补办", "评价：非常不满意"),
    ],
    ids=["midway exit", "bad review"],
)
def test_what_another_system_holds_fills_a_case_once(
    call: Call, unit: Unit, path: str, body: dict[str, Any], title: str, beside: str
) -> None:
    with unit.transaction() as db:
        item = list_item(db, "社会保障卡补办", code=body["item_code"])
    channel = "midway_exit" if path == "/midway-exits" else "evaluation"
    portal, other = program(f"channel:{channel}"), program("channel:sms")

    first, again = (call(portal, "POST", path, json=body) for _ in range(2))
    with unit.transaction() as db:
        case = case_by_number(db, first.json()["number"])

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    assert case is not None
    assert (case.channel, case.item_code, case.region) == (channel, item.code, "341523")
    assert case.title_masked == title
    assert beside in case.text_masked
    assert [call(who, "POST", path, json=body).status_code for who in (other, ANYBODY)] == [
        403,
        401,
    ]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/midway-exits", LEFT | {"application_id": ""}, "application_id"),
        ("/midway-exits", LEFT | {"region": "341523000001"}, "region"),
        ("/midway-exits", LEFT | {"said": "字" * 4_001}, "said"),
        ("/midway-exits", LEFT | {"applicant": {"name": "张三丰"}}, "applicant.phone"),
        ("/bad-reviews", REVIEWED | {"level": 3}, "level"),
        ("/bad-reviews", REVIEWED | {"level": 0}, "level"),
    ],
)
def test_what_cannot_fill_a_case_is_named(
    call: Call, path: str, body: dict[str, Any], field: str
) -> None:
    answer = call(staff(Role.WINDOW_OFFICER), "POST", path, json=body)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


KINDS = [
    ("midway_exit", Role.WINDOW_OFFICER, {"application_id": "AH-9"}, "application_id"),
    ("evaluation", Role.WINDOW_HEAD, {"review_id": "HCP-9"}, "review_id"),
    ("third_party", Role.WINDOW_OFFICER, {"point": "邮政网点"}, "point"),
    ("grid", Role.WINDOW_OFFICER, {"grid": "城关一网格"}, "grid"),
    ("video", Role.WINDOW_OFFICER, {"point": "万佛湖镇连线点", "recording_id": "V-1"}, None),
    ("outbound_call", Role.HOTLINE_AGENT, {"campaign": "六月外呼"}, "campaign"),
    ("upper_tier", Role.DISPATCHER, {"document_no": "六政办〔2030〕1 号"}, None),
]


@pytest.mark.parametrize(("channel", "role", "told", "needed"), KINDS, ids=[k[0] for k in KINDS])
def test_a_channel_takes_what_it_needs_of_whom_it_is_for(
    call: Call, channel: str, role: Role, told: dict[str, str], needed: str | None
) -> None:
    body = {**BODY, "channel": channel, "channel_fields": told}
    theirs, not_theirs = CHANNELS[role], {Role.SUPERVISOR, *CHANNELS} - {role}
    lacking = call(staff(role), "POST", "/cases", json={**body, "channel_fields": {}})
    kept = call(staff(role), "POST", "/cases", json=body)
    program_of = call(program(f"channel:{channel}"), "POST", "/cases", json=body)
    others = {
        each: call(staff(each), "POST", "/cases", json=body).status_code
        for each in not_theirs
        if channel not in CHANNELS.get(each, ())
    }

    assert channel in theirs
    named = [each["field"] for each in lacking.json()["errors"]] if needed else []
    assert named == ([f"channel_fields.{needed}"] if needed else [])
    assert (lacking.status_code == 422) is (needed is not None)
    assert (kept.status_code, program_of.status_code in (200, 201)) == (201, True)
    assert set(others.values()) == {403}
    for stranger, status in ((ANYBODY, 401), (program("channel:web"), 403)):
        assert call(stranger, "POST", "/cases", json=body).status_code == status


def program(scope: str) -> Actor:
    scopes = frozenset({"case.register", scope})
    return Actor(kind=ActorKind.SYSTEM, node=NODE, id="portal", scopes=scopes)
