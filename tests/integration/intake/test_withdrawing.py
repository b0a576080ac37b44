"""A person withdraws a case and takes that back; who does it for them, and who may not."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.intake import handlers
from services.intake.handlers.erasure import destroy_here
from services.intake.handlers.look import look_up
from services.intake.repository.groupings import around, led_by
from services.intake.repository.timeline import facts_of
from services.intake.tables import pressures
from shared.events.intake import (
    CaseGrouped,
    CaseUngrouped,
    CaseWithdrawn,
    PressureTold,
    WithdrawalTakenBack,
)
from shared.http import Door
from shared.security.actor import Actor, Role, citizen
from shared.unit import Unit
from tests.integration.intake.stories import NINE, NODE, dispatched
from tests.integration.intake.test_afterwards import set_of, told_of
from tests.integration.intake.test_api import Call, call, door, registered, staff

__all__ = ["call", "door"]

pytestmark = pytest.mark.integration

AGENT, HEAD = staff(Role.HOTLINE_AGENT), staff(Role.WINDOW_HEAD)
DISPATCHER = staff(Role.DISPATCHER)
OF_THE_UNIT = staff(Role.WINDOW_OFFICER, unit="341523-rsj")
WEEK = timedelta(days=7)
WORDS = {"reason": "solved", "text": "张晓明说事情办好了，电话 13800006160"}


def accepted(call: Call, unit: Unit) -> tuple[Actor, str, UUID]:
    """A case that a unit works on, and its person."""
    told = registered(call, item="目录里没有的事项")
    case_id, number = UUID(told["case_id"]), told["number"]
    by = {"complexity": "ordinary"}
    assert call(DISPATCHER, "POST", f"/cases/{number}/accept", json=by).status_code == 200
    with unit.transaction() as db:
        handlers.follow(db, [dispatched(case_id)])
    return citizen(NODE, case_id, number), number, case_id


def at(number: str, more: str = "") -> str:
    return f"/cases/{number}/withdrawal{more}"


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_person_withdraws_once_sees_what_follows_and_may_change_their_mind_once(
    call: Call, door: Door, unit: Unit
) -> None:
    own, number, case_id = accepted(call, unit)
    once = {"Idempotency-Key": f"key-{uuid4()}"}
    seen = call(own, "GET", f"/cases/{number}").json()
    assert seen["withdrawal"]["can"]

    first, twice = (call(own, "POST", at(number), json=WORDS, headers=once) for _ in range(2))

    assert (first.status_code, twice.json()) == (201, first.json())
    assert code_of(call(own, "POST", at(number), json={})) == (409, "withdrawn_already")
    assert code_of(call(own, "POST", f"/cases/{number}/urges", json={})) == (409, "case_ended")
    [told] = told_of(unit, case_id, CaseWithdrawn)
    assert (told.round, told.accepted, told.reason) == (1, True, "solved")
    assert told.take_back_by == NINE + WEEK
    assert told.text_masked == "张**说事情办好了，电话 138****6160"
    seen = call(own, "GET", f"/cases/{number}").json()
    assert (seen["status"], seen["withdrawal"]["can_take_back"]) == ("withdrawn", True)
    assert "不请您评价" in seen["next"]
    assert "2030 年 1 月 9 日" in seen["timeline"][-1]["text"]

    set_of(door, now=lambda: NINE + WEEK + timedelta(seconds=1))
    assert code_of(call(own, "POST", at(number, "/back"), json={})) == (409, "take_back_too_late")
    set_of(door, now=lambda: NINE + WEEK)
    assert call(own, "POST", at(number, "/back"), json={}).status_code == 201
    assert code_of(call(AGENT, "POST", at(number, "/back"), json={})) == (
        409,
        "taken_back_already",
    )
    [back] = told_of(unit, case_id, WithdrawalTakenBack)
    assert (back.withdrawal_id, back.round, back.accepted) == (told.withdrawal_id, 1, True)
    assert "正在恢复办理" in call(own, "GET", f"/cases/{number}").json()["next"]


def on_hold(call: Call, number: str) -> None:
    held = call(HEAD, "POST", f"/cases/{number}/hold", json={"reason": "诉讼要用"})
    assert held.status_code == 200


@pytest.mark.parametrize(
    ("actor", "body", "refusal"),
    [
        (AGENT, {"reason": "solved"}, (422, "withdraw_reason_needed")),
        (AGENT, WORDS | {"channel": "window"}, (422, "not_your_channel")),
        (AGENT, WORDS | {"reason": "bored"}, (422, "invalid_fields")),
        (OF_THE_UNIT, WORDS, (409, "withdraw_own_unit")),
        (DISPATCHER, WORDS, (403, "not_allowed")),
        (citizen(NODE, uuid4(), "BCS-1"), {}, (404, "wrong_code")),
    ],
    ids=["mute", "not their channel", "no such reason", "own unit", "role", "somebody else"],
)
def test_who_may_not_withdraw_for_a_person_is_told_why(
    call: Call, unit: Unit, actor: Actor, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    _own, number, case_id = accepted(call, unit)

    assert code_of(call(actor, "POST", at(number), json=body)) == refusal
    assert not told_of(unit, case_id, CaseWithdrawn)


def test_on_hold_only_the_person_withdraws_and_staff_does_it_in_their_words_otherwise(
    call: Call, unit: Unit
) -> None:
    own, number, case_id = accepted(call, unit)
    assert code_of(call(own, "POST", at(number, "/back"), json={})) == (409, "not_withdrawn")
    on_hold(call, number)
    assert code_of(call(AGENT, "POST", at(number), json=WORDS)) == (409, "withdraw_on_hold")
    assert call(own, "POST", at(number), json={}).status_code == 201
    [told] = told_of(unit, case_id, CaseWithdrawn)
    assert (told.reason, told.text, told.channel, told.by.kind) == (
        "unsaid",
        None,
        "web",
        "citizen",
    )
    _own, number, case_id = accepted(call, unit)
    assert call(AGENT, "POST", at(number), json=WORDS).status_code == 201
    assert told_of(unit, case_id, CaseWithdrawn)[0].channel == "hotline"
    with unit.transaction() as db:
        destroy_here(db, case_id, NINE)
        kept = [fact.params for fact in facts_of(db, case_id)]
    assert "张" not in str(kept)


def test_what_nobody_has_decided_is_not_accepted_while_it_is_withdrawn(
    call: Call, unit: Unit
) -> None:
    told = registered(call, item="目录里没有的事项")
    case_id, number = UUID(told["case_id"]), told["number"]
    own, accept = citizen(NODE, case_id, number), f"/cases/{number}/accept"

    assert call(own, "POST", at(number), json={}).status_code == 201
    refused = call(DISPATCHER, "POST", accept, json={"complexity": "ordinary"})
    assert code_of(refused) == (409, "withdrawn_already")
    assert call(own, "POST", at(number, "/back"), json={}).status_code == 201
    assert call(own, "GET", f"/cases/{number}").json()["status"] == "registered"
    done = call(DISPATCHER, "POST", accept, json={"complexity": "ordinary"})
    assert done.status_code == 200
    assert told_of(unit, case_id, CaseWithdrawn)[0].accepted is False


def test_a_withdrawn_lead_hands_its_group_to_the_earliest_and_a_member_just_leaves(
    call: Call, unit: Unit
) -> None:
    owns = [accepted(call, unit) for _ in range(4)]
    (lead, lead_number, lead_id), *others = owns
    for _own, number, _case_id in others:
        body = {"lead": lead_number, "kind": "grouped", "because": "同一条河"}
        assert call(DISPATCHER, "POST", f"/cases/{number}/group", json=body).status_code == 200
    third, third_number, third_id = others[2]

    assert call(third, "POST", at(third_number), json={}).status_code == 201
    assert len(told_of(unit, third_id, CaseUngrouped)) == 1
    assert call(lead, "POST", at(lead_number), json={}).status_code == 201

    with unit.transaction() as db:
        assert not around(db, lead_id)
        [left] = led_by(db, others[0][2])
        assert left.case_id == others[1][2]
        look = look_up(db, third_number)
        assert look is not None
    assert [one.lead_id for one in told_of(unit, others[1][2], CaseGrouped)] == [
        lead_id,
        others[0][2],
    ]


def test_who_is_pressed_says_so_unseen_and_has_longer_to_change_their_mind(
    call: Call, door: Door, unit: Unit
) -> None:
    own, number, case_id = accepted(call, unit)
    there, once = f"/cases/{number}/pressure", {"Idempotency-Key": f"key-{uuid4()}"}
    words = {"text": "张晓明说局里来电话，电话 13800006160"}
    before = call(own, "GET", f"/cases/{number}").json()

    first, twice = (call(own, "POST", there, json=words, headers=once) for _ in range(2))

    assert (first.status_code, twice.json()) == (201, first.json())
    [told] = told_of(unit, case_id, PressureTold)
    assert told.text_masked == "张**说局里来电话，电话 138****6160"
    assert told.take_back_by == NINE + timedelta(days=30)
    after = call(own, "GET", f"/cases/{number}").json()
    assert {**after, "version": 0} == {**before, "version": 0}
    assert code_of(call(DISPATCHER, "POST", there, json={})) == (403, "not_allowed")
    assert [call(own, "POST", there, json={}).status_code for _ in range(5)] == [201] * 4 + [429]

    assert call(own, "POST", at(number), json={}).status_code == 201
    set_of(door, now=lambda: NINE + timedelta(days=30))
    seen = call(own, "GET", f"/cases/{number}").json()["withdrawal"]
    assert (seen["take_back_by"], seen["can_take_back"]) == ("2030-01-09T01:00:00Z", True)
    assert call(own, "POST", at(number, "/back"), json={}).status_code == 201
    with unit.transaction() as db:
        destroy_here(db, case_id, NINE)
        assert db.scalars(select(pressures.c.text)).all() == [None] * 5
        assert "张" not in str(db.scalars(select(pressures.c.text_masked)).all())
