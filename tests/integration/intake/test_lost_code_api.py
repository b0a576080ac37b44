"""The way back for who lost the query code, at the doors of intake."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake import api, handlers
from services.intake.settings import Settings
from shared.events.intake import OneTimeCodeMade
from shared.http import Door, NodeFacts
from shared.outbox import said
from shared.security.actor import Role, anonymous, citizen
from shared.security.numbers import case_number
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_for
from shared.unit import Unit
from tests.integration.doorway import Call, calling, staff
from tests.integration.intake.stories import NINE, NODE

pytestmark = pytest.mark.integration

NO_ASK = UUID(int=7)

FACTS = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1:8002")
ANYBODY = anonymous(NODE)
NO_CASE = case_number(NODE, NINE.date(), 99_999)


@pytest.fixture
def door(unit: Unit, keys: NodeKeys) -> Door:
    return Door(unit=unit, settings=Settings(), keys=keys, node=FACTS, now=lambda: NINE)


@pytest.fixture
def call(door: Door) -> Call:
    return calling(api.router, door)


def new_mobile() -> str:
    """A telephone that nobody has asked with."""
    return f"139{uuid4().int % 10**8:08d}"


def registered(call: Call, phone: str) -> dict[str, Any]:
    body = {
        "region": NODE,
        "channel": "web",
        "reporter": {"kind": "person", "name": "张晓明", "phone": phone},
        "title": "网上提交材料两次被退回",
        "text": "材料两次被退回。",
    }
    told: dict[str, Any] = call(ANYBODY, "POST", "/cases", json=body).json()
    return told


def code_sent(door: Door, ask_id: str) -> str:
    """Let time pass, and read what was said for this asking."""
    with door.unit.transaction() as db:
        house = door.settings.code_house(NODE, door.keys)
        while handlers.send_codes(db, house, NINE, 50):
            pass
        [made] = [
            fact
            for fact in said(db)
            if isinstance(fact, OneTimeCodeMade) and str(fact.ask_id) == ask_id
        ]
        return sealer_for(db, door.keys, made.code.key_id).open(made.code)


def test_who_lost_the_query_code_comes_back_by_the_telephone(call: Call, door: Door) -> None:
    phone = new_mobile()
    told = registered(call, phone)
    asked = call(
        ANYBODY, "POST", "/one-time-codes", json={"phone": phone, "number": told["number"]}
    )
    ask_id = asked.json()["ask_id"]
    code = code_sent(door, ask_id)

    opened = call(ANYBODY, "POST", f"/one-time-codes/{ask_id}/use", json={"code": code})
    again = call(ANYBODY, "POST", f"/one-time-codes/{ask_id}/use", json={"code": code})
    by_phone = citizen(NODE, UUID(told["case_id"]), told["number"], frozenset({"code.renew"}))
    renewed = call(by_phone, "POST", f"/cases/{told['number']}/query-code")

    assert (asked.status_code, set(asked.json())) == (202, {"ask_id", "expires_at"})
    assert opened.json()["numbers"] == [told["number"]]
    assert (again.status_code, again.json()["code"]) == (422, "wrong_one_time_code")
    assert renewed.json()["query_code"] != told["query_code"]
    assert {each.headers["cache-control"] for each in (asked, opened, renewed)} == {"no-store"}


def test_asking_answers_a_stranger_like_the_person(call: Call) -> None:
    phone = new_mobile()
    person = {"phone": phone, "number": registered(call, phone)["number"]}
    stranger = {"phone": new_mobile(), "number": NO_CASE}

    answers = [call(ANYBODY, "POST", "/one-time-codes", json=body) for body in (person, stranger)]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["expires_at"] for answer in answers}) == 1
    assert len({len(answer.content) for answer in answers}) == 1


def test_asking_too_often_is_refused_with_the_time_to_wait(call: Call) -> None:
    body = {"phone": new_mobile()}

    answers = [call(ANYBODY, "POST", "/one-time-codes", json=body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert answers[-1].headers["retry-after"] == "3600"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"phone": "0564-8621234"}, "phone"),
        ("", {"phone": "12345"}, "phone"),
        ("", {"number": NO_CASE}, "phone"),
        ("", {"phone": "13811116161", "number": "BCS-1"}, "number"),
        ("", {"phone": "13811116161", "name": "张"}, "name"),
        (f"/{NO_ASK}/use", {"code": ""}, "code"),
        (f"/{NO_ASK}/use", {"code": "1" * 41}, "code"),
        (f"/{NO_ASK}/use", {"code": "123456"}, "code"),
        (f"/{NO_ASK}/use", {"code": "\0\0"}, "code"),
        ("/nobody/use", {"code": "123456"}, "ask_id"),
    ],
)
def test_bad_input_at_the_doors_of_one_time_codes(
    call: Call, path: str, body: dict[str, Any], field: str
) -> None:
    answer = call(ANYBODY, "POST", f"/one-time-codes{path}", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_query_code_alone_gives_no_new_one(call: Call) -> None:
    told = registered(call, new_mobile())
    path = f"/cases/{told['number']}/query-code"
    holder = citizen(NODE, UUID(told["case_id"]), told["number"])
    other = citizen(NODE, uuid4(), "BCS-1", frozenset({"code.renew"}))

    assert [call(who, "POST", path).status_code for who in (holder, other, ANYBODY)] == [
        404,
        404,
        404,
    ]
    assert call(staff(Role.WINDOW_HEAD), "POST", path).status_code == 403
