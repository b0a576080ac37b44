"""How much work a case is, put right once: kept, said, and travelling with the case."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.handlers import Reclassifying
from services.dispatch.policy import CaseState
from services.dispatch.repository.cases import Case, lock_case, move_case
from services.dispatch.tables import complaints
from shared.complaints import Complaint, keep_complaint
from shared.events.dispatch import CaseReclassified, ComplexityHeard, OrderDispatched
from shared.events.words import Complexity
from shared.outbox import said
from shared.security.actor import Role
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    TEN,
    at_ten,
    fill_catalogue,
    held_case,
    last,
    order_of,
)
from tests.integration.dispatch.test_steps import refusal_of
from tests.integration.doorway import Call, staff
from tests.integration.relaying import relayed_by

pytestmark = pytest.mark.integration

DISPATCH = at_ten(DISPATCHER)
COMPLEX = Complexity.COMPLEX


def anew(case_id: UUID, complexity: Complexity = COMPLEX) -> Reclassifying:
    return Reclassifying(case_id, complexity, "涉及三个部门，找 13800006160")


def held(db: Connection) -> UUID:
    fill_catalogue(db)
    return held_case(db).case_id


def case_of(db: Connection, case_id: UUID) -> Case:
    found = lock_case(db, case_id)
    assert found is not None
    return found


def told_elsewhere(case_id: UUID) -> Any:
    facts = {"case_id": case_id, "occurred_at": TEN, "by": DISPATCH.by, "because": "很复杂"}
    fact = CaseReclassified(**facts, complexity=COMPLEX, before=Complexity.ORDINARY)
    return relayed_by("341500", fact, TEN + timedelta(minutes=5))


def test_a_case_is_classified_anew_once_and_its_order_with_it(db: Connection) -> None:
    case_id = held(db)

    handlers.reclassify(db, anew(case_id), DISPATCH)

    told = last(db, CaseReclassified)
    assert (told.before, told.complexity) == ("ordinary", "complex")
    assert told.because == "涉及三个部门，找 138****6160"
    assert (case_of(db, case_id).complexity, order_of(db, case_id).complexity) == (
        "complex",
        "complex",
    )
    again = refusal_of(lambda: handlers.reclassify(db, anew(case_id, Complexity.SIMPLE), DISPATCH))
    assert again == "already_reclassified"


def test_the_next_unit_gets_it_as_it_is_now(db: Connection) -> None:
    case_id = held(db)
    handlers.reclassify(db, anew(case_id), DISPATCH)
    case = replace(case_of(db, case_id), state=CaseState.POOLED)
    move_case(db, case)
    placing = handlers.Placement(case_id=case_id, unit_code="cgz", because="归镇里")
    handlers.dispatch_manually(db, placing, DISPATCH)

    assert last(db, OrderDispatched).complexity is COMPLEX


def test_who_is_complained_of_learns_nothing_and_nobody_touches_what_is_away(
    db: Connection,
) -> None:
    case_id = held(db)
    case = case_of(db, case_id)
    move_case(db, replace(case, here=False, state=CaseState.AWAY))
    away = refusal_of(lambda: handlers.reclassify(db, anew(case_id), DISPATCH))
    unknown = refusal_of(lambda: handlers.reclassify(db, anew(uuid4()), DISPATCH))
    keep_complaint(db, complaints, case_id, Complaint(units=frozenset({"zwfw"})))
    hidden = refusal_of(lambda: handlers.reclassify(db, anew(case_id), DISPATCH))

    assert (away, unknown, hidden) == ("not_held_here", "unknown_case", "unknown_case")


def test_what_another_node_found_counts_here_once_and_uses_up_the_one_time(
    db: Connection,
) -> None:
    case_id = held(db)
    for _time in range(2):
        handlers.hear_reclassified_elsewhere(db, told_elsewhere(case_id))
    handlers.hear_reclassified_elsewhere(db, told_elsewhere(uuid4()))

    heard = [each for each in said(db) if isinstance(each, ComplexityHeard)]
    assert [(each.complexity, each.before) for each in heard] == [("complex", "ordinary")]
    assert heard[0].occurred_at == TEN + timedelta(minutes=5)
    again = refusal_of(lambda: handlers.reclassify(db, anew(case_id, Complexity.SIMPLE), DISPATCH))
    assert again == "already_reclassified"


def test_its_door_is_for_who_dispatches_or_supervises(call: Call, unit: Unit) -> None:
    with unit.transaction() as db:
        case_id = held(db)
    good = {"case_id": str(case_id), "complexity": "complex", "because": "涉及三个部门"}
    once = {"Idempotency-Key": "classify-0001"}
    at = "/reclassifications"

    denied = call(MARKET_OFFICER, "POST", at, json=good).status_code
    bad = [
        call(DISPATCHER, "POST", at, json={**good, **wrong}).json()["errors"][0]["field"]
        for wrong in (
            *({"complexity": "hard"}, {"because": ""}, {"more": 1}),
            *({"complexity": "ordinary"}, {"complexity": "on_spot"}),
        )
    ]
    first, second = (call(DISPATCHER, "POST", at, json=good, headers=once) for _ in range(2))
    third = call(staff(Role.SUPERVISOR), "POST", at, json={**good, "complexity": "simple"})

    assert denied == 403
    assert bad == ["complexity", "because", "more", "complexity", "complexity"]
    assert (first.status_code, first.json()["complexity"]) == (201, "complex")
    assert second.json() == first.json()
    assert (third.status_code, third.json()["code"]) == (409, "already_reclassified")
    assert "申请延期" in third.json()["detail"]
