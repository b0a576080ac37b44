"""Files of a report that was taken apart, and of cases under a lead: shown by reference."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.intake import api, handlers
from services.intake.handlers import Caller, FileHouse, Named, Registered
from services.intake.policy.files import AttachmentLimits
from services.intake.settings import Settings
from services.intake.tables import attachments
from shared.events.intake import FileOffered
from shared.events.words import HandOverKind
from shared.outbox import said
from shared.security.actor import Role, citizen
from shared.security.sealing import NodeKeys
from shared.store.held import HeldStore
from shared.unit import Unit
from tests.integration.doorway import Call, calling, door_to, staff
from tests.integration.intake.stories import (
    NODE,
    dispatched,
    handed_over,
    list_item,
    list_unit,
    register,
)
from tests.integration.intake.test_split import DISPATCHER, LATER, POOL, seen, split
from tests.unit.intake.making_files import PDF, picture

pytestmark = pytest.mark.integration

WORKER = staff(Role.DISPOSAL_OFFICER, unit="RSJ")
WHY = "?purpose=核实情况"


@pytest.fixture
def store() -> HeldStore:
    return HeldStore()


@pytest.fixture
def call(unit: Unit, keys: NodeKeys, store: HeldStore) -> Call:
    return calling(api.router, door_to(unit, keys, Settings(), lambda: LATER, store))


@pytest.fixture
def told(unit: Unit, keys: NodeKeys) -> Registered:
    with unit.begin() as work:
        registered = register(work.db, keys, item=list_item(work.db, "养老保险转移").code)
        work.speak()
    return registered


def test_files_are_shown_where_they_belong_without_a_second_copy(
    call: Call, told: Registered, unit: Unit, keys: NodeKeys
) -> None:
    me = citizen(NODE, told.case_id, told.number)
    photo = add(call, me, told.number, "现场.png", picture("PNG"))
    [number] = split(call, told, POOL).json()["numbers"]
    with unit.transaction() as db:
        part = seen(db, number).case
    own = add(call, citizen(NODE, part.case_id, number), number, "医保.pdf", PDF)

    mine = call(citizen(NODE, part.case_id, number), "GET", f"/cases/{number}/attachments").json()
    listed = call(DISPATCHER, "GET", f"/cases/{number}/attachments{WHY}").json()["items"]
    opened = call(DISPATCHER, "GET", f"/cases/{number}/attachments/{photo}{WHY}")
    first = call(me, "GET", f"/cases/{told.number}/attachments").json()["items"]
    hidden = call(me, "GET", f"/cases/{told.number}/attachments/{own}")

    assert [(each["name"], each["number"]) for each in mine["items"]] == [
        ("医保.pdf", None),
        ("现场.jpg", told.number),
    ]
    assert [each["attachment_id"] for each in listed] == [own, photo]
    assert opened.status_code == 200
    assert [each["attachment_id"] for each in first] == [photo]
    assert hidden.json()["code"] == "unknown_file"
    with unit.transaction() as db:
        assert db.scalar(select(func.count()).where(attachments.c.case_id == part.case_id)) == 1


def test_a_lead_shows_staff_the_files_of_what_is_joined_to_it(
    call: Call, told: Registered, unit: Unit
) -> None:
    me = citizen(NODE, told.case_id, told.number)
    photo = add(call, me, told.number, "现场.png", picture("PNG"))
    [number] = split(call, told, POOL).json()["numbers"]
    with unit.transaction() as db:
        part = seen(db, number).case
    own = add(call, citizen(NODE, part.case_id, number), number, "医保.pdf", PDF)

    back = {"because": "一件事"}
    assert call(DISPATCHER, "POST", f"/cases/{number}/take-back", json=back).status_code == 200
    with_it = call(DISPATCHER, "GET", f"/cases/{told.number}/attachments{WHY}").json()["items"]
    assert [(each["attachment_id"], each["number"]) for each in with_it] == [
        (photo, None),
        (own, number),
    ]
    assert call(DISPATCHER, "GET", f"/cases/{told.number}/attachments/{own}{WHY}").is_success
    unasked = call(DISPATCHER, "GET", f"/cases/{told.number}/attachments/{own}")
    assert unasked.json()["code"] == "purpose_needed"
    still = call(me, "GET", f"/cases/{told.number}/attachments").json()["items"]
    assert [each["attachment_id"] for each in still] == [photo]


def add(call: Call, actor: Any, number: str, name: str, data: bytes) -> str:
    answer = call(actor, "POST", f"/cases/{number}/attachments", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    added: str = answer.json()["attachment_id"]
    return added


def test_another_tier_that_takes_a_part_gets_the_files_it_shows(
    call: Call, told: Registered, unit: Unit, keys: NodeKeys, store: HeldStore
) -> None:
    me = citizen(NODE, told.case_id, told.number)
    photo = add(call, me, told.number, "现场.png", picture("PNG"))
    [number] = split(call, told, POOL).json()["numbers"]
    limits = AttachmentLimits(bytes=1_000_000, pixels=1_000_000, per_case=3)
    house = FileHouse(NODE, keys, {}, limits, timedelta(hours=1), LATER, store)

    with unit.transaction() as db:
        part = seen(db, number).case
        taken = [handed_over(part.case_id, kind=HandOverKind.UP)]
        for _again in range(2):
            handlers.adopt_shared(db, taken, house)
        handlers.give_to_takers(db, taken, house)
        [offered] = [event for event in said(db) if isinstance(event, FileOffered)]

    assert offered.case_id == part.case_id
    assert str(offered.file_id) != photo
    mine = call(citizen(NODE, part.case_id, number), "GET", f"/cases/{number}/attachments").json()
    assert [(each["name"], each["number"]) for each in mine["items"]] == [("现场.jpg", None)]


def test_a_report_complained_of_later_hides_its_files_from_the_unit_of_a_part(
    call: Call, told: Registered, unit: Unit, keys: NodeKeys
) -> None:
    me = citizen(NODE, told.case_id, told.number)
    photo = add(call, me, told.number, "现场.png", picture("PNG"))
    [number] = split(call, told, POOL).json()["numbers"]
    with unit.transaction() as db:
        list_unit(db, "RSJ", "0564-2")
        handlers.follow(db, [dispatched(seen(db, number).case.case_id, "RSJ")])
    at = f"/cases/{number}/attachments"
    assert call(WORKER, "GET", f"{at}/{photo}{WHY}").is_success

    with unit.begin() as work:
        named, caller = Named(units=("RSJ",)), Caller(DISPATCHER, LATER)
        handlers.mark_complained_of(work.db, keys, told.number, named, caller)

    assert call(WORKER, "GET", f"{at}{WHY}").json()["items"] == []
    assert call(WORKER, "GET", f"{at}/{photo}{WHY}").json()["code"] == "unknown_file"
    assert call(WORKER, "GET", f"/cases/{number}/split").json()["report"] is None
