from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.review import api, handlers
from services.review.handlers import House
from services.review.settings import Settings
from shared.errors import NotYet
from shared.events.sla import StepKind, StepTaken, Whom
from shared.events.words import ClockKind, Lamp
from shared.http import Door, NodeFacts
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Actor, Role, anonymous
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, staff
from tests.integration.relaying import relayed_by
from tests.integration.review.stories import NINE, asked_from_above, known_case, registered

pytestmark = pytest.mark.integration

TOWN, CITY = "341599", "341500"
A_DAY = timedelta(days=1)
NEIGHBOURS = {
    TOWN: Neighbour(TOWN, "镇", "town", Relation.BELOW),
    CITY: Neighbour(CITY, "六安市", "city", Relation.ABOVE),
}
SUPERVISOR, DISPATCHER = staff(Role.SUPERVISOR), staff(Role.DISPATCHER)
INSPECTOR, OFFICER = staff(Role.INSPECTOR), staff(Role.DISPOSAL_OFFICER, unit="scjgj")
ANYBODY = anonymous(NODE)


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    facts = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1:8002", NEIGHBOURS)
    return calling(api.router, Door(unit, Settings(), keys, facts, lambda: NINE))


@pytest.fixture
def case_id(unit: Unit) -> UUID:
    """A case that the tier below registered."""
    event = registered()
    with unit.transaction() as db:
        handlers.hear_neighbours(db, [relayed_by(TOWN, event, NINE)], House(NODE, NEIGHBOURS))
    return event.case_id


@pytest.fixture
def asked(unit: Unit) -> UUID:
    """A supervision of the tier above."""
    event = asked_from_above(uuid4(), NODE)
    with unit.transaction() as db:
        handlers.hear_neighbours(db, [relayed_by(CITY, event, NINE)], House(NODE, NEIGHBOURS))
    return event.supervision_id


def question(case_id: UUID, **more: Any) -> dict[str, Any]:
    return {"case_id": str(case_id), "text": "为什么还没有办？", **more}


def test_a_supervisor_asks_the_tier_below(call: Call, case_id: UUID) -> None:
    by = NINE + timedelta(hours=4)

    asked = call(
        SUPERVISOR, "POST", "/supervisions", json=question(case_id, answer_by=by.isoformat())
    )
    shown = call(INSPECTOR, "GET", f"/supervisions?case_id={case_id}").json()

    told = asked.json()
    assert asked.status_code == 201
    assert (told["service"], told["case_id"], told["version"]) == ("review", str(case_id), 1)
    [item] = shown["items"]
    assert item["supervision_id"] == told["supervision_id"]
    assert (item["from_node"], item["to_node"]) == (NODE, TOWN)
    assert (item["answer_by"], item["answered_at"]) == ("2030-01-02T05:00:00Z", None)


def test_a_question_sent_twice_is_asked_once(call: Call, case_id: UUID) -> None:
    once = {"Idempotency-Key": f"key-{uuid4()}"}

    first = call(SUPERVISOR, "POST", "/supervisions", json=question(case_id), headers=once)
    second = call(SUPERVISOR, "POST", "/supervisions", json=question(case_id), headers=once)

    assert first.json() == second.json()
    assert len(call(SUPERVISOR, "GET", "/supervisions").json()["items"]) == 1


def test_who_was_asked_answers_once(call: Call, asked: UUID) -> None:
    path, body = f"/supervisions/{asked}/answer", {"text": "明天办结"}

    answered = call(DISPATCHER, "POST", path, json=body)
    again = call(SUPERVISOR, "POST", path, json=body)

    assert (answered.status_code, answered.json()["supervision_id"]) == (200, str(asked))
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    [item] = call(DISPATCHER, "GET", "/supervisions").json()["items"]
    assert item["answer_masked"] == "明天办结"


@pytest.mark.parametrize(
    ("actor", "status"), [(DISPATCHER, 403), (INSPECTOR, 403), (OFFICER, 403), (ANYBODY, 401)]
)
def test_only_a_supervisor_asks(call: Call, case_id: UUID, actor: Actor, status: int) -> None:
    assert call(actor, "POST", "/supervisions", json=question(case_id)).status_code == status


@pytest.mark.parametrize("actor", [INSPECTOR, OFFICER])
def test_only_dispatcher_and_supervisor_answer(call: Call, asked: UUID, actor: Actor) -> None:
    response = call(actor, "POST", f"/supervisions/{asked}/answer", json={"text": "明天"})

    assert response.status_code == 403


def test_a_unit_reads_no_supervision(call: Call) -> None:
    assert call(OFFICER, "GET", "/supervisions").status_code == 403


def test_what_this_node_has_is_refused_by_name(call: Call, unit: Unit) -> None:
    with unit.transaction() as db:
        own = known_case(db)

    response = call(SUPERVISOR, "POST", "/supervisions", json=question(own))

    assert (response.status_code, response.json()["code"]) == (409, "held_here")
    assert response.json()["errors"][0]["field"] == "case_id"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": " "}, "text"),
        ({"answer_by": "2030-01-02T05:00:00"}, "answer_by"),
        ({"answer_by": "2029-01-02T05:00:00Z"}, "answer_by"),
        ({"to_node": TOWN}, "to_node"),
    ],
)
def test_a_wrong_field_is_named(
    call: Call, case_id: UUID, changed: dict[str, Any], field: str
) -> None:
    response = call(SUPERVISOR, "POST", "/supervisions", json=question(case_id, **changed))

    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["field"] == field


def test_a_long_list_goes_on_after_its_cursor(
    call: Call, case_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.review.api.supervisions.MOST_PER_PAGE", 2)
    for _ in range(3):
        call(SUPERVISOR, "POST", "/supervisions", json=question(case_id))

    first = call(SUPERVISOR, "GET", "/supervisions").json()
    second = call(SUPERVISOR, "GET", f"/supervisions?cursor={first['next']}").json()

    seen = [item["supervision_id"] for item in (*first["items"], *second["items"])]
    assert len(set(seen)) == 3
    assert seen == sorted(seen, reverse=True)
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0"])
def test_a_foreign_cursor_is_refused(call: Call, cursor: str) -> None:
    response = call(SUPERVISOR, "GET", f"/supervisions?cursor={cursor}")

    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")


def late(case_id: UUID, **more: Any) -> StepTaken:
    """A unit is so late with its order that its node asks it why."""
    about = {"clock_id": uuid4(), "kind": ClockKind.RESOLVE, "lamp": Lamp.RED, "level": 4}
    told = {"step": StepKind.SUPERVISE, "whom": Whom.UNIT, "unit_code": "scjgj", **more}
    moments = {"due_at": NINE - timedelta(days=2), "step_due_at": NINE}
    return StepTaken(
        **about, **told, **moments, case_id=case_id, occurred_at=NINE, answer_by=NINE + A_DAY
    )


def test_a_node_asks_its_own_unit_which_alone_answers_once(call: Call, unit: Unit) -> None:
    with unit.transaction() as db:
        case_id = known_case(db)
        step, urge = late(case_id), late(case_id, step=StepKind.URGE)
        for event in (step, step, urge, late(case_id, unit_code=None)):
            handlers.give_slip(db, event, NODE)
        with pytest.raises(NotYet):
            handlers.give_slip(db, late(uuid4()), NODE)

    [slip] = call(SUPERVISOR, "GET", f"/supervisions?case_id={case_id}").json()["items"]
    assert (slip["from_node"], slip["to_node"], slip["unit_code"]) == (NODE, NODE, "scjgj")
    assert "第 4 级" in slip["text_masked"]
    assert "办结的时限" in slip["text_masked"]
    path = f"/supervisions/{slip['supervision_id']}"
    other = staff(Role.DISPOSAL_OFFICER, unit="tax")
    assert call(other, "POST", f"{path}/answer", json={"text": "不是我们"}).status_code == 403
    assert call(OFFICER, "POST", f"{path}/read").status_code == 200
    assert call(OFFICER, "POST", f"{path}/answer", json={"text": "明天办好"}).status_code == 200
    assert call(OFFICER, "POST", f"{path}/answer", json={"text": "明天办好"}).status_code == 409


def test_a_unit_does_not_answer_for_its_node(call: Call, asked: UUID) -> None:
    path = f"/supervisions/{asked}/answer"
    assert call(OFFICER, "POST", path, json={"text": "明天办好"}).status_code == 403
