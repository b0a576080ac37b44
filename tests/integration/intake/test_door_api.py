"""The doors of channels, of the scope and of appeals against a no."""

from dataclasses import replace
from uuid import UUID

import pytest

from shared.events.intake import DeclineReason
from shared.security.actor import Actor, Role, citizen
from tests.integration.intake.stories import NODE
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
    body = {**BODY, "channel": "evaluation", "channel_fields": {"review_id": "HCP-7"}}
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
