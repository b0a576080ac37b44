"""The doors of corrections: who is let in, and what a wrong field is told."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from shared.http import Door
from shared.security.actor import Role
from tests.integration.intake.test_api import ANYBODY, Call, call, door, registered, staff

__all__ = ["call", "door"]

pytestmark = pytest.mark.integration

OFFICER, AGENT = staff(Role.WINDOW_OFFICER), staff(Role.HOTLINE_AGENT)
HEAD = replace(staff(Role.WINDOW_HEAD), id="head")
ASKING: dict[str, Any] = {
    "requester": "person",
    "reason": "本人到窗口核对",
    "phone": "139 0000 7788",
}


def asked(call: Call, number: str, **more: Any) -> dict[str, Any]:
    at = f"/cases/{number}/correction"
    answer = call(OFFICER, "POST", at, json=ASKING | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_an_officer_asks_and_the_head_approves_what_both_see_masked(call: Call) -> None:
    number = registered(call)["number"]
    order = asked(call, number)
    listed = call(HEAD, "GET", f"/cases/{number}/records").json()["orders"][0]
    done = call(HEAD, "POST", f"/corrections/{order['order_id']}/approve")

    assert listed["changes"] == {
        "complainant.phone": {"before": "138****6160", "after": "139****7788"}
    }
    assert (order["state"], order["version"], done.json()["state"]) == ("asked", 0, "done")
    assert done.json()["version"] > 0
    story = call(HEAD, "GET", f"/cases/{number}").json()["timeline"]
    assert "登记的信息已更正。" in [each["text"] for each in story]


def test_the_same_asking_sent_twice_counts_once(call: Call) -> None:
    at, key = f"/cases/{registered(call)['number']}/correction", f"key-{uuid4()}"
    once = {"json": ASKING, "headers": {"Idempotency-Key": key}}

    first, second = (call(AGENT, "POST", at, **once) for _ in range(2))

    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"phone": "1390000"}, "phone", "phone"),
        ({"phone": "110"}, "phone", "phone"),
        ({"name": "  "}, "name", "too_short"),
        ({"name": "两\n行"}, "name", "one_line"),
        ({"reason": ""}, "reason", "too_short"),
        ({"requester": "neighbour"}, "requester", "enum"),
        ({"party": "judge"}, "party", "enum"),
        ({"party": "agent"}, "party", "no_such_party"),
        ({"id_number": "341523199001010018"}, "id_number", "bad_id_number"),
        ({"text": "字" * 5001}, "text", "string_too_long"),
        ({"query_code": "AAAA"}, "query_code", "extra_forbidden"),
    ],
)
def test_a_wrong_field_is_named(
    call: Call, changed: dict[str, Any], field: str, code: str
) -> None:
    at = f"/cases/{registered(call)['number']}/correction"

    response = call(OFFICER, "POST", at, json=ASKING | changed)

    assert response.status_code == 422
    assert [(one["field"], one["code"]) for one in response.json()["errors"]] == [(field, code)]


def test_nothing_to_correct_and_nobody_to_decide_are_told(call: Call) -> None:
    number = registered(call)["number"]
    same = {**ASKING, "phone": "13800006160"}
    order = asked(call, number)["order_id"]
    approve, refuse = (f"/corrections/{order}/{act}" for act in ("approve", "refuse"))

    def told(*request: Any, **more: Any) -> tuple[int, str]:
        answer = call(*request, **more)
        return answer.status_code, answer.json()["code"]

    at = f"/cases/{number}/correction"
    assert told(OFFICER, "POST", at, json=ASKING) == (409, "correction_asked")
    own = replace(HEAD, id=OFFICER.id)
    assert told(own, "POST", approve) == (409, "second_person")
    assert told(HEAD, "POST", refuse, json={"reason": ""}) == (422, "invalid_fields")
    assert call(HEAD, "POST", refuse, json={"reason": "核对不上"}).status_code == 200
    assert told(HEAD, "POST", approve) == (409, "wrong_state")
    assert told(OFFICER, "POST", at, json=same) == (422, "nothing_corrected")
    assert told(HEAD, "POST", f"/corrections/{uuid4()}/approve") == (404, "unknown_data_order")
    assert call(HEAD, "POST", "/corrections/7/approve").status_code == 422


def test_who_guesses_what_is_kept_is_written_down_and_may_not_go_on(
    call: Call, door: Door
) -> None:
    number, limit = registered(call)["number"], door.settings.look_limits.looks.per_hour
    guesser, at = replace(OFFICER, id=f"guesser-{uuid4()}"), f"/cases/{number}/correction"
    right = {**ASKING, "phone": "13800006160"}

    told = [call(guesser, "POST", at, json=right) for _ in range(limit + 1)]

    assert {answer.json()["code"] for answer in told[:-1]} == {"nothing_corrected"}
    assert (told[-1].status_code, told[-1].json()["code"]) == (429, "too_many_looks")
    seen = call(staff(Role.AUDIT_ADMINISTRATOR), "GET", "/person-looks").json()["lookers"]
    mine = next(each for each in seen if each["login"] == guesser.id)
    assert (mine["looks_hour"], mine["refused_day"]) == (limit, limit + 1)


def test_while_a_correction_waits_nothing_is_compared(call: Call) -> None:
    number = registered(call)["number"]
    asked(call, number, name="张小明")

    answer = call(
        OFFICER, "POST", f"/cases/{number}/correction", json=ASKING | {"phone": "13800006160"}
    )

    assert answer.json()["code"] == "correction_asked"


@pytest.mark.parametrize("act", ["approve", "refuse"])
@pytest.mark.parametrize("role", [Role.WINDOW_OFFICER, Role.HOTLINE_AGENT, Role.DISPATCHER])
def test_who_only_asks_does_not_decide(call: Call, act: str, role: Role) -> None:
    order = asked(call, registered(call)["number"])["order_id"]
    body = {"json": {"reason": "x"}} if act == "refuse" else {}

    answer = call(replace(staff(role), id="other"), "POST", f"/corrections/{order}/{act}", **body)

    assert answer.status_code == 403


@pytest.mark.parametrize("who", [ANYBODY, staff(Role.DISPATCHER), staff(Role.SUPERVISOR)])
def test_who_does_not_meet_the_person_does_not_ask(call: Call, who: Any) -> None:
    at = f"/cases/{registered(call)['number']}/correction"

    assert call(who, "POST", at, json=ASKING).status_code in (401, 403)
