"""A case is found to be more work, or less: its clocks are counted anew from where they began."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.sla import api, handlers, policy
from services.sla.handlers.reclassify import foreseen
from services.sla.policy import ClockKind, Limit, LimitKind, LimitRow, When
from services.sla.repository import cases_of
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing, terms
from shared.events.dispatch import (
    CaseReclassified,
    ComplexityHeard,
    ExtensionDecided,
    MaterialsAsked,
)
from shared.events.sla import Allowance, DueDateMoved, LampChanged
from shared.events.words import By, Complexity
from shared.outbox import said
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, calling, door_to, staff
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    PROMISE,
    accepted,
    clocks,
    dispatched,
    finished,
    of_order,
)
from tests.integration.sla.test_limit_sets import signed

pytestmark = pytest.mark.integration

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CITIZEN, RESOLVE, CONTACT = ClockKind.CITIZEN, ClockKind.RESOLVE, ClockKind.CONTACT
CLOSING = MONDAY_TEN + 7 * HOUR
"""17:00 on that Monday."""
TUESDAY = MONDAY_TEN + DAY


def anew(complexity: Complexity = Complexity.COMPLEX, at: datetime = TUESDAY) -> CaseReclassified:
    facts = {"case_id": CASE, "occurred_at": at, "because": "涉及三个部门", "by": By(kind="staff")}
    return CaseReclassified(**facts, complexity=complexity, before=Complexity.ORDINARY)


def begin(db: Connection) -> None:
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)


def moved(db: Connection) -> dict[str, DueDateMoved]:
    return {each.kind_told: each for each in said(db) if isinstance(each, DueDateMoved)}


def due(db: Connection, kind: ClockKind) -> datetime:
    return clocks(db)[kind].due_at


def foreseen_by(db: Connection, complexity: Complexity) -> dict[ClockKind, tuple[datetime, bool]]:
    """Where the limits would lie, and whether the old one stays."""
    wanted = policy.Complexity(complexity)
    found = foreseen(db, CASE, wanted, PROMISE, TUESDAY)
    return {clock.kind: (move.due.at, move.stays) for clock, move in found}


def test_more_work_moves_the_promise_and_the_unit_from_where_they_began(db: Connection) -> None:
    begin(db)
    before = foreseen_by(db, Complexity.COMPLEX)
    handlers.reclassify(db, anew(), PROMISE)

    assert before == {kind: (due(db, kind), False) for kind in (CITIZEN, RESOLVE, CONTACT)}
    assert foreseen_by(db, Complexity.SIMPLE) == {}
    assert (due(db, CITIZEN), due(db, RESOLVE)) == (CLOSING + 7 * DAY, CLOSING + 7 * DAY)
    assert due(db, CONTACT) == CLOSING + DAY
    told = moved(db)
    assert set(told) == {"citizen", "resolve"}
    assert (told["citizen"].due_before, told["citizen"].complexity) == (
        CLOSING + 3 * DAY,
        "complex",
    )
    assert (told["citizen"].reason, told["citizen"].would_be_at) == ("limits", None)
    assert clocks(db)[CITIZEN].complexity == "complex"


def test_less_work_brings_it_earlier_and_the_lamp_with_it(db: Connection) -> None:
    begin(db)
    handlers.reclassify(db, anew(Complexity.SIMPLE, MONDAY_TEN + HOUR), PROMISE)

    assert due(db, CITIZEN) == CLOSING
    lamps = [each for each in said(db) if isinstance(each, LampChanged)]
    assert {(each.kind_told, each.lamp) for each in lamps} == {
        ("citizen", "yellow"),
        ("resolve", "yellow"),
    }


def test_a_limit_that_would_be_over_already_is_put_on_nobody_and_said(db: Connection) -> None:
    begin(db)
    assert foreseen_by(db, Complexity.SIMPLE)[CITIZEN] == (CLOSING, True)
    handlers.reclassify(db, anew(Complexity.SIMPLE), PROMISE)

    told = moved(db)["citizen"]
    assert due(db, CITIZEN) == told.due_at == told.due_before == CLOSING + 3 * DAY
    assert told.would_be_at == CLOSING
    assert clocks(db)[CITIZEN].complexity == "ordinary"


def test_told_again_or_otherwise_it_does_nothing_more(db: Connection) -> None:
    begin(db)
    handlers.reclassify(db, anew(), PROMISE)
    before = len(said(db))

    heard = {"case_id": CASE, "occurred_at": TUESDAY, "before": Complexity.ORDINARY}
    for event in (
        anew(),
        ComplexityHeard(**heard, complexity=Complexity.COMPLEX),
        anew(Complexity.SIMPLE, MONDAY_TEN + HOUR),
    ):
        handlers.reclassify(db, event, PROMISE)

    assert len(said(db)) == before


def test_heard_before_its_clocks_it_decides_how_they_begin(db: Connection) -> None:
    handlers.reclassify(db, anew(at=MONDAY_TEN), PROMISE)
    begin(db)

    assert (due(db, CITIZEN), due(db, RESOLVE)) == (CLOSING + 7 * DAY, CLOSING + 7 * DAY)
    assert moved(db) == {}


def test_what_was_granted_and_what_rests_is_counted_again(db: Connection) -> None:
    begin(db)
    granted = of_order(
        ExtensionDecided,
        MONDAY_TEN + HOUR,
        extension_id=uuid4(),
        granted=True,
        days=2,
        because="x",
    )
    handlers.extend(db, granted, PROMISE)
    asked = of_order(
        MaterialsAsked,
        MONDAY_TEN + 2 * HOUR,
        request_id=uuid4(),
        round=1,
        materials_masked="户口本",
        answer_by=MONDAY_TEN + 9 * DAY,
    )
    handlers.pause(db, asked, PROMISE)

    handlers.reclassify(db, anew(), PROMISE)

    clock = clocks(db)[RESOLVE]
    assert clock.due_at == CLOSING + 9 * DAY  # five working days and two more
    assert clock.paused_at == MONDAY_TEN + 2 * HOUR
    assert [each["rule"] for each in clock.steps][-1] == "extended"


def test_what_has_stopped_stays_as_it_ended(db: Connection) -> None:
    begin(db)
    handlers.meet_promise(db, finished(MONDAY_TEN + HOUR), PROMISE)
    handlers.reclassify(db, anew(), PROMISE)

    assert (due(db, CITIZEN), clocks(db)[CITIZEN].complexity) == (CLOSING + 3 * DAY, "ordinary")


def test_another_row_says_until_when_is_signed_and_how_far_is_extended(db: Connection) -> None:
    hard = When(complexity="complex")
    signed(
        db,
        LimitRow(code="L004", kind=LimitKind.RESOLVE, limit=Limit(9), when=hard, extensions=3),
        LimitRow(code="L031", kind=LimitKind.SIGN, limit=Limit(2), when=hard),
    )
    begin(db)
    handlers.reclassify(db, anew(), PROMISE)

    assert db.scalar(select(terms.c.due_at)) == CLOSING + 2 * DAY
    resolving = [each for each in said(db) if isinstance(each, DueDateMoved)]
    told = [(each.allowance, each.sign_by) for each in resolving if each.kind_told == "resolve"]
    assert told == [(None, CLOSING + 2 * DAY), (Allowance(most=3), None)]


def test_the_trace_says_why_and_that_of_a_stayed_limit_does_not(
    service_database: Callable[..., Engine], tmp_path: Path
) -> None:
    unit = Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)
    keys = NodeKeys.create(tmp_path / "node.json")
    call = calling(api.router, door_to(unit, keys, Settings(), lambda: TUESDAY))
    with unit.transaction() as db:
        begin(db)
        handlers.reclassify(db, anew(), PROMISE)
        assert cases_of(db, [CASE])[CASE].complexity_before == "ordinary"

    shown: list[dict[str, Any]] = call(
        staff(Role.DISPATCHER), "GET", f"/clocks?case_id={CASE}"
    ).json()

    citizen = next(each for each in shown if each["kind"] == "citizen")
    assert citizen["trace"][0]["zh"] == "原定为普通件，后来核定为复杂件，从开始的时候重新算起"
    assert "数满 5" in citizen["trace"][2]["zh"] or "数满 5" in citizen["trace"][3]["zh"]
