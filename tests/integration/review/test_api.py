from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from shared.security.actor import Role, anonymous, citizen
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, staff
from tests.integration.review.stories import NUMBER, give_key, invited_case, known_case

pytestmark = pytest.mark.integration

ANYBODY = anonymous(NODE)
SUPERVISOR = staff(Role.SUPERVISOR)
GOOD: dict[str, Any] = {"level": 5, "solved": True, "reasons": ["510"], "text": "谢谢"}


@pytest.fixture
def invited(unit: Unit, engine: Engine, keys: NodeKeys) -> UUID:
    with unit.transaction() as db:
        case_id = invited_case(db)
    give_key(engine, keys, case_id)
    return case_id


def test_the_person_rates_with_number_and_code(call: Call, invited: UUID) -> None:
    person = citizen(NODE, invited, NUMBER)

    rated = call(person, "POST", "/evaluations", json=GOOD)
    shown = call(person, "GET", f"/evaluations?case_id={invited}").json()

    told = rated.json()
    assert rated.status_code == 201
    assert (told["service"], told["case_id"], told["version"]) == ("review", str(invited), 3)
    assert told["status"] == "closed"
    assert [one["evaluation_id"] for one in shown] == [told["evaluation_id"]]
    assert (shown[0]["level"], shown[0]["reasons"], shown[0]["text_masked"]) == (
        5,
        ["510"],
        "谢谢",
    )


def test_not_solved_says_that_it_is_opened_again(call: Call, invited: UUID) -> None:
    told = call(
        citizen(NODE, invited, NUMBER), "POST", "/evaluations", json={"level": 2, "solved": False}
    ).json()

    assert told["status"] == "reopened"


def test_an_answer_sent_twice_counts_once(call: Call, invited: UUID) -> None:
    person = citizen(NODE, invited, NUMBER)
    once = {"Idempotency-Key": f"key-{uuid4()}"}

    first = call(person, "POST", "/evaluations", json=GOOD, headers=once)
    second = call(person, "POST", "/evaluations", json=GOOD, headers=once)
    third = call(person, "POST", "/evaluations", json=GOOD)

    assert first.json() == second.json()
    assert (third.status_code, third.json()["code"]) == (409, "already_rated")


def test_nobody_rates_before_a_result(call: Call, unit: Unit) -> None:
    with unit.transaction() as db:
        case_id = known_case(db)

    answer = call(citizen(NODE, case_id, NUMBER), "POST", "/evaluations", json=GOOD)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_yet_rated")


@pytest.mark.parametrize(
    "actor", [ANYBODY, SUPERVISOR, staff(Role.DISPOSAL_OFFICER, unit="scjgj")]
)
def test_only_the_person_rates(call: Call, actor: Any) -> None:
    refused = 401 if actor is ANYBODY else 403
    assert call(actor, "POST", "/evaluations", json=GOOD).status_code == refused


def test_who_reads_what_people_said(call: Call, invited: UUID) -> None:
    path = f"/evaluations?case_id={invited}"
    other = citizen(NODE, uuid4(), NUMBER)
    handling = staff(Role.DISPOSAL_OFFICER, unit="scjgj")
    foreign = staff(Role.DISPOSAL_OFFICER, unit="cgz")

    asked = (SUPERVISOR, handling, foreign, other, ANYBODY)

    assert [call(actor, "GET", path).status_code for actor in asked] == [200, 200, 403, 403, 401]


def test_before_there_is_a_result_whoever_may_read_gets_an_empty_answer(call: Call) -> None:
    case_id = uuid4()
    holding = staff(Role.DISPOSAL_OFFICER, unit="scjgj")
    readers = (SUPERVISOR, holding, citizen(NODE, case_id, NUMBER))
    others = (staff(Role.DISPOSAL_OFFICER), staff(Role.OPERATOR), citizen(NODE, uuid4(), NUMBER))

    def ask(actor: Any) -> Any:
        return call(actor, "GET", f"/evaluations?case_id={case_id}")

    assert [ask(actor).json() for actor in readers] == [[], [], []]
    assert [ask(actor).status_code for actor in others] == [403, 403, 403]
    assert ask(ANYBODY).status_code == 401


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"level": 6}, "level"),
        ({"level": 0}, "level"),
        ({"level": True}, "level"),
        ({"level": "5"}, "level"),
        ({"level": 4.5}, "level"),
        ({"solved": "yes"}, "solved"),
        ({"reasons": ["108"]}, "reasons"),
        ({"reasons": ["501"]}, "reasons"),
        ({"reasons": ["x"]}, "reasons.0"),
        ({"reasons": ["510"] * 9}, "reasons"),
        ({"text": "长" * 501}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"case_id": str(uuid4())}, "case_id"),
    ],
)
def test_a_wrong_field_is_named(
    call: Call, invited: UUID, changed: dict[str, Any], field: str
) -> None:
    person = citizen(NODE, invited, NUMBER)

    answer = call(person, "POST", "/evaluations", json={**GOOD, **changed})

    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert call(person, "GET", f"/evaluations?case_id={invited}").json() == []


def test_the_reasons_are_listed_for_everybody_best_level_first(call: Call) -> None:
    levels = call(ANYBODY, "GET", "/evaluation-reasons").json()

    assert [one["level"] for one in levels] == [5, 4, 3, 2, 1]
    assert levels[4]["reasons"][0] == {
        "code": "108",
        "text": "在办事指南之外增加条件",
        "is_core": True,
    }
