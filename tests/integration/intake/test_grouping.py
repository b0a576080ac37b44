"""Cases under a lead: what is refused, who is told what, and what ends a group by itself."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from services.intake import api, handlers
from services.intake.handlers import Account, Caller, Named, Party, Registered
from services.intake.handlers.look import look_up
from services.intake.policy.following import NextStep, next_step
from services.intake.policy.grouping import Kind
from services.intake.repository.groupings import around, erase_groupings
from services.intake.settings import Settings
from services.intake.tables import groupings
from shared.events.intake import CaseGrouped, CaseUngrouped
from shared.events.sealed import PartyKind
from shared.outbox import said
from shared.security.actor import Role
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import Call, calling, door_to, staff
from tests.integration.intake.stories import NINE, dispatched, list_item, list_unit, register

pytestmark = pytest.mark.integration

DISPATCHER = staff(Role.DISPATCHER, unit="zwfw")
OFFICER = staff(Role.DISPOSAL_OFFICER, unit="RSJ")
OTHER = Party(kind=PartyKind.PERSON, name="李小红", phone="+8613900001111")
JOINED = {"kind": "joined", "because": "同一个人，电话13912345678又打来"}
GROUPED = {"kind": "grouped", "because": "同一条河"}


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    return calling(api.router, door_to(unit, keys, Settings(), lambda: NINE))


@pytest.fixture
def told(unit: Unit, keys: NodeKeys) -> dict[str, Registered]:
    """Two cases of one person, one of another, one that complains of a unit."""
    with unit.begin() as work:
        list_unit(work.db, "RSJ", "0564-1")
        item = list_item(work.db, "社保卡").code
        about = {"item": item}
        registered = {
            "first": register(work.db, keys, **about),
            "again": register(work.db, keys, **about),
            "other": register(work.db, keys, reporter=OTHER, **about),
            "against": register(work.db, keys, complained_of=Named(units=("RSJ",)), **about),
        }
        work.speak()
    return registered


def group(call: Call, case: Registered, lead: Registered, **body: Any) -> Any:
    asked = {"lead": lead.number, **body}
    return call(DISPATCHER, "POST", f"/cases/{case.number}/group", json=asked)


def test_one_person_who_told_it_twice_is_answered_once(
    call: Call, told: dict[str, Registered], unit: Unit
) -> None:
    first, again = told["first"], told["again"]

    assert group(call, again, first, **JOINED).status_code == 200

    with unit.begin() as work:
        look = look_up(work.db, again.number)
        assert look is not None
        assert look.progress.joined_to == first.number
        assert next_step(look.progress) is NextStep.WITH_ANOTHER
        [grouping] = around(work.db, first.case_id)
    assert "13912345678" not in grouping.because_masked
    shown = call(DISPATCHER, "GET", f"/cases/{first.number}/group").json()
    assert [each["number"] for each in shown["cases"]] == [again.number]
    assert group(call, told["other"], again, **GROUPED).json()["code"] == "group_lead_is_led"
    assert group(call, first, told["other"], **GROUPED).json()["code"] == "group_leads_others"

    apart = {"because": "不是同一件事"}
    at = f"/cases/{again.number}/ungroup"
    assert call(DISPATCHER, "POST", at, json=apart).status_code == 200
    assert call(DISPATCHER, "POST", at, json=apart).json()["code"] == "not_grouped"
    with unit.begin() as work:
        look = look_up(work.db, again.number)
    assert look is not None
    assert look.progress.joined_to is None


def test_other_persons_are_grouped_and_hear_nothing_of_each_other(
    call: Call, told: dict[str, Registered], unit: Unit
) -> None:
    refused = group(call, told["other"], told["first"], **JOINED)
    assert (refused.status_code, refused.json()["code"]) == (409, "group_other_person")
    assert group(call, told["other"], told["first"], **GROUPED).status_code == 200

    with unit.begin() as work:
        handlers.follow(work.db, [dispatched(told["first"].case_id, "RSJ")])
        look = look_up(work.db, told["other"].number)
    assert look is not None
    assert not [fact for fact in look.facts if "group" in fact.kind.value]
    [seen] = call(OFFICER, "GET", f"/cases/{told['first'].number}/group").json()["cases"]
    assert (seen["number"], seen["title_masked"]) == (told["other"].number, None)


def test_cases_that_complain_of_different_units_are_kept_apart(
    call: Call, told: dict[str, Registered]
) -> None:
    refused = group(call, told["against"], told["first"], **JOINED)

    assert (refused.status_code, refused.json()["code"]) == (409, "group_conflict")
    assert refused.json()["detail"]
    assert refused.json()["detail_en"]


def test_who_may_not_group_or_whom_it_complains_of_is_refused(
    call: Call, told: dict[str, Registered]
) -> None:
    at = f"/cases/{told['again'].number}/group"
    asked = {"lead": told["first"].number, **JOINED}
    assert call(OFFICER, "POST", at, json=asked).status_code == 403
    unknown = {**asked, "lead": "BCS-341523-20300102-99999-X"}
    assert call(DISPATCHER, "POST", at, json=unknown).status_code == 404
    assert call(DISPATCHER, "POST", at, json={**asked, "kind": "merged"}).status_code == 422
    meant = staff(Role.DISPATCHER, unit="RSJ")
    hidden = {"lead": told["against"].number, **JOINED}
    assert call(meant, "POST", at, json=hidden).status_code == 404


def test_a_complaint_that_comes_later_parts_them(db: Connection, keys: NodeKeys) -> None:
    list_unit(db, "RSJ", "0564-1")
    item = list_item(db, "社保卡").code
    first, again = register(db, keys, item=item), register(db, keys, item=item)
    case, lead = look_up(db, again.number), look_up(db, first.number)
    assert case is not None
    assert lead is not None
    asking = handlers.GroupAsking(Kind.JOINED, "同一个人")
    handlers.group_case(db, case, lead, asking, Caller(DISPATCHER, NINE))
    named = Named(units=("RSJ",), accounts=(Account("wang", "王大力"),))

    handlers.mark_complained_of(db, keys, first.number, named, Caller(DISPATCHER, NINE))

    assert [type(one) for one in said(db) if isinstance(one, CaseGrouped | CaseUngrouped)] == [
        CaseGrouped,
        CaseUngrouped,
    ]
    assert around(db, first.case_id) == []
    erase_groupings(db, again.case_id)
    of_case = select(groupings.c.because_masked).where(groupings.c.case_id == again.case_id)
    assert db.scalars(of_case).all() == [ERASED]
