"""Callbacks on a real PostgreSQL: owed with a result, tried, and what an answer leads to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine

from services.review import handlers
from services.review.handlers import Calling
from services.review.policy import CallbackRules, CallbackState, CalledBy, CaseState, Told
from services.review.repository import find_case
from services.review.repository.callbacks import callbacks_of
from services.review.tables import complaints
from shared.complaints import Complaint, keep_complaint
from shared.errors import Refused
from shared.events.dispatch import UnitListed
from shared.events.intake import CaseErased, ErasureGround
from shared.events.review import CallbackMade, CaseReopened, EvaluationInvited
from shared.security.actor import Actor, Role
from shared.security.caller import Caller
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, staff
from tests.integration.review.stories import (
    FIFTEEN_DAYS,
    NINE,
    NUMBER,
    RULES,
    TEN,
    answer,
    finished,
    give_key,
    known_case,
    last,
    names,
)
from tests.integration.review.test_supervision import HOUSE

pytestmark = pytest.mark.integration

UNIT, CENTRE = CalledBy.UNIT, CalledBy.CENTRE
OFFICER = replace(staff(Role.DISPOSAL_OFFICER), unit="scjgj")
REVIEWER = staff(Role.REVIEWER)
HOUR = timedelta(hours=1)
IN_VAIN = Told(reached=False)
SOLVED = Told(reached=True, solved=True, level=4)


def owed_case(db: Connection, rules: CallbackRules = RULES, **told: Any) -> UUID:
    """A case with a result of a unit of this node."""
    listed = {"unit_id": UUID(int=1), "code": "scjgj", "title": "县市场监督管理局", "region": NODE}
    handlers.hear_unit(db, UnitListed(**listed, occurred_at=NINE))
    case_id = known_case(db)
    result = finished(case_id).model_copy(update=told)
    handlers.invite(db, result, FIFTEEN_DAYS, rules)
    return case_id


def tried(
    db: Connection, case_id: UUID, told: Told, by: CalledBy = UNIT, hours: int = 1
) -> CallbackState:
    calling = Calling(case_id=case_id, by=by, told=told, note="打 13800006160，张三说好")
    actor: Actor = OFFICER if by is UNIT else REVIEWER
    caller = Caller(actor, NINE + hours * HOUR)
    return handlers.record_callback(db, calling, RULES, caller).state


def states(db: Connection, case_id: UUID) -> dict[tuple[int, str], str]:
    return {(one.round, one.by.value): one.state.value for one in callbacks_of(db, case_id)}


def refusal_of(act: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code, refused.value.field


def test_a_result_is_called_back_by_its_unit_and_by_the_centre(db: Connection) -> None:
    case_id = owed_case(db)

    owed = last(db, EvaluationInvited).callbacks
    assert [(each.by, each.unit_code) for each in owed] == [("unit", "scjgj"), ("centre", None)]
    assert states(db, case_id) == {(1, "unit"): "due", (1, "centre"): "due"}


@pytest.mark.parametrize("told", [{"joined": True}, {"unit_code": "341500"}])
def test_where_no_unit_of_ours_had_the_case_the_centre_calls_whatever_its_share(
    db: Connection, told: dict[str, Any]
) -> None:
    case_id = owed_case(db, CallbackRules(share=0), **told)

    assert states(db, case_id) == {(1, "centre"): "due"}


def test_who_was_reached_is_written_down_masked_and_said(db: Connection) -> None:
    case_id = owed_case(db)

    assert tried(db, case_id, SOLVED) is CallbackState.REACHED

    made = last(db, CallbackMade)
    assert (made.called_by, made.unit_code, made.reached, made.ended) == ("unit", "scjgj", 1, 1)
    assert (made.solved, made.level, made.truthful, made.tries) == (True, 4, None, 1)
    assert "13800006160" not in made.note_masked
    assert states(db, case_id) == {(1, "unit"): "reached", (1, "centre"): "due"}
    assert names(db) == ["evaluation_invited", "callback_made"]


def test_three_tries_in_vain_hours_apart_end_it(db: Connection) -> None:
    case_id = owed_case(db)

    first = tried(db, case_id, IN_VAIN, hours=1)
    soon = refusal_of(lambda: tried(db, case_id, IN_VAIN, hours=2))
    after = [tried(db, case_id, IN_VAIN, hours=hours) for hours in (5, 9)]
    late = refusal_of(lambda: tried(db, case_id, SOLVED, hours=14))

    assert (first, *after) == ("due", "due", "unreached")
    assert (soon[0], late[0]) == ("callback_too_soon", "callback_over")
    assert (last(db, CallbackMade).tries, last(db, CallbackMade).ended) == (3, True)


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (UNIT, Told(reached=True, solved=False, level=2)),
        (CENTRE, Told(reached=True, solved=True, truthful=False)),
    ],
    ids=["not solved", "not true"],
)
def test_what_does_not_hold_is_opened_again_and_calls_nobody_else(
    db: Connection, by: CalledBy, told: Told
) -> None:
    case_id = owed_case(db)

    tried(db, case_id, told, by)

    reopened = last(db, CaseReopened)
    other = CENTRE if by is UNIT else UNIT
    case = find_case(db, case_id)
    assert (reopened.round, case and case.state) == (2, CaseState.RATED)
    assert states(db, case_id) == {(1, by.value): "reached", (1, other.value): "dropped"}
    again = refusal_of(lambda: tried(db, case_id, SOLVED, other, hours=2))
    assert again[0] == "callback_over"
    handlers.invite(db, finished(case_id, 2), FIFTEEN_DAYS, CallbackRules(share=0))
    handlers.invite(db, finished(case_id, 2), FIFTEEN_DAYS, CallbackRules(share=0))
    assert states(db, case_id) | {(2, "unit"): "due", (2, "centre"): "due"} == states(db, case_id)


def test_a_case_that_closed_unanswered_is_called_back_all_the_same(db: Connection) -> None:
    case_id = owed_case(db)
    handlers.close_unanswered(db, NINE + FIFTEEN_DAYS + HOUR, 10)

    tried(db, case_id, Told(reached=True, solved=False), hours=24 * 16)

    assert last(db, CaseReopened).round == 2


def test_the_persons_own_word_ends_what_is_due(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    case_id = owed_case(db)

    handlers.rate(db, keys, answer(case_id))

    assert set(states(db, case_id).values()) == {"answered"}
    assert refusal_of(lambda: tried(db, case_id, SOLVED))[0] == "callback_over"


def test_nobody_calls_before_a_result_nor_of_a_case_that_complains_of_them(
    db: Connection,
) -> None:
    known, case_id = known_case(db), owed_case(db)
    keep_complaint(db, complaints, case_id, Complaint(units=frozenset({"scjgj"})))

    assert refusal_of(lambda: tried(db, known, SOLVED)) == ("no_callback_due", None)
    assert refusal_of(lambda: tried(db, uuid4(), SOLVED)) == ("unknown_case", "case_id")
    assert refusal_of(lambda: tried(db, case_id, SOLVED)) == ("unknown_case", "case_id")
    assert tried(db, case_id, SOLVED, CENTRE) is CallbackState.REACHED


def test_erasure_empties_the_words_and_drops_what_is_due(db: Connection) -> None:
    case_id = owed_case(db)
    tried(db, case_id, IN_VAIN)

    erased = CaseErased(
        case_id=case_id,
        occurred_at=TEN,
        number=NUMBER,
        order_id=uuid4(),
        ordered_by=NODE,
        ground=ErasureGround.REQUEST,
    )
    handlers.erase_case(db, erased, HOUSE)

    (unit, centre) = callbacks_of(db, case_id)
    assert (unit.note_masked, centre.note_masked) == (ERASED, "")
    assert {unit.state, centre.state} == {CallbackState.DROPPED}


def test_callbacks_are_written_down_through_the_door_by_whose_they_are(
    call: Call, unit: Unit, engine: Engine, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        case_id = owed_case(db)
    give_key(engine, keys, case_id)
    good = {"case_id": str(case_id), "reached": True, "solved": True, "level": 5}
    centre = {**good, "truthful": True, "note": "都办好了"}
    as_unit, as_centre = "/callbacks/unit", "/callbacks/centre"
    other = replace(OFFICER, unit="cgz")
    once = {"Idempotency-Key": "callback-0001"}

    refused = [
        call(who, "POST", path, json=good).status_code
        for who, path in ((other, as_unit), (REVIEWER, as_unit), (OFFICER, as_centre))
    ]
    bad = [
        call(OFFICER, "POST", as_unit, json={**good, **wrong}).json()["errors"][0]["field"]
        for wrong in ({"level": 9}, {"reached": "yes"}, {"by": "me"}, {"truthful": True})
    ]
    first = call(OFFICER, "POST", as_unit, json=good, headers=once)
    second = call(OFFICER, "POST", as_unit, json=good, headers=once)
    call(REVIEWER, "POST", as_centre, json=centre)
    shown = call(REVIEWER, "GET", f"/callbacks?case_id={case_id}").json()

    assert refused == [403, 403, 403]
    assert bad == ["level", "reached", "by", "truthful"]
    assert (first.status_code, first.json()["state"]) == (201, "reached")
    assert second.json() == first.json()
    assert [(one["by"], one["state"], one["truthful"]) for one in shown] == [
        ("unit", "reached", None),
        ("centre", "reached", True),
    ]
