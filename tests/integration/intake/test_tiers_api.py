"""A case that another node has, at the door of the node that registered it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from services.intake import api, handlers
from services.intake.handlers import Registered
from services.intake.settings import Settings
from shared.http import Door, NodeFacts
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Role, citizen
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import Call, calling, staff
from tests.integration.intake.stories import (
    CITY,
    NINE,
    NODE,
    dispatched,
    handed_over,
    received,
    register,
    relayed,
)

pytestmark = pytest.mark.integration

ABOVE = Neighbour(CITY, "六安市政务服务中心", "city", Relation.ABOVE)
FACTS = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1:8002", {CITY: ABOVE})
DISPATCHER = staff(Role.DISPATCHER)
LATER = NINE + timedelta(hours=2)
CODE = "rsj"
"""The same at both nodes."""


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    door = Door(unit=unit, settings=Settings(), keys=keys, node=FACTS, now=lambda: NINE)
    return calling(api.router, door)


@pytest.fixture
def told(unit: Unit, keys: NodeKeys) -> Registered:
    """A case that the city took, after a unit here had it."""
    with unit.transaction() as db:
        told = register(db, keys)
        handlers.follow(db, [dispatched(told.case_id, CODE)])
        handlers.follow(db, [handed_over(told.case_id)])
    return told


def give_there(unit: Unit, case_id: UUID) -> None:
    about = {"epoch": 1, "occurred_at": LATER, "unit_name": "市人社局"}
    order = dispatched(case_id, CODE, unit_phone="0564-3621234", **about)
    with unit.transaction() as db:
        handlers.follow_relayed(db, [relayed(order)], NODE)


def test_its_person_reads_who_has_it_now_and_that_the_promise_stands(
    call: Call, told: Registered
) -> None:
    person = citizen(NODE, told.case_id, told.number)

    case = call(person, "GET", f"/cases/{told.number}").json()

    assert case["status"] == "handed_over"
    assert case["holder"] == {
        "code": CITY,
        "name": "六安市政务服务中心",
        "phone": None,
        "node": CITY,
        "node_name": "六安市政务服务中心",
    }
    assert case["timeline"][-1]["text"] == (
        "舒城县办不了，已转由六安市政务服务中心办理，承诺时间不变。"
    )
    assert case["next"].startswith("接手的地方会安排单位办理")


def test_its_person_reads_which_unit_there_has_it(
    call: Call, unit: Unit, told: Registered
) -> None:
    give_there(unit, told.case_id)

    person = citizen(NODE, told.case_id, told.number)
    case = call(person, "GET", f"/cases/{told.number}", headers={"Accept-Language": "en"}).json()

    assert case["holder"] == {
        "code": CODE,
        "name": "市人社局",
        "phone": "0564-3621234",
        "node": CITY,
        "node_name": "六安市政务服务中心",
    }
    assert case["timeline"][-1]["text"] == "Given to 市人社局."


def test_a_unit_here_with_the_code_of_the_one_there_sees_nothing(
    call: Call, unit: Unit, told: Registered
) -> None:
    give_there(unit, told.case_id)
    namesake = staff(Role.DISPOSAL_OFFICER, unit=CODE)

    assert call(namesake, "GET", f"/cases/{told.number}").status_code == 403
    why = {"purpose": "联系当事人"}
    assert call(namesake, "POST", f"/cases/{told.number}/person", json=why).status_code == 403


def test_a_unit_of_this_node_is_told_without_a_node(
    call: Call, unit: Unit, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        own = register(db, keys)
        handlers.follow(db, [dispatched(own.case_id, CODE)])

    holder = call(DISPATCHER, "GET", f"/cases/{own.number}").json()["holder"]

    assert (holder["code"], holder["node"], holder["node_name"]) == (CODE, None, None)


def test_staff_of_a_leg_see_its_person_and_nobody_claims_it(
    call: Call, engine: Engine, unit: Unit, keys: NodeKeys
) -> None:
    with engine.begin() as db:
        event = received(db, keys)
    with unit.transaction() as db:
        handlers.receive_case(db, keys, event, NODE)
        handlers.follow(db, [dispatched(event.case_id, CODE, epoch=1)])
    holder = staff(Role.DISPOSAL_OFFICER, unit=CODE)
    why = {"purpose": "联系当事人"}

    person = call(holder, "POST", f"/cases/{event.number}/person", json=why).json()

    assert (person["name"], person["phone"]) == ("张晓明", "+8613800006160")
    door = Door(unit=unit, settings=Settings(), keys=keys, node=FACTS, now=lambda: NINE)
    assert api.claim(door, event.number, "3333333333", "192.0.2.77").case_id is None


def test_the_name_of_a_far_node_is_that_of_its_place(
    call: Call, unit: Unit, told: Registered
) -> None:
    with unit.transaction() as db:
        further = handed_over(told.case_id, "340000", epoch=2)
        handlers.follow_relayed(db, [relayed(further)], NODE)

    case = call(DISPATCHER, "GET", f"/cases/{told.number}").json()

    assert case["holder"]["name"] == "安徽省"
    assert case["timeline"][-1]["text"] == (
        "六安市政务服务中心办不了，已转由安徽省办理，承诺时间不变。"
    )
