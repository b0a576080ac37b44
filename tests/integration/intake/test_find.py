"""Somebody is found by what they are known by, by those who may see them, and not too often."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, select, update

from services.intake import handlers
from services.intake.handlers import (
    Caller,
    Party,
    TooOften,
    count_to_rehash,
    find_cases,
    rehash_persons,
)
from services.intake.policy.looks import Limit, LookLimits
from services.intake.settings import Settings
from services.intake.tables import cases, plumbing
from shared.events.sealed import PartyKind
from shared.security import vault
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.intake.stories import NINE, NODE, OFFICER, dispatched, received, register
from tests.integration.intake.test_api import BODY, Call, call, door, staff

__all__ = ["call", "door"]
pytestmark = pytest.mark.integration


LIMITS = Settings().look_limits
FRONT = staff(Role.WINDOW_OFFICER)
ID_NUMBER = "341523198712053010"


def person(**told: Any) -> Party:
    """Somebody whom no other test knows."""
    name, phone = f"欧阳{uuid4().hex[:12]}", f"+86139{uuid4().int % 10**8:08d}"
    return Party(kind=PartyKind.PERSON, **{"name": name, "phone": phone, **told})


def found(db: Connection, keys: NodeKeys, term: str) -> list[str]:
    numbers = find_cases(db, keys, term, OFFICER, LIMITS)
    assert not isinstance(numbers, TooOften)
    return list(numbers)


def test_a_phone_is_found_however_it_is_typed(db: Connection, keys: NodeKeys) -> None:
    told = person()
    number = register(db, keys, reporter=told).number
    digits = told.phone.removeprefix("+86")
    wide = digits.translate({ord("0") + n: 0xFF10 + n for n in range(10)})

    for typed in (digits, f"{digits[:3]} {digits[3:7]} {digits[7:]}", f"0086{digits}", wide):
        assert found(db, keys, typed) == [number]
    assert found(db, keys, digits[:-1]) == []


def test_an_identity_number_is_found_in_both_its_lengths(db: Connection, keys: NodeKeys) -> None:
    number = register(db, keys, reporter=person(id_number=ID_NUMBER)).number

    assert number in found(db, keys, "341523 19871205 3010")
    assert number in found(db, keys, "341523871205301")


def test_a_name_and_an_agent_are_found(db: Connection, keys: NodeKeys) -> None:
    told, agent = person(), person()
    number = register(db, keys, reporter=told, agent=agent).number

    assert found(db, keys, f" {told.name} ") == found(db, keys, agent.name) == [number]
    assert found(db, keys, told.name[:-1]) == []


def test_a_case_of_another_node_is_found_by_its_person_too(db: Connection, keys: NodeKeys) -> None:
    event = received(db, keys)
    handlers.receive_case(db, keys, event, NODE)

    assert event.number in found(db, keys, "138 0000 6160")


def test_a_search_is_audited_without_whom_it_sought(db: Connection, keys: NodeKeys) -> None:
    told, audit = person(), plumbing.audit
    searches = select(audit).where(audit.c.action == "person.search")
    before = set(db.execute(searches).all())
    found(db, keys, told.phone)
    found(db, keys, told.name)

    rows = set(db.execute(searches).all()) - before
    text = "\n".join(str(row) for row in rows)
    assert len(rows) == 2
    assert told.name not in text
    assert told.phone[3:] not in text


def test_a_renewed_index_finds_old_and_new_and_at_last_without_the_old_key(
    db: Connection, keys: NodeKeys
) -> None:
    old, erased, young = person(), person(), person()
    number = register(db, keys, reporter=old).number
    gone = register(db, keys, reporter=erased)
    vault.destroy(db, gone.case_id, NINE)
    renewed = replace(keys, index=b"n" * 32, index_before=keys.index)
    later = register(db, renewed, reporter=young).number

    assert found(db, renewed, old.phone) == [number]
    assert found(db, renewed, young.phone) == [later]
    assert count_to_rehash(db, renewed) >= 2
    rehash_all(db, renewed)

    assert count_to_rehash(db, renewed) == 0
    alone = replace(renewed, index_before=None)
    assert found(db, alone, old.name) == [number]
    assert found(db, alone, young.name) == [later]
    assert found(db, alone, erased.name) == []


def test_a_case_of_before_the_index_gets_its_hashes(db: Connection, keys: NodeKeys) -> None:
    told = person()
    number = register(db, keys, reporter=told).number
    db.execute(update(cases).where(cases.c.number == number).values(person_hashes=["="]))
    assert found(db, keys, told.phone) == []

    rehash_all(db, keys)

    assert found(db, keys, told.phone) == [number]


def rehash_all(db: Connection, keys: NodeKeys) -> None:
    after: tuple[object, ...] = ()
    while True:
        batch = rehash_persons(db, keys, after, 2)
        if batch.end is None:
            return
        after = batch.end


def test_a_search_too_many_waits(db: Connection, keys: NodeKeys) -> None:
    limits = LookLimits(looks=Limit(1, 1), searches=Limit(2, 9))
    caller = Caller(replace(OFFICER.actor, id=f"often-{uuid4()}"), NINE)

    told = [find_cases(db, keys, "13800001111", caller, limits) for _ in range(3)]

    assert told[:2] != [TooOften(3600)] * 2
    assert told[2] == TooOften(3600)
    other = Caller(replace(OFFICER.actor, id=f"other-{uuid4()}"), NINE)
    assert not isinstance(find_cases(db, keys, "13800001111", other, limits), TooOften)


def test_the_door_finds_for_those_who_may_see_the_person(
    call: Call, unit: Unit, keys: NodeKeys
) -> None:
    told = person()
    reporter = {"kind": "person", "name": told.name, "phone": told.phone}
    made = call(FRONT, "POST", "/cases", json={**BODY, "reporter": reporter}).json()
    sought = {"person": told.phone}
    with unit.transaction() as db:
        handlers.follow(db, [dispatched(made["case_id"], "341523-rsj")])

    def ask(role: Role, of: str | None = None) -> tuple[int, object]:
        answer = call(staff(role, unit=of), "POST", "/cases/find", json=sought)
        return answer.status_code, answer.json().get("numbers")

    assert ask(Role.WINDOW_OFFICER) == (200, [made["number"]])
    assert ask(Role.DISPOSAL_OFFICER, "341523-rsj") == (200, [made["number"]])
    assert ask(Role.DISPOSAL_OFFICER, "341523-other") == (200, [])
    assert ask(Role.SYSTEM_ADMINISTRATOR)[0] == 403


def test_a_look_too_many_is_refused_written_down_and_shown_to_the_auditor(
    call: Call, engine: Engine
) -> None:
    number = call(FRONT, "POST", "/cases", json=BODY).json()["number"]
    busy = replace(FRONT, id=f"busy-{uuid4()}", name="陈忙")
    path, why = f"/cases/{number}/person", {"purpose": "回访"}

    answers = [call(busy, "POST", path, json=why) for _ in range(LIMITS.looks.per_hour + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert answers[-1].json()["code"] == "too_many_looks"
    assert answers[-1].headers["retry-after"] == "3600"
    auditor = staff(Role.AUDIT_ADMINISTRATOR)
    seen = call(auditor, "GET", "/person-looks").json()
    mine = next(each for each in seen["lookers"] if each["login"] == busy.id)
    assert (mine["name"], mine["looks_hour"], mine["refused_day"]) == ("陈忙", 40, 1)
    assert call(FRONT, "GET", "/person-looks").status_code == 403
    assert call(FRONT, "POST", path, json=why).status_code == 200


@pytest.mark.parametrize("body", [{}, {"person": ""}, {"person": "长" * 201}, {"person": 7}])
def test_a_search_for_nothing_is_refused(call: Call, body: dict[str, object]) -> None:
    assert call(FRONT, "POST", "/cases/find", json=body).status_code == 422
