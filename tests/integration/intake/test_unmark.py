"""A case complains of somebody no more: with a reason, by two people of whom none is meant."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from services.intake import api, handlers
from services.intake.handlers import Account, Caller, Named, Registered, Unmark
from services.intake.handlers.unmark import Meant, meant_by
from services.intake.repository.cases import case_by_number
from services.intake.repository.unmarkings import unmarkings_of
from services.intake.settings import Settings
from services.intake.tables import plumbing
from shared.errors import Refused
from shared.events.intake import ComplaintMarked, UnitComplainedOf
from shared.outbox import said
from shared.security.actor import Actor, Role
from shared.security.parties import with_names
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import Call, calling, door_to, staff
from tests.integration.intake.stories import NINE, NODE, list_unit, register

pytestmark = pytest.mark.integration

RSJ, GJJ = f"{NODE}/RSJ", f"{NODE}/GJJ"
BOTH = Named(units=("RSJ", "GJJ"), persons=("王大力科长", "李四"))


def somebody(login: str, *roles: Role, unit: str | None = None, name: str = "某") -> Actor:
    actor = staff(*roles, unit=unit)
    return Actor(kind=actor.kind, node=NODE, id=login, name=name, unit=unit, roles=actor.roles)


ASKER = Caller(somebody("asker", Role.DISPATCHER), NINE)
OTHER = Caller(somebody("other", Role.SUPERVISOR), NINE)


@pytest.fixture
def case(db: Connection, keys: NodeKeys) -> Registered:
    for code in ("RSJ", "GJJ"):
        list_unit(db, code, "0564-1")
    return register(db, keys, complained_of=BOTH)


def asked(db: Connection, keys: NodeKeys, number: str, *units: str, **more: Any) -> Any:
    told = {"persons": (), "because": "记错了单位，电话13912345678核实", **more}
    return handlers.ask_unmarking(db, keys, number, Unmark(units, **told), ASKER)


def last_mark(db: Connection) -> ComplaintMarked:
    return [event for event in said(db) if isinstance(event, ComplaintMarked)][-1]


def refused(act: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as found:
        act()
    return found.value.code, found.value.field


def test_what_another_one_approves_is_complained_of_no_more(
    db: Connection, keys: NodeKeys, case: Registered
) -> None:
    asking = asked(db, keys, case.number, RSJ, persons=("王 大力",))
    before = last_mark(db).complained_of

    handlers.approve_unmarking(db, asking.unmarking_id, OTHER)

    left = last_mark(db).complained_of
    assert before.codes == {"RSJ", "GJJ"}
    assert left.codes == {"GJJ"}
    assert len(left.persons) == 1
    kept = case_by_number(db, case.number)
    assert kept is not None
    assert kept.complained_of == left
    again = Caller(somebody("third", Role.SUPERVISOR), NINE)
    assert refused(lambda: handlers.approve_unmarking(db, asking.unmarking_id, again)) == (
        "wrong_state",
        None,
    )


def test_asking_and_deciding_stand_in_the_audit_with_masked_reasons(
    db: Connection, keys: NodeKeys, case: Registered
) -> None:
    first = asked(db, keys, case.number, RSJ)
    handlers.refuse_unmarking(db, first.unmarking_id, "13912345678说没记错", OTHER)
    second = asked(db, keys, case.number, RSJ)
    handlers.approve_unmarking(db, second.unmarking_id, OTHER)

    audit = plumbing.audit.c
    query = select(audit.action, audit.actor_id, audit.purpose).where(
        audit.action.like("unmark.%"), audit.object_id == case.number
    )
    rows = [tuple(row) for row in db.execute(query.order_by(audit.id))]
    reason = "记错了单位，电话139****5678核实"
    assert rows == [
        ("unmark.ask", "asker", reason),
        ("unmark.refuse", "other", "139****5678说没记错"),
        ("unmark.ask", "asker", reason),
        ("unmark.approve", "other", None),
    ]
    assert {one.because for one in unmarkings_of(db, first.case_id)} == {reason}


def test_who_asked_does_not_approve(db: Connection, keys: NodeKeys, case: Registered) -> None:
    asking = asked(db, keys, case.number, RSJ)

    for decide in (
        lambda: handlers.approve_unmarking(db, asking.unmarking_id, ASKER),
        lambda: handlers.refuse_unmarking(db, asking.unmarking_id, "不", ASKER),
    ):
        assert refused(decide) == ("second_person", None)


@pytest.mark.parametrize("who", ["of the unit", "of a unit below", "the person"])
def test_for_whom_is_meant_there_is_nothing_to_approve(
    db: Connection, keys: NodeKeys, case: Registered, who: str
) -> None:
    asking = asked(db, keys, case.number, GJJ)
    meant = {
        "of the unit": somebody("x", Role.SUPERVISOR, unit="RSJ"),
        "of a unit below": Actor(
            kind=OTHER.actor.kind,
            node=NODE,
            id="x",
            unit="RSJ-1",
            above=frozenset({"RSJ"}),
            roles=OTHER.actor.roles,
        ),
        "the person": with_names(keys, somebody("x", Role.SUPERVISOR, name="王大力")),
    }[who]

    caller = Caller(meant, NINE)
    for act in (
        lambda: handlers.approve_unmarking(db, asking.unmarking_id, caller),
        lambda: handlers.ask_unmarking(
            db, keys, case.number, Unmark((GJJ,), (), "不是我们"), caller
        ),
    ):
        assert refused(act) == ("unknown_case", None)


def test_only_what_is_marked_and_one_asking_at_a_time(
    db: Connection, keys: NodeKeys, case: Registered
) -> None:
    assert refused(lambda: asked(db, keys, case.number, f"{NODE}/X")) == ("not_marked", "units")
    nobody = {"persons": ("赵六",)}
    assert refused(lambda: asked(db, keys, case.number, **nobody)) == ("not_marked", "persons")
    asked(db, keys, case.number, RSJ)
    assert refused(lambda: asked(db, keys, case.number, GJJ)) == ("unmarking_open", None)


def test_a_unit_elsewhere_is_unmarked_by_its_title(
    db: Connection, keys: NodeKeys, case: Registered
) -> None:
    unit = UnitComplainedOf(node="341500", code="", title="市人社局")
    handlers.mark_complained_of(db, keys, case.number, Named(elsewhere=(unit,)), OTHER)
    asking = asked(db, keys, case.number, "341500/市人社局")

    handlers.approve_unmarking(db, asking.unmarking_id, OTHER)

    assert last_mark(db).complained_of.codes == {"RSJ", "GJJ"}


def test_who_decides_sees_whom_it_is_about(
    db: Connection, keys: NodeKeys, case: Registered
) -> None:
    account = Account("a-0123", "李四")
    handlers.mark_complained_of(db, keys, case.number, Named(accounts=(account,)), OTHER)
    asking = asked(db, keys, case.number, persons=("李四",))
    known = case_by_number(db, case.number)
    assert known is not None

    assert meant_by(db, keys, known, asking) == [Meant("李**", more=True)]
    handlers.approve_unmarking(db, asking.unmarking_id, OTHER)
    decided = unmarkings_of(db, asking.case_id)[0]
    assert meant_by(db, keys, known, decided) == []


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    return calling(api.router, door_to(unit, keys, Settings(), lambda: NINE))


def test_the_door_tells_what_is_marked_and_lets_two_people_end_it(
    call: Call, unit: Unit, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        list_unit(db, "RSJ", "0564-1")
    report = {
        "region": NODE,
        "channel": "web",
        "reporter": {"kind": "person", "name": "张晓明", "phone": "138 0000 6160"},
        "title": "人社局不给办",
        "text": "不给办",
        "complained_of": {"units": ["RSJ"], "persons": ["王大力"]},
    }
    number = call(staff(), "POST", "/cases", json=report).json()["number"]
    path = f"/cases/{number}/unmarkings"
    body = {"units": [RSJ], "because": "是另一个单位"}

    clerk = call(somebody("w", Role.WINDOW_OFFICER), "POST", path, json=body)
    empty = call(ASKER.actor, "POST", path, json={"because": "x"})
    asking = call(ASKER.actor, "POST", path, json=body)
    done = f"/unmarkings/{asking.json()['unmarking_id']}/approve"
    head = call(somebody("h", Role.WINDOW_HEAD), "POST", done)
    inspector = call(somebody("i", Role.INSPECTOR), "POST", done)
    approved = call(OTHER.actor, "POST", done)
    seen = call(ASKER.actor, "GET", f"/cases/{number}/marks").json()

    status = [each.status_code for each in (clerk, empty, asking, head, inspector, approved)]
    assert status == [403, 422, 201, 403, 403, 200]
    assert (seen["units"], seen["persons"]) == ([], 1)
    assert [(one["state"], one["is_own"]) for one in seen["unmarkings"]] == [("approved", True)]
    unknown = call(OTHER.actor, "POST", f"/unmarkings/{NODE}/approve")
    assert unknown.status_code == 422
