"""Answered while it is registered: one request, one transaction, and who must not."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.intake import handlers
from services.intake.policy.answering import Ending
from shared.events.dispatch import UnitListed
from shared.events.intake import CaseAccepted, CaseAnswered, CaseRegistered, ComplaintMarked
from shared.events.words import Channel
from shared.outbox import said
from shared.security.actor import Actor, Role
from shared.security.parties import with_names
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.unit import Unit
from tests.integration.intake.stories import NINE, NODE, OFFICER, report
from tests.integration.intake.test_api import BODY, Call, call, door

__all__ = ["call", "door"]

pytestmark = pytest.mark.integration

TOLD = {"outcome": "done", "answer": "张晓明的材料齐了，今天下午就能取，有事打 13800006160。"}
REPORT = {**BODY, "channel": "window", "answered_now": TOLD}
UNIT, HALL = "341523-zwfw", "341523-hall"


@pytest.fixture
def window(unit: Unit) -> Actor:
    """An officer of a unit that is listed."""
    with unit.transaction() as db:
        for code in (UNIT, HALL):
            told = {"code": code, "title": f"政务服务中心 {code}", "region": NODE}
            handlers.list_unit(db, UnitListed(occurred_at=NINE, unit_id=uuid4(), **told))
    return OFFICER.actor


def test_registered_accepted_and_answered_are_said_together(
    unit: Unit, keys: NodeKeys, window: Actor
) -> None:
    with unit.transaction() as db:
        answer = handlers.AnsweringNow(Ending.DONE, TOLD["answer"])
        told = report(channel=Channel.WINDOW, answer=answer)
        handlers.register_case(db, keys, told, handlers.Caller(window, NINE))
        registered, accepted, answered = said(db)
        assert isinstance(answered, CaseAnswered)
        opened = sealer_of_case(db, keys, answered.case_id).open(answered.answer)

    assert isinstance(registered, CaseRegistered)
    assert isinstance(accepted, CaseAccepted)
    assert (accepted.answered_by, accepted.complexity) == (UNIT, "on_spot")
    assert opened == TOLD["answer"]
    assert answered.answer_masked == "张**的材料齐了，今天下午就能取，有事打 138****6160。"
    assert {fact.occurred_at for fact in (accepted, answered)} == {NINE}


def test_a_double_tap_registers_and_answers_once(call: Call, unit: Unit, window: Actor) -> None:
    key = {"idempotency-key": uuid4().hex}

    first = call(window, "POST", "/cases", json=REPORT, headers=key)
    again = call(window, "POST", "/cases", json=REPORT, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["answered"], first.json()["status"]) == (True, "accepted")
    seen = call(window, "GET", f"/cases/{first.json()['number']}").json()
    assert seen["answered"]["outcome"] == "done"
    assert "13800006160" not in seen["answered"]["answer_masked"]
    assert [step["event"] for step in seen["timeline"]].count(CaseAnswered.name) == 1


def test_without_an_answer_nothing_is_answered(call: Call, window: Actor) -> None:
    told = call(window, "POST", "/cases", json={**REPORT, "answered_now": None}).json()

    assert told["answered"] is False
    assert call(window, "GET", f"/cases/{told['number']}").json()["answered"] is None


@pytest.mark.parametrize(
    ("changed", "status", "code", "field"),
    [
        ({"text": "对法院判决不服，要求改判。"}, 409, "answer_out_of_scope", "answered_now"),
        (
            {"answered_now": TOLD | {"outcome": "explained_law"}},
            422,
            "legal_basis_needed",
            "answered_now.legal_basis",
        ),
        ({"answered_now": TOLD | {"outcome": "not_accepted"}}, 422, "", "answered_now.outcome"),
        ({"answered_now": TOLD | {"answer": "  "}}, 422, "", "answered_now.answer"),
        ({"answered_now": TOLD | {"answer": "长" * 5001}}, 422, "", "answered_now.answer"),
        (
            {"channel": "evaluation", "channel_fields": {"review_id": "HCP-77"}},
            422,
            "answer_absent",
            "channel",
        ),
        ({"complained_of": {"units": [UNIT]}}, 409, "answer_of_own", "answered_now"),
    ],
)
def test_what_cannot_be_answered_at_once_is_not_registered_either(
    call: Call,
    unit: Unit,
    window: Actor,
    changed: dict[str, Any],
    status: int,
    code: str,
    field: str,
) -> None:
    key = {"idempotency-key": uuid4().hex}

    answer = call(window, "POST", "/cases", json={**REPORT, **changed}, headers=key)

    assert answer.status_code == status
    assert code in ("", answer.json()["code"])
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    mended = call(window, "POST", "/cases", json={**REPORT, "answered_now": None}, headers=key)
    assert mended.status_code == 201


def test_of_whom_it_complains_does_not_answer(
    call: Call, keys: NodeKeys, unit: Unit, window: Actor
) -> None:
    named = with_names(keys, window)
    body = {**REPORT, "complained_of": {"persons": [window.name]}}

    answer = call(named, "POST", "/cases", json=body)
    above = replace(window, above=frozenset({UNIT}), unit=HALL)
    of_above = call(above, "POST", "/cases", json={**REPORT, "complained_of": {"units": [UNIT]}})

    assert (answer.status_code, answer.json()["code"]) == (409, "answer_of_own")
    assert of_above.json()["code"] == "answer_of_own"
    with unit.transaction() as db:
        assert ComplaintMarked not in [type(fact) for fact in said(db)]


@pytest.mark.parametrize(
    ("actor", "status", "code"),
    [
        (replace(OFFICER.actor, unit=None), 409, "answer_needs_unit"),
        (replace(OFFICER.actor, unit="341500-other"), 409, "answer_needs_unit"),
        (replace(OFFICER.actor, roles=frozenset({Role.DISPATCHER})), 403, "not_allowed"),
    ],
)
def test_who_may_not_answer(
    call: Call, window: Actor, actor: Actor, status: int, code: str
) -> None:
    body = {**REPORT, "channel": "upper_tier"} if status == 403 else REPORT

    answer = call(actor, "POST", "/cases", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
