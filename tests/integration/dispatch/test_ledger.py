"""What the door tells of the ledgers of custody: who may read it, and of which cases."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.dispatch.repository.ledger import Difference, clear_differences, keep_differences
from services.dispatch.tables import complaints
from shared.clock import new_id
from shared.complaints import Complaint, keep_complaint
from shared.security.actor import Role
from shared.unit import Unit
from tests.integration.dispatch.stories import NINE
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration

PEER = "341500"
SUPERVISOR = staff(Role.SUPERVISOR, unit="scjgj")


def found(case_id: UUID, **more: Any) -> Difference:
    told: dict[str, Any] = {
        "peer": PEER,
        "case_id": case_id,
        "number": f"BCS-{case_id.int % 1000}",
        "differs": ["epoch"],
        "epoch_here": 7,
        "epoch_there": 1,
        "holder_here": PEER,
        "holder_there": PEER,
        "found_at": NINE,
    }
    return Difference(**{**told, **more})


def ledger(call: Call) -> dict[str, Any]:
    """What a supervisor reads of the ledger shared with the neighbour."""
    told = call(SUPERVISOR, "GET", "/custody").json()
    return next(one for one in told if one["peer"] == PEER)


def numbers(told: dict[str, Any]) -> list[str]:
    return [one["number"] for one in told["differences"]]


def test_an_entry_that_differs_is_listed_until_it_is_cleared(unit: Unit, call: Call) -> None:
    first, second = found(new_id()), found(new_id())
    with unit.transaction() as db:
        keep_differences(db, [first, second])
        keep_differences(db, [found(first.case_id, found_at=NINE + timedelta(days=1))])
        clear_differences(db, PEER, NINE, [second.case_id])

    told = ledger(call)

    assert (told["peer"], told["count"], numbers(told)) == (PEER, 1, [first.number])
    assert told["differences"][0]["found_at"] == NINE.isoformat().replace("+00:00", "Z")
    assert call(staff(Role.WINDOW_OFFICER), "GET", "/custody").status_code == 403


def test_what_differs_again_was_found_when_it_came_back(unit: Unit, call: Call) -> None:
    one, later = found(new_id()), NINE + timedelta(days=1)
    with unit.transaction() as db:
        keep_differences(db, [one])
        clear_differences(db, PEER, later)
        keep_differences(db, [found(one.case_id, found_at=later)])

    told = ledger(call)

    assert told["differences"][0]["found_at"] == later.isoformat().replace("+00:00", "Z")


def test_no_entry_of_a_case_is_told_to_whom_it_complains_of(unit: Unit, call: Call) -> None:
    theirs, another = found(new_id()), found(new_id())
    with unit.transaction() as db:
        keep_differences(db, [theirs, another])
        keep_complaint(db, complaints, theirs.case_id, Complaint(frozenset({"scjgj"})))

    told = ledger(call)

    assert (told["count"], numbers(told)) == (2, [another.number])
