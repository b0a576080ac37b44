from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from services.dispatch import handlers
from services.dispatch.repository.orders import Order
from shared.security.actor import Actor, Role, anonymous
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    DISPATCHER,
    MARKET_OFFICER,
    NODE,
    TOWN_OFFICER,
    accepted,
    fill_catalogue,
    give_key,
    order_of,
)
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration

ANYBODY = anonymous(NODE)
INSPECTOR = staff(Role.INSPECTOR)
REACHED = {"way": "phone", "reached": True, "note": "说好了"}
ANSWER = {"outcome": "done", "answer": "已经办好"}
BACK = {"ground": "not_our_duty", "legal_basis": "《三定规定》第三条"}

NO_END: dict[str, Any] = {
    "supervised_by": None,
    "valid_from": None,
    "valid_until": None,
    "successors": [],
}


@pytest.fixture
def held(unit: Unit, engine: Engine, keys: NodeKeys) -> Order:
    """A case that the market bureau has, with its data key."""
    event = accepted()
    with unit.transaction() as db:
        fill_catalogue(db)
        handlers.route_cases(db, [event])
        order = order_of(db, event.case_id)
    give_key(engine, keys, event.case_id)
    return order


@pytest.fixture
def pooled(unit: Unit) -> UUID:
    event = accepted(item_code=None, region="350100")
    with unit.transaction() as db:
        fill_catalogue(db)
        handlers.route_cases(db, [event])
    return event.case_id


def step(
    call: Call, actor: Actor, order: Order, name: str, body: dict[str, Any]
) -> tuple[int, Any]:
    answer = call(actor, "POST", f"/orders/{order.order_id}/{name}", json=body)
    told = answer.json()
    return answer.status_code, told.get("state") or told["code"]


def test_a_unit_works_its_order_to_the_end(call: Call, held: Order) -> None:
    assert step(call, MARKET_OFFICER, held, "sign", {}) == (200, "signed")
    assert step(call, MARKET_OFFICER, held, "contacts", REACHED) == (201, "contacted")
    assert step(call, MARKET_OFFICER, held, "finish", ANSWER) == (200, "finished")

    shown = call(MARKET_OFFICER, "GET", f"/orders/{held.order_id}").json()
    assert (shown["state"], shown["answer_masked"]) == ("finished", "已经办好")
    assert [one["way"] for one in shown["contacts"]] == ["phone"]
    assert shown["version"] == 5


def test_a_step_answers_what_a_projection_must_reach(call: Call, held: Order) -> None:
    answer = call(MARKET_OFFICER, "POST", f"/orders/{held.order_id}/sign", json={}).json()

    assert answer == {
        "service": "dispatch",
        "case_id": str(held.case_id),
        "version": 2,
        "order_id": str(held.order_id),
        "state": "signed",
    }


@pytest.mark.parametrize(
    ("name", "body"),
    [("sign", {}), ("contacts", REACHED), ("finish", ANSWER), ("return", BACK)],
)
@pytest.mark.parametrize("actor", [TOWN_OFFICER, DISPATCHER, INSPECTOR, ANYBODY])
def test_only_the_unit_that_holds_an_order_works_on_it(
    call: Call, held: Order, actor: Actor, name: str, body: dict[str, Any]
) -> None:
    refused = (401, "not_signed_in") if actor is ANYBODY else (403, "not_allowed")
    assert step(call, actor, held, name, body) == refused


def test_another_unit_does_not_see_an_order(call: Call, held: Order) -> None:
    path = f"/orders/{held.order_id}"

    assert call(TOWN_OFFICER, "GET", path).status_code == 403
    assert call(INSPECTOR, "GET", path).status_code == 200


def test_who_may_see_no_order_learns_not_which_exist(call: Call) -> None:
    path = f"/orders/{uuid4()}"

    assert call(TOWN_OFFICER, "GET", path).status_code == 403
    assert call(DISPATCHER, "GET", path).json()["code"] == "unknown_order"


def test_a_step_out_of_turn_is_a_conflict(call: Call, held: Order) -> None:
    assert step(call, MARKET_OFFICER, held, "finish", ANSWER) == (409, "wrong_state")
    step(call, MARKET_OFFICER, held, "sign", {})
    assert step(call, MARKET_OFFICER, held, "sign", {}) == (409, "already_done")
    assert step(call, MARKET_OFFICER, held, "finish", ANSWER) == (409, "not_attempted")


def test_a_dispatcher_sends_what_the_pool_holds_once_however_often_asked(
    call: Call, pooled: UUID
) -> None:
    body = {"case_id": str(pooled), "unit_code": "cgz", "because": "属地办理"}
    once = {"Idempotency-Key": f"key-{uuid4()}"}

    first = call(DISPATCHER, "POST", "/orders", json=body, headers=once)
    second = call(DISPATCHER, "POST", "/orders", json=body, headers=once)
    third = call(DISPATCHER, "POST", "/orders", json=body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (third.status_code, third.json()["code"]) == (409, "wrong_state")


def test_a_contact_sent_twice_is_logged_once(call: Call, held: Order) -> None:
    step(call, MARKET_OFFICER, held, "sign", {})
    once = {"Idempotency-Key": f"key-{uuid4()}"}
    path = f"/orders/{held.order_id}"

    for _ in range(2):
        call(MARKET_OFFICER, "POST", f"{path}/contacts", json=REACHED, headers=once)

    assert len(call(MARKET_OFFICER, "GET", path).json()["contacts"]) == 1


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("sign", {"why": "x"}, "why"),
        ("contacts", {"way": "pigeon", "reached": True}, "way"),
        ("contacts", {"way": "phone", "reached": "yes"}, "reached"),
        ("contacts", {**REACHED, "note": "a\x00b"}, "note"),
        ("return", {"ground": "no_wish", "legal_basis": "x"}, "ground"),
        ("return", {"ground": "duplicate"}, "legal_basis"),
        ("finish", {"outcome": "done", "answer": "  "}, "answer"),
        ("finish", {"outcome": "done", "answer": "长" * 5001}, "answer"),
    ],
)
def test_a_wrong_field_is_named(
    call: Call, held: Order, name: str, body: dict[str, Any], field: str
) -> None:
    answer = call(MARKET_OFFICER, "POST", f"/orders/{held.order_id}/{name}", json=body)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_list_shows_a_unit_its_own_and_a_dispatcher_all(call: Call, held: Order) -> None:
    assert len(call(DISPATCHER, "GET", "/orders").json()["items"]) == 1
    assert len(call(MARKET_OFFICER, "GET", "/orders").json()["items"]) == 1
    assert call(TOWN_OFFICER, "GET", "/orders").json()["items"] == []
    assert call(TOWN_OFFICER, "GET", "/orders?unit=scjgj").status_code == 403
    assert call(DISPATCHER, "GET", "/orders?state=signed").json()["items"] == []
    line = call(DISPATCHER, "GET", "/orders?unit=scjgj&state=dispatched").json()["items"][0]
    assert (line["order_id"], line["number"]) == (str(held.order_id), accepted().number)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("at", [None, "scjgj", "cgz"])
def test_a_list_has_what_can_be_opened_and_nothing_else(
    call: Call, held: Order, role: Role, at: str | None
) -> None:
    actor = staff(role, unit=at)

    listed = call(actor, "GET", "/orders")
    opened = call(actor, "GET", f"/orders/{held.order_id}").status_code

    shown = [one["order_id"] for one in listed.json().get("items", ())]
    assert shown == ([str(held.order_id)] if opened == 200 else [])
    assert opened in (200, 403)


def test_a_long_list_comes_page_by_page(call: Call, unit: Unit) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
        for _ in range(101):
            handlers.route_cases(db, [accepted()])

    first = call(DISPATCHER, "GET", "/orders").json()
    second = call(DISPATCHER, "GET", f"/orders?cursor={first['next']}").json()

    assert (len(first["items"]), len(second["items"]), second["next"]) == (100, 1, None)
    seen = {one["order_id"] for page in (first, second) for one in page["items"]}
    assert len(seen) == 101


@pytest.mark.parametrize("path", ["/orders", "/units", "/items", "/places"])
@pytest.mark.parametrize("cursor", ["!", "WzFd", "WyJcdTAwMDAiXQ"])
def test_a_foreign_cursor_is_refused_or_harmless(call: Call, path: str, cursor: str) -> None:
    assert call(DISPATCHER, "GET", f"{path}?cursor={cursor}").status_code in {200, 400}


def test_an_administrator_keeps_the_catalogue_and_everybody_reads_it(call: Call) -> None:
    unit = {"title": "县人社局", "region": NODE, "phone": "0564-8621234"}
    item = {"title": "社保卡", "kind": "service", "unit_code": "rsj"}
    put = [
        call(ADMINISTRATOR, "PUT", "/units/rsj", json=unit),
        call(ADMINISTRATOR, "PUT", "/items/card", json=item),
        call(ADMINISTRATOR, "PUT", "/places/341500", json={"unit_code": "rsj"}),
        call(ADMINISTRATOR, "PUT", "/units/rsj", json=unit),
    ]

    assert [answer.status_code for answer in put] == [200] * 4
    assert [answer.json()["changed"] for answer in put] == [True, True, True, False]
    assert [answer.json()["version"] for answer in put] == [1, 1, 0, 1]
    assert call(ANYBODY, "GET", "/units").json()["items"] == [
        {"code": "rsj", "parent": None, "active": True, "kind": "ordinary", **unit, **NO_END}
    ]
    assert call(ANYBODY, "GET", "/items").json()["items"][0]["complexity"] == "ordinary"
    places = call(TOWN_OFFICER, "GET", "/places").json()["items"]
    assert places == [{"region": "3415", "unit_code": "rsj"}]


@pytest.mark.parametrize("actor", [ANYBODY, TOWN_OFFICER, DISPATCHER])
def test_nobody_else_changes_the_catalogue(call: Call, actor: Actor) -> None:
    body = {"title": "县人社局", "region": NODE}

    refused = 401 if actor is ANYBODY else 403
    assert call(actor, "PUT", "/units/rsj", json=body).status_code == refused


def test_place_rules_are_not_public(call: Call) -> None:
    assert call(ANYBODY, "GET", "/places").status_code == 401
    assert call(ADMINISTRATOR, "GET", "/places").status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/units/rsj", {"title": "局", "region": "3415x"}, "region"),
        ("/units/rsj", {"title": "局", "region": NODE, "phone": "call me"}, "phone"),
        ("/units/a b", {"title": "局", "region": NODE}, "code"),
        ("/items/card", {"title": "卡", "kind": "s", "unit_code": "nobody"}, "unit_code"),
        ("/places/12345", {"unit_code": "rsj"}, "region"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_field(
    call: Call, path: str, body: dict[str, Any], field: str
) -> None:
    answer = call(ADMINISTRATOR, "PUT", path, json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_list_narrows_to_the_orders_of_one_case(call: Call, held: Order) -> None:
    own = call(DISPATCHER, "GET", f"/orders?case_id={held.case_id}").json()["items"]
    other = call(DISPATCHER, "GET", f"/orders?case_id={uuid4()}").json()["items"]

    assert [order["order_id"] for order in own] == [str(held.order_id)]
    assert other == []
