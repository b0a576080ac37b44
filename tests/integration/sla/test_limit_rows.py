"""What rows of limits say beside a time: what holds without them, how far a limit is extended."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from services.sla import api, handlers
from services.sla.policy import ClockKind
from services.sla.settings import Settings
from services.sla.tables import clocks, metadata, plumbing
from shared.events.sla import Allowance, ClockStarted
from shared.events.words import DemandKind
from shared.outbox import said
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, door_to
from tests.integration.sla.stories import MONDAY_TEN, PROMISE, accepted, dispatched
from tests.integration.sla.test_limit_sets import (
    AT,
    AUTHOR,
    DISPATCHER,
    ROW,
    SUPERVISOR,
    matter,
    signed,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def unit(service_database: Callable[..., Engine]) -> Unit:
    return Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)


@pytest.fixture
def call(unit: Unit, tmp_path: Path) -> Call:
    keys = NodeKeys.create(tmp_path / "node.json")
    return calling(api.router, door_to(unit, keys, Settings(), lambda: MONDAY_TEN))


def test_what_holds_without_a_version_is_shown_and_a_draft_may_begin_with_it(call: Call) -> None:
    shown = call(DISPATCHER, "GET", f"{AT}/built-in").json()
    draft = call(AUTHOR, "POST", AT, json={"title": "县里的", "shipped": "built_in"}).json()

    assert draft["rows"] == shown["rows"]
    assert "普通件 · 办结 · 3 个工作日 · 从派单次日起 · 到下班为止" in [
        row["spoken"]["zh"] for row in shown["rows"]
    ]
    assert {row["kind"] for row in shown["ladders"]} >= {"resolve", "citizen"}
    assert call(AUTHOR, "GET", f"{AT}/1/check").json()["signable"]


def test_a_row_says_how_far_its_limit_is_extended(call: Call, unit: Unit) -> None:
    call(AUTHOR, "POST", AT, json={"title": "县里的时限"})
    never = {**ROW, "extensions": 0, "when": {}, "kind": "contact"}
    call(AUTHOR, "PUT", f"{AT}/draft/rows/L005", json=never)
    bad = call(AUTHOR, "PUT", f"{AT}/draft/rows/L005", json={**ROW, "extension_days": 0})
    (found,) = call(AUTHOR, "GET", f"{AT}/1/check").json()["findings"]
    call(AUTHOR, "PUT", f"{AT}/draft/rows/L005", json={**never, "extensions": None})
    twice = {**ROW, "extensions": 2, "extension_days": 3, "when": {"complexity": "ordinary"}}
    entered = call(AUTHOR, "PUT", f"{AT}/draft/rows/L003", json=twice).json()
    for actor in (AUTHOR, SUPERVISOR):
        call(actor, "POST", f"{AT}/draft/sign", json={"edition": entered["edition"]})
    with unit.transaction() as db:
        handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
        begun = [each for each in said(db) if isinstance(each, ClockStarted)]
        told = {each.kind.value: each.allowance for each in begun}

    assert bad.status_code == 422
    assert (found["finding"], found["field"]) == ("not_extended", "extensions")
    assert "最多延期 2 次，每次最多 3 个工作日" in entered["rows"][2]["spoken"]["zh"]
    assert told == {ClockKind.RESOLVE: Allowance(most=2, days=3), ClockKind.CONTACT: None}


def test_what_is_asked_for_decides_which_row_holds(unit: Unit) -> None:
    question = {"demand": DemandKind.CONSULT, "case_id": uuid4()}
    complaint = {"matter": matter().model_copy(update={"demand": "complaint"})}
    with unit.transaction() as db:
        signed(db, shipped="three_thirteen")
        handlers.start_citizen_clocks(db, [accepted().model_copy(update=question)], PROMISE)
        order = dispatched().model_copy(update=complaint)
        handlers.start_custody_clocks(db, [order], PROMISE, MONDAY_TEN)
        known = db.execute(select(clocks.c.kind, clocks.c.limit_row))
        rows = {row.kind: row.limit_row for row in known}

    assert rows == {"citizen": "L012", "contact": "L005", "resolve": "L014"}


def test_a_row_counts_from_the_signature_and_a_due_date_says_so(call: Call) -> None:
    call(AUTHOR, "POST", AT, json={"title": "县里的时限"})
    row = {**ROW, "amount": 3, "counts_from": "signature"}
    row |= {"when": {"complexity": "ordinary"}}
    bad = call(AUTHOR, "PUT", f"{AT}/draft/rows/L003", json={**row, "counts_from": "receipt"})
    feedback = {**row, "kind": "feedback", "when": {}}
    call(AUTHOR, "PUT", f"{AT}/draft/rows/L006", json=feedback)
    (found,) = call(AUTHOR, "GET", f"{AT}/1/check").json()["findings"]
    call(AUTHOR, "PUT", f"{AT}/draft/rows/L006", json={**feedback, "counts_from": "fact"})
    entered = call(AUTHOR, "PUT", f"{AT}/draft/rows/L003", json=row).json()
    for actor in (AUTHOR, SUPERVISOR):
        call(actor, "POST", f"{AT}/draft/sign", json={"edition": entered["edition"]})

    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "counts_from")
    assert (found["finding"], found["field"]) == ("not_signed_for", "counts_from")
    _is_explained(call)


def _is_explained(call: Call) -> None:
    def asked(**more: str) -> dict[str, Any]:
        given = {"start": MONDAY_TEN.isoformat(), **more}
        told: dict[str, Any] = call(DISPATCHER, "GET", "/due-date", params=given).json()
        return told

    never, early = asked(), asked(signed="2026-03-02T11:00:00+08:00")
    short = asked(sign_by="2026-03-02T17:00:00+08:00")
    assert (never["counted_from"], never["due_date"]) == ("2026-03-03T09:00:00Z", "2026-03-06")
    assert early["due_date"] == short["due_date"] == "2026-03-05"
    assert "2026年3月2日 10:00派单，2026年3月2日 11:00签收，从签收算起" in early["trace"][1]["zh"]
    assert "到2026年3月3日 17:00还没签收的，从那时算起" in never["trace"][1]["zh"]
    assert "从签收次日起" in never["trace"][0]["zh"]
    citizen = asked(clock="citizen")
    assert (citizen["counted_from"], citizen["due_date"]) == (citizen["start"], "2026-03-05")
    assert "从派单次日起" in citizen["trace"][0]["zh"]
    wrong = asked(signed="2026-03-01T11:00:00+08:00")
    assert (wrong["code"], wrong["status"]) == ("signed_before_dispatch", 422)
