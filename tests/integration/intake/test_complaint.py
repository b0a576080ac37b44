"""Whom a case complains of: taken down at once or later, sealed, and hidden from them."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from services.intake import api, handlers
from services.intake.handlers import Account, Caller, Named
from services.intake.repository.cases import case_by_number
from services.intake.settings import Settings
from services.intake.tables import plumbing
from shared.errors import Refused
from shared.events.intake import CaseAccepted, ComplaintMarked
from shared.events.sealed import SealedName
from shared.outbox import said
from shared.security.actor import Actor, Role
from shared.security.parties import name_hash, name_hashes, with_names
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.unit import Unit
from tests.integration.doorway import Call, calling, door_to, staff
from tests.integration.intake.stories import (
    NINE,
    NODE,
    OFFICER,
    list_item,
    list_unit,
    names_said,
    received,
    register,
)

pytestmark = pytest.mark.integration


RSJ = Named(units=("RSJ",))
WANG = Named(persons=("王 大力",))
BODY: dict[str, Any] = {
    "region": NODE,
    "channel": "web",
    "reporter": {"kind": "person", "name": "张晓明", "phone": "138 0000 6160"},
    "title": "人社局不给办",
    "text": "王大力说缺材料，又不说缺什么。",
}


def named(keys: NodeKeys, name: str, *roles: Role, unit: str | None = None) -> Actor:
    actor = staff(*roles, unit=unit)
    told = Actor(kind=actor.kind, node=NODE, id="a1", name=name, unit=unit, roles=actor.roles)
    return with_names(keys, told)


def marks(db: Connection) -> list[ComplaintMarked]:
    return [event for event in said(db) if isinstance(event, ComplaintMarked)]


def test_it_is_said_before_the_case_is(db: Connection, keys: NodeKeys) -> None:
    list_unit(db, "RSJ", "0564-1")
    list_item(db, "社保转移")

    register(db, keys, item="社保转移", complained_of=RSJ)

    assert names_said(db) == [
        "intake.complaint_marked.v1",
        "intake.case_registered.v1",
        "intake.case_accepted.v1",
    ]
    accepted = next(event for event in said(db) if isinstance(event, CaseAccepted))
    assert accepted.complained_of == marks(db)[0].complained_of
    assert [(u.node, u.code, u.title) for u in marks(db)[0].complained_of.units] == [
        (NODE, "RSJ", "县人社局")
    ]


def test_where_nobody_is_named_nothing_is_said_of_it(db: Connection, keys: NodeKeys) -> None:
    register(db, keys)
    register(db, keys, complained_of=Named())

    assert marks(db) == []


def test_a_person_is_sealed_and_found_by_the_hash_of_the_name(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys, text="王大力不给办", title="王大力", complained_of=WANG)

    (person,) = marks(db)[0].complained_of.persons
    assert person.name_hash == name_hash(keys, "王大力")
    sealer = sealer_of_case(db, keys, told.case_id)
    assert sealer.open(person.name) == "王 大力"
    assert "大力" not in "".join(event.model_dump_json() for event in said(db))
    mine = text("SELECT c::text FROM intake.cases c WHERE case_id = :case_id")
    assert "大力" not in str(db.scalar(mine, {"case_id": told.case_id}))


def test_an_unknown_unit_is_refused_by_its_field(db: Connection, keys: NodeKeys) -> None:
    with pytest.raises(Refused) as refused:
        register(db, keys, complained_of=Named(units=("NOWHERE",)))

    assert (refused.value.code, refused.value.field) == ("unknown_unit", "complained_of.units")


def test_later_marks_add_up_and_the_same_again_changes_nothing(
    db: Connection, keys: NodeKeys
) -> None:
    list_unit(db, "RSJ", "0564-1")
    told = register(db, keys, complained_of=RSJ)

    for more in (WANG, WANG, RSJ, Named(units=("RSJ", "RSJ"), persons=("王大力",))):
        handlers.mark_complained_of(db, keys, told.number, more, OFFICER)

    assert len(marks(db)) == 2
    last = marks(db)[-1].complained_of
    assert last.codes == {"RSJ"}
    assert len(last.persons) == 1
    case = case_by_number(db, told.number)
    assert case is not None
    assert case.complained_of == last
    audit = plumbing.audit.c
    mine = (audit.action == "case.mark", audit.object_id == told.number)
    rows = db.execute(plumbing.audit.select().where(*mine)).all()
    assert [row.actor_id for row in rows] == [OFFICER.actor.id]


def test_an_account_that_is_linked_makes_no_second_person_of_one_who_was_named(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys, complained_of=Named(persons=("张主任", "王大力科长")))

    linked = Named(accounts=(Account("zhangwei", "张主任"), Account("li-07")))
    handlers.mark_complained_of(db, keys, told.number, linked, OFFICER)
    handlers.mark_complained_of(db, keys, told.number, linked, OFFICER)

    assert len(marks(db)) == 2
    last = marks(db)[-1].complained_of
    sealer = sealer_of_case(db, keys, told.case_id)
    names = [sealer.open(person.name) for person in last.persons]
    assert names == ["张主任", "王大力科长", "li-07"]
    for login in ("zhangwei", "li-07"):
        assert last.hashes & name_hashes(keys, login)
    assert last.hashes & name_hashes(keys, "王 大力")
    assert not last.hashes & name_hashes(keys, "张伟")


def test_what_came_from_another_node_is_held_back_by_hashes_of_this_one(
    db: Connection, keys: NodeKeys
) -> None:
    event = received(db, keys)
    sealer = sealer_of_case(db, keys, event.case_id)
    name = SealedName(
        name=sealer.seal("complained_of", "王大力"), name_hash=name_hash(keys, "王大力")
    )
    event = event.model_copy(update={"complained_of": (name,)})

    handlers.receive_case(db, keys, event, NODE)
    handlers.receive_case(db, keys, event, NODE)

    assert [mark.complained_of.hashes for mark in marks(db)] == [{name.name_hash}]


def test_an_officer_of_the_unit_decides_nothing_about_it(db: Connection, keys: NodeKeys) -> None:
    list_unit(db, "RSJ", "0564-1")
    told = register(db, keys, complained_of=RSJ)
    insider = Caller(staff(Role.WINDOW_OFFICER, unit="RSJ"), NINE)

    for act in (
        lambda: handlers.accept_case(db, told.number, handlers.Acceptance(), insider),
        lambda: handlers.mark_complained_of(db, keys, told.number, WANG, insider),
    ):
        with pytest.raises(Refused, match="unknown_case"):
            act()


def test_who_accepts_it_says_for_dispatch_of_whom_it_complains(
    db: Connection, keys: NodeKeys
) -> None:
    list_unit(db, "RSJ", "0564-1")
    told = register(db, keys)
    handlers.mark_complained_of(db, keys, told.number, RSJ, OFFICER)

    handlers.accept_case(db, told.number, handlers.Acceptance(), OFFICER)

    accepted = next(event for event in said(db) if isinstance(event, CaseAccepted))
    assert accepted.complained_of == marks(db)[0].complained_of


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    """Ask intake's door; its clock stands at nine."""
    return calling(api.router, door_to(unit, keys, Settings(), lambda: NINE))


@pytest.fixture
def against(call: Call, unit: Unit) -> str:
    """The number of a case that complains of the bureau of Wang, and of Wang."""
    with unit.transaction() as db:
        list_unit(db, "RSJ", "0564-1")
    told = {"units": ["RSJ"], "persons": ["王大力"]}
    body = {**BODY, "complained_of": told}
    answer = call(staff(), "POST", "/cases", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def test_whom_it_complains_of_finds_no_such_case(call: Call, against: str, keys: NodeKeys) -> None:
    insiders = (
        staff(Role.WINDOW_OFFICER, unit="RSJ"),
        named(keys, "王大力", Role.SUPERVISOR),
        named(keys, "王　大力", Role.INSPECTOR),
    )
    for actor in insiders:
        unheard = call(actor, "GET", "/cases/BCS-341523-20300102-09999-4").json()
        for method, path, body in (
            ("GET", f"/cases/{against}", None),
            ("POST", f"/cases/{against}/person", {"purpose": "回访"}),
        ):
            asked = call(actor, method, path, json=body)
            assert asked.status_code == 404
            assert asked.json()["code"] == unheard["code"] == "unknown_case"


def test_everybody_else_goes_on(call: Call, against: str, keys: NodeKeys) -> None:
    colleague = named(keys, "王小力", Role.WINDOW_OFFICER, unit="ZWFW")

    assert call(colleague, "GET", f"/cases/{against}").status_code == 200
    shown = call(colleague, "POST", f"/cases/{against}/person", json={"purpose": "回访"}).json()
    assert shown["complained_of"] == ["王大力"]


def test_marking_answers_what_a_projection_must_reach(call: Call, against: str) -> None:
    who = staff(Role.SUPERVISOR)

    first = call(who, "POST", f"/cases/{against}/mark", json={"persons": ["李四"]}).json()
    again = call(who, "POST", f"/cases/{against}/mark", json={"persons": ["李四"]}).json()

    assert first == again
    assert first["service"] == "intake"


def test_an_account_is_linked_by_who_may_and_then_finds_no_such_case(
    call: Call, against: str, keys: NodeKeys
) -> None:
    path, body = f"/cases/{against}/mark", {"accounts": [{"login": "a1", "person": "李主任"}]}
    clerk = named(keys, "李四", Role.SUPERVISOR)

    refused = call(staff(Role.WINDOW_OFFICER), "POST", path, json=body)
    before = call(clerk, "GET", f"/cases/{against}")
    linked = call(staff(Role.DISPATCHER), "POST", path, json=body)
    after = call(clerk, "GET", f"/cases/{against}")

    assert [answer.status_code for answer in (refused, before, linked)] == [403, 200, 200]
    assert (after.status_code, after.json()["code"]) == (404, "unknown_case")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"units": [], "persons": []}, "body"),
        ({"units": ["NOSUCH"]}, "complained_of.units"),
        ({"units": ["没有"]}, "units.0"),
        ({"units": "RSJ"}, "units"),
        ({"persons": ["·"]}, "persons.0"),
        ({"accounts": [{"login": "王"}]}, "accounts.0.login"),
        ({"accounts": [{"login": "wang", "person": "·"}]}, "accounts.0.person"),
        ({"persons": ["王"] * 11}, "persons"),
        ({"persons": ["王\n大力"]}, "persons.0"),
    ],
)
def test_nonsense_is_refused_by_its_field(
    call: Call, against: str, body: dict[str, Any], field: str
) -> None:
    answer = call(staff(Role.DISPATCHER), "POST", f"/cases/{against}/mark", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("role", [Role.DISPOSAL_OFFICER, Role.INSPECTOR, Role.REVIEWER])
def test_not_everybody_says_whom_a_case_complains_of(call: Call, against: str, role: Role) -> None:
    told = {"persons": ["李四"]}

    answer = call(staff(role, unit="ZWFW"), "POST", f"/cases/{against}/mark", json=told)

    assert answer.status_code == 403
