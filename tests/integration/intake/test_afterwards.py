"""What a person does after registering: urge, add, change the telephone; also staff for them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.intake import handlers
from services.intake.handlers.erasure import destroy_here
from services.intake.repository.cases import case_by_number
from services.intake.repository.timeline import facts_of
from services.intake.tables import plumbing
from shared.events.base import Envelope
from shared.events.intake import CaseAmended
from shared.events.intake.afterwards import (
    CaseUrged,
    ContactChanged,
    ContactCodeMade,
    InformationAdded,
)
from shared.http import Door
from shared.security.actor import Actor, Role, citizen
from shared.security.vault import sealer_for
from shared.unit import Unit
from tests.integration.intake.stories import NINE, NODE, OFFICER, dispatched
from tests.integration.intake.test_api import Call, call, door, registered, staff

__all__ = ["call", "door"]

pytestmark = pytest.mark.integration

AGENT, WINDOW = staff(Role.HOTLINE_AGENT), staff(Role.WINDOW_OFFICER)
OLD, NEW = "138****6160", "139****7788"


def own_case(call: Call, unit: Unit) -> tuple[Actor, str, UUID]:
    """A case that a unit works on, and its person."""
    told = registered(call)
    case_id, number = UUID(told["case_id"]), told["number"]
    with unit.transaction() as db:
        handlers.follow(db, [dispatched(case_id)])
    return citizen(NODE, case_id, number), number, case_id


def told_of(unit: Unit, case_id: UUID, kind: type[Any]) -> list[Any]:
    rows = plumbing.outbox.rows
    wanted = (rows.c.name == kind.name, rows.c.subject_id == case_id)
    with unit.transaction() as db:
        bodies = db.scalars(select(rows.c.body).where(*wanted).order_by(rows.c.position))
        return [Envelope.model_validate_json(body).open(kind) for body in bodies]


def set_of(door: Door, **changed: Any) -> None:
    for name, value in changed.items():
        object.__setattr__(door, name, value)


def test_an_urge_is_counted_shown_and_not_taken_again_before_a_day(
    call: Call, door: Door, unit: Unit
) -> None:
    own, number, case_id = own_case(call, unit)
    there, once = f"/cases/{number}/urges", {"Idempotency-Key": f"key-{uuid4()}"}
    words = {"text": "张晓明等了一个月，电话 13800006160"}

    first, twice = (call(own, "POST", there, json=words, headers=once) for _ in range(2))
    again = call(own, "POST", there, json={})
    seen = call(own, "GET", f"/cases/{number}").json()

    assert (first.status_code, twice.json(), first.json()["urges"]) == (201, first.json(), 1)
    assert (again.status_code, again.json()["code"]) == (409, "urged_lately")
    assert "2030-01-03 09:00" in again.json()["detail"]
    assert seen["urge"] == {"can": False, "urges": 1, "next_at": "2030-01-03T01:00:00Z"}
    assert seen["timeline"][-1]["text"].endswith("看得到：张**等了一个月，电话 138****6160")
    set_of(door, now=lambda: NINE + timedelta(days=1))
    by_staff = call(AGENT, "POST", there, json={})
    assert (by_staff.status_code, by_staff.json()["urges"]) == (201, 2)
    urges = told_of(unit, case_id, CaseUrged)
    assert [(one.urges, one.channel, one.by.kind) for one in urges] == [
        (1, "web", "citizen"),
        (2, "hotline", "staff"),
    ]
    assert urges[0].round == 1


@pytest.mark.parametrize(
    ("actor", "body", "status", "code"),
    [
        (AGENT, {"channel": "window"}, 422, "not_your_channel"),
        (AGENT, {"channel": "carrier"}, 422, "invalid_fields"),
        (WINDOW, {"text": "x" * 5_001}, 422, "invalid_fields"),
        (WINDOW, {"text": "a\x00"}, 422, "invalid_fields"),
        (staff(Role.DISPATCHER), {}, 403, "not_allowed"),
        (staff(Role.WINDOW_OFFICER), {"more": 1}, 422, "invalid_fields"),
    ],
    ids=["not theirs", "no channel", "too long", "NUL", "not allowed", "unasked"],
)
def test_who_urges_wrongly_is_told_what_is_wrong(
    call: Call, unit: Unit, actor: Actor, body: dict[str, Any], status: int, code: str
) -> None:
    _own, number, _case_id = own_case(call, unit)

    refused = call(actor, "POST", f"/cases/{number}/urges", json=body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_what_is_added_is_sealed_masked_and_for_who_must_know_it_in_the_clear(
    call: Call, unit: Unit
) -> None:
    own, number, case_id = own_case(call, unit)
    there, words = f"/cases/{number}/additions", {"text": "张晓明又去了一次，电话 13800006160"}

    assert call(own, "POST", there, json={"text": " "}).status_code == 422
    assert call(own, "POST", there, json=words).status_code == 201
    assert call(WINDOW, "POST", there, json={"text": "门牌 12 号"}).status_code == 201

    story = [step["text"] for step in call(own, "GET", f"/cases/{number}").json()["timeline"]]
    assert story[-2:] == ["您补充了：张**又去了一次，电话 138****6160", "您补充了：门牌 12 号"]
    added = told_of(unit, case_id, InformationAdded)
    assert [one.channel for one in added] == ["web", "window"]
    person = call(WINDOW, "POST", f"/cases/{number}/person", json={"purpose": "核实情况"})
    assert person.json()["answers"] == [words["text"], "门牌 12 号"]


def test_nothing_is_added_to_or_urged_of_what_has_ended(call: Call, unit: Unit) -> None:
    told = registered(call)
    declining = {"reason": "litigation", "legal_basis": "第三条", "explanation": "已在诉讼中"}
    call(WINDOW, "POST", f"/cases/{told['number']}/decline", json=declining)
    own = citizen(NODE, UUID(told["case_id"]), told["number"])

    codes = {
        call(own, "POST", f"/cases/{told['number']}/{act}", json={"text": "还有"}).json()["code"]
        for act in ("urges", "additions")
    }

    assert codes == {"case_ended"}


def test_additions_of_a_day_have_an_end(call: Call, unit: Unit, door: Door) -> None:
    own, number, _case_id = own_case(call, unit)
    set_of(door, settings=door.settings.model_copy(update={"additions_per_day": 1}))

    sent = [call(own, "POST", f"/cases/{number}/additions", json={"text": "再说"}) for _ in "ab"]

    assert [each.status_code for each in sent] == [201, 429]
    assert sent[1].json()["code"] == "added_too_often"


def test_who_works_on_the_lead_hears_what_the_other_case_s_person_says(
    call: Call, unit: Unit
) -> None:
    own, number, _case_id = own_case(call, unit)
    lead_own, lead, lead_id = own_case(call, unit)
    asking = {"lead": lead, "kind": "grouped", "because": "同一条路"}
    for each in (number, lead):
        call(WINDOW, "POST", f"/cases/{each}/accept", json={})
    grouped = call(staff(Role.DISPATCHER), "POST", f"/cases/{number}/group", json=asking)
    assert grouped.status_code == 200, grouped.text

    call(own, "POST", f"/cases/{number}/urges", json={})
    call(own, "POST", f"/cases/{number}/additions", json={"text": "路灯也不亮"})

    kinds = (CaseUrged, InformationAdded)
    told = [one for kind in kinds for one in told_of(unit, lead_id, kind)]
    assert [(one.for_number, one.text) for one in told] == [(number, None)] * 2
    seen = call(lead_own, "GET", f"/cases/{lead}").json()
    assert seen["urge"] == {"can": True, "urges": 0, "next_at": None}
    assert "路灯" not in str(seen)


def code_of(unit: Unit, door: Door, case_id: UUID) -> str:
    made = told_of(unit, case_id, ContactCodeMade)[-1]
    with unit.transaction() as db:
        return sealer_for(db, door.keys, made.code.key_id).open(made.code)


def test_a_new_telephone_shows_itself_and_stands_in_every_copy(
    call: Call, door: Door, unit: Unit
) -> None:
    own, number, case_id = own_case(call, unit)
    there = f"/cases/{number}/contact"
    asked = call(own, "POST", there, json={"phone": "139 0000 7788"}).json()
    proof = f"{there}/{asked['change_id']}"
    right = {"code": code_of(unit, door, case_id)}

    wrong = call(own, "POST", proof, json={"code": "000000" if right["code"] != "000000" else "1"})
    proven = call(own, "POST", proof, json=right)
    again = call(own, "POST", proof, json=right)

    assert asked["masked_phone"] == NEW
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_one_time_code")
    assert (proven.status_code, proven.json()["masked_phone"]) == (200, NEW)
    assert len(proven.json()["query_code"]) == 10
    assert again.status_code == 422
    (amended,) = told_of(unit, case_id, CaseAmended)
    (changed,) = told_of(unit, case_id, ContactChanged)
    assert amended.fields == ("complainant.phone",)
    assert (changed.old_masked, changed.masked_phone, changed.channel) == (OLD, NEW, "web")
    seen = call(own, "GET", f"/cases/{number}").json()
    assert seen["contact"] == {"party": "complainant", "masked_phone": NEW}
    with unit.transaction() as db:
        case = case_by_number(db, number)
        assert case is not None
        kept = str([fact.params for fact in facts_of(db, case_id)])
    assert case.amendment == 1
    assert "13900007788" not in kept


def test_staff_put_a_telephone_down_by_the_code_and_see_no_query_code(
    call: Call, door: Door, unit: Unit
) -> None:
    _own, number, case_id = own_case(call, unit)
    there = f"/cases/{number}/contact"
    first = call(AGENT, "POST", there, json={"phone": "13900007788"}).json()
    over = code_of(unit, door, case_id)
    asked = call(AGENT, "POST", there, json={"phone": "13900007788"}).json()

    late = call(AGENT, "POST", f"{there}/{first['change_id']}", json={"code": over})
    right = {"code": code_of(unit, door, case_id)}
    proven = call(AGENT, "POST", f"{there}/{asked['change_id']}", json=right)

    assert late.status_code == 422  # a second asking ends the first
    assert (proven.status_code, proven.json()["query_code"]) == (200, None)
    assert told_of(unit, case_id, ContactChanged)[0].channel == "hotline"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"phone": "0564-8621234"}, "phone"), ({"phone": "139"}, "phone"), ({}, "phone")],
    ids=["a landline", "half a number", "none"],
)
def test_only_a_telephone_that_takes_messages_is_taken(
    call: Call, unit: Unit, body: dict[str, str], field: str
) -> None:
    own, number, _case_id = own_case(call, unit)

    refused = call(own, "POST", f"/cases/{number}/contact", json=body)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_codes_are_asked_for_so_often_only_and_tried_so_often_only(
    call: Call, door: Door, unit: Unit
) -> None:
    own, number, case_id = own_case(call, unit)
    there = f"/cases/{number}/contact"
    sent = [call(own, "POST", there, json={"phone": f"1390000778{n}"}) for n in range(4)]
    proof = f"{there}/{sent[2].json()['change_id']}"
    right = code_of(unit, door, case_id)

    for _ in range(door.settings.lost_code_tries):
        call(own, "POST", proof, json={"code": "1"})

    assert [each.status_code for each in sent] == [202, 202, 202, 429]
    assert call(own, "POST", proof, json={"code": right}).status_code == 422


def test_an_erased_case_takes_nothing_and_keeps_no_change(
    call: Call, unit: Unit, door: Door
) -> None:
    own, number, case_id = own_case(call, unit)
    call(own, "POST", f"/cases/{number}/contact", json={"phone": "13900007799"})
    with unit.transaction() as db:
        destroy_here(db, case_id, NINE)
        left = db.exec_driver_sql(
            "SELECT count(*) FROM intake.contact_changes WHERE case_id = %s", (case_id,)
        ).scalar_one()

    codes = {
        call(OFFICER.actor, "POST", f"/cases/{number}/{act}", json=body).json()["code"]
        for act, body in (
            ("urges", {}),
            ("additions", {"text": "还有"}),
            ("contact", {"phone": "13900007799"}),
        )
    }

    assert (left, codes) == (0, {"case_erased"})
