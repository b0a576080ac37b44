import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import select

from services.intake import api, handlers
from services.intake.settings import Settings
from services.intake.tables import plumbing
from shared.http import Door, NodeFacts, install_problems
from shared.security.actor import Actor, ActorKind, Role, anonymous, citizen
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.intake.stories import NINE, NODE, dispatched, list_item

pytestmark = pytest.mark.integration

FACTS = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1:8002")
ANYBODY = anonymous(NODE)
BODY: dict[str, Any] = {
    "region": "341523",
    "channel": "web",
    "reporter": {"kind": "person", "name": "张晓明", "phone": "138 0000 6160"},
    "title": "网上提交材料两次被退回",
    "text": "材料两次被退回。",
    "item": None,
}

Call = Callable[..., Response]


def staff(*roles: Role, unit: str | None = None) -> Actor:
    return Actor(
        kind=ActorKind.STAFF,
        node=NODE,
        id="a1",
        name="李",
        unit=unit,
        roles=frozenset(roles),
    )


@pytest.fixture
def door(unit: Unit, keys: NodeKeys) -> Door:
    return Door(unit=unit, settings=Settings(), keys=keys, node=FACTS, now=lambda: NINE)


@pytest.fixture
def call(door: Door) -> Call:
    """Ask the door as an actor: `call(actor, "GET", path, …)`."""
    app = FastAPI()
    app.include_router(api.router)
    app.state.doors = {"intake": door}
    install_problems(app)
    asking: list[Actor] = []

    @app.middleware("http")
    async def identify(request: Request, following: Any) -> Any:
        request.scope["actor"] = asking[-1]
        return await following(request)

    async def send(method: str, path: str, **more: Any) -> Response:
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.request(method, f"/api/v1{path}", **more)

    def ask(actor: Actor, method: str, path: str, **more: Any) -> Response:
        asking.append(actor)
        return asyncio.run(send(method, path, **more))

    return ask


def registered(call: Call, **changed: Any) -> dict[str, Any]:
    response = call(ANYBODY, "POST", "/cases", json={**BODY, **changed})
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_anybody_may_report_on_the_web(call: Call) -> None:
    told = registered(call)

    assert told["service"] == "intake"
    assert (told["status"], told["version"]) == ("registered", 1)
    assert told["follow_url"] == (
        f"http://127.0.0.1:8002/follow#number={told['number']}&code={told['query_code']}"
    )


def test_the_same_request_sent_twice_registers_once(call: Call) -> None:
    once = {"Idempotency-Key": f"key-{uuid4()}"}

    first = call(ANYBODY, "POST", "/cases", json=BODY, headers=once)
    second = call(ANYBODY, "POST", "/cases", json=BODY, headers=once)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()


def test_a_key_used_for_another_body_is_refused(call: Call) -> None:
    once = {"Idempotency-Key": f"key-{uuid4()}"}
    call(ANYBODY, "POST", "/cases", json=BODY, headers=once)

    again = call(ANYBODY, "POST", "/cases", json={**BODY, "title": "别的事"}, headers=once)

    assert (again.status_code, again.json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"region": "34152"}, "region", "region"),
        ({"region": "３４１５２３"}, "region", "region"),
        ({"channel": "pigeon"}, "channel", "enum"),
        ({"title": "  "}, "title", "too_short"),
        ({"title": "两行\n标题"}, "title", "one_line"),
        ({"text": "字" * 5001}, "text", "string_too_long"),
        ({"text": "看不见\x00"}, "text", "control_character"),
        ({"attempts": 0}, "attempts", "greater_than_equal"),
        ({"attempts": "2"}, "attempts", "int_type"),
        ({"attempts": 1.5}, "attempts", "int_type"),
        ({"received_at": "2026-01-01T00:00:00"}, "received_at", "timezone_aware"),
        ({"hacked": 1}, "hacked", "extra_forbidden"),
        ({"reporter": None}, "reporter", "model_attributes_type"),
        ({"reporter": {**BODY["reporter"], "phone": "1380000616"}}, "reporter.phone", "phone"),
        ({"reporter": {**BODY["reporter"], "phone": "110"}}, "reporter.phone", "phone"),
        (
            {"reporter": {**BODY["reporter"], "id_number": "341523199001010018"}},
            "reporter.id_number",
            "id_number",
        ),
        (
            {"reporter": {**BODY["reporter"], "kind": "enterprise", "id_number": "1"}},
            "reporter.id_number",
            "uscc",
        ),
    ],
)
def test_a_wrong_field_is_named(
    call: Call, changed: dict[str, Any], field: str, code: str
) -> None:
    response = call(ANYBODY, "POST", "/cases", json={**BODY, **changed})

    assert response.status_code == 422
    assert [(error["field"], error["code"]) for error in response.json()["errors"]] == [
        (field, code)
    ]


def test_a_place_that_no_list_knows_is_taken(call: Call) -> None:
    assert registered(call, region="999999")["status"] == "registered"


@pytest.mark.parametrize("channel", ["window", "hotline", "upper_tier"])
def test_a_channel_of_the_staff_is_closed_to_people(call: Call, channel: str) -> None:
    response = call(ANYBODY, "POST", "/cases", json={**BODY, "channel": channel})

    assert response.status_code in (401, 403)


def test_a_window_officer_registers_at_the_window(call: Call) -> None:
    officer = staff(Role.WINDOW_OFFICER)

    assert call(officer, "POST", "/cases", json={**BODY, "channel": "window"}).status_code == 201


def test_only_an_import_tells_when_a_report_was_received(call: Call) -> None:
    body = {**BODY, "received_at": "2026-03-02T08:45:00+08:00"}
    importer = Actor(kind=ActorKind.SYSTEM, node=NODE, id="loader", scopes=frozenset({"import"}))

    assert call(ANYBODY, "POST", "/cases", json=body).status_code in (401, 403)
    imported = call(importer, "POST", "/cases", json=body)
    assert imported.json()["number"].startswith("BCS-341523-20260302-")


def test_its_person_sees_where_a_case_stands(call: Call, door: Door) -> None:
    told = registered(call)
    person = citizen(NODE, told["case_id"], told["number"])
    with door.unit.transaction() as db:
        handlers.follow(db, [dispatched(told["case_id"])])

    claimed = api.claim(door, told["number"], told["query_code"], "192.0.2.1")
    assert claimed.case_id is not None
    person = citizen(NODE, claimed.case_id, told["number"])
    response = call(person, "GET", f"/cases/{told['number']}")

    case = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert (case["status"], case["holder"]["name"]) == ("dispatched", "县人社局")
    assert [step["text"] for step in case["timeline"]] == [
        f"您的反映已登记，编号 {told['number']}。",
        "已派给县人社局办理。",
    ]
    assert case["next"].startswith("承办单位会签收")
    assert (case["can_rate"], case["rated"], case["lamp"], case["result"]) == (
        False,
        None,
        None,
        None,
    )


def test_a_case_of_others_looks_like_one_that_does_not_exist(call: Call) -> None:
    mine, other = registered(call), registered(call)
    person = citizen(NODE, mine["case_id"], mine["number"])

    answers = [
        call(person, "GET", f"/cases/{other['number']}"),
        call(person, "GET", "/cases/BCS-341523-20300102-99999-Z"),
        call(ANYBODY, "GET", f"/cases/{other['number']}"),
        call(ANYBODY, "GET", "/cases/nonsense"),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (404, "wrong_code")
    }


def test_an_officer_accepts_and_then_no_more(call: Call) -> None:
    number, officer = registered(call)["number"], staff(Role.WINDOW_OFFICER)

    accepted = call(officer, "POST", f"/cases/{number}/accept", json={"complexity": "simple"})
    again = call(officer, "POST", f"/cases/{number}/accept", json={})

    assert (accepted.status_code, accepted.json()["version"]) == (200, 2)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_a_decline_without_a_basis_is_refused(call: Call) -> None:
    number, officer = registered(call)["number"], staff(Role.DISPATCHER)
    no = {"reason": "petition", "legal_basis": "", "explanation": "请走信访程序"}

    response = call(officer, "POST", f"/cases/{number}/decline", json=no)

    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "legal_basis")


def test_its_person_is_told_why_a_case_was_declined(call: Call) -> None:
    told, officer = registered(call), staff(Role.DISPATCHER)
    no = {
        "reason": "petition",
        "legal_basis": "《信访工作条例》",
        "explanation": "请走信访程序",
        "guide_to": "县信访局",
    }
    declined = call(officer, "POST", f"/cases/{told['number']}/decline", json=no)
    assert declined.status_code == 200

    case = call(citizen(NODE, told["case_id"], told["number"]), "GET", f"/cases/{told['number']}")

    assert call(officer, "GET", f"/cases/{told['number']}").json()["status"] == "declined"
    assert case.status_code == 404  # an id that is not a UUID is nobody's


def test_people_may_not_decide(call: Call) -> None:
    number = registered(call)["number"]

    assert call(ANYBODY, "POST", f"/cases/{number}/accept", json={}).status_code in (401, 403)
    assert call(
        ANYBODY, "POST", f"/cases/{number}/person", json={"purpose": "看看"}
    ).status_code in (
        401,
        403,
    )


def test_only_a_unit_with_an_order_sees_the_person(call: Call, door: Door) -> None:
    told = registered(call)
    with door.unit.transaction() as db:
        handlers.follow(db, [dispatched(told["case_id"], "341523-rsj")])
    path, why = f"/cases/{told['number']}/person", {"purpose": "联系当事人"}

    holder = call(staff(Role.DISPOSAL_OFFICER, unit="341523-rsj"), "POST", path, json=why)
    other = call(staff(Role.DISPOSAL_OFFICER, unit="341523-gaj"), "POST", path, json=why)

    assert other.status_code == 403
    assert holder.json() == {
        "name": "张晓明",
        "phone": "+8613800006160",
        "id_number": None,
        "address": None,
        "language": "zh",
        "title": BODY["title"],
        "text": BODY["text"],
        "agent": None,
        "complained_of": [],
        "answers": [],
        "channel_fields": {},
        "authority_note": None,
        "others": [],
        "care": [],
        "withheld": False,
    }


def test_another_purpose_needs_its_ground_which_the_audit_keeps_masked(
    call: Call, door: Door
) -> None:
    number = registered(call)["number"]
    path = f"/cases/{number}/person"
    head = staff(Role.WINDOW_HEAD)

    bare = call(head, "POST", path, json={"purpose": "其他"})
    empty = call(head, "POST", path, json={"purpose": "其他", "ground": "  "})
    long = call(head, "POST", path, json={"purpose": "回访", "ground": "很" * 201})
    why = {"purpose": "其他", "ground": "核对13912345678的来电是不是本人"}
    shown = call(head, "POST", path, json=why)
    usual = call(head, "POST", path, json={"purpose": "回访"})

    assert [answer.status_code for answer in (bare, empty, long)] == [422] * 3
    assert {
        fault["field"] for answer in (bare, empty, long) for fault in answer.json()["errors"]
    } == {"ground"}
    assert "请写明事由" in bare.json()["errors"][0]["zh"]
    assert (shown.status_code, usual.status_code) == (200, 200)
    with door.unit.transaction() as db:
        looks = select(plumbing.audit.c.purpose).where(plumbing.audit.c.action == "person.reveal")
        of_it = looks.where(plumbing.audit.c.object_id == number)
        told = list(db.scalars(of_it.order_by(plumbing.audit.c.id)))
    assert told == ["其他：核对139****5678的来电是不是本人", "回访"]


def test_guesses_are_counted_although_they_are_refused(call: Call, door: Door) -> None:
    number = registered(call)["number"]
    for one in range(5):
        assert api.claim(door, number, "3333333333", f"192.0.2.{one}").retry_after is None

    assert api.claim(door, number, "3333333333", "192.0.2.9").retry_after == 900


def test_anybody_may_ask_whether_an_item_is_listed(call: Call, door: Door) -> None:
    with door.unit.transaction() as db:
        item = list_item(db, "不动产转移登记（测试）")

    listed = call(ANYBODY, "GET", "/scope", params={"item": "不动产转移登记 测试"}).json()
    unknown = call(ANYBODY, "GET", "/scope", params={"item": "没有这个事项"}).json()

    assert listed["in_catalogue"]
    assert listed["item_code"] == item.code
    assert unknown == {"in_catalogue": False, "item_code": None, "item_title": None}
