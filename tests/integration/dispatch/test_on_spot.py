"""A case that was answered while it was registered: every step of the long way, and no other's."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from services.dispatch import handlers
from services.dispatch.handlers import House
from services.dispatch.policy import CaseState, OrderState, Route
from services.dispatch.policy.authority import Grant
from services.dispatch.repository.authority import replace_grants
from services.dispatch.repository.cases import lock_case
from services.dispatch.repository.lessons import taught_by
from services.dispatch.repository.orders import Wanted, orders_like
from services.dispatch.tables import plumbing
from shared.errors import NotYet
from shared.events.dispatch import (
    CaseFinished,
    CasePooled,
    ContactLogged,
    OrderDispatched,
    OrderFinished,
)
from shared.events.dispatch import Route as SaidRoute
from shared.events.intake import CaseAccepted, CaseAnswered, ComplainedOf, UnitComplainedOf
from shared.events.sealed import Sealed
from shared.events.words import By, Channel, Complexity, Outcome
from shared.security.sealing import NodeKeys
from tests.integration.dispatch.stories import (
    CITY,
    DISPATCHER,
    HOUSE,
    NINE,
    NODE,
    accepted,
    fill_catalogue,
    last,
    names,
    retire_unit,
)

pytestmark = pytest.mark.integration

OFFICER = By(kind="staff", role="window_officer", unit="zwfw")
LONG_WAY = [
    "order_dispatched",
    "order_signed",
    "contact_logged",
    "order_finished",
    "case_finished",
]


def taken_down(**changed: Any) -> CaseAccepted:
    told = {"answered_by": "zwfw", "channel": Channel.HOTLINE, "demand": "help", "by": OFFICER}
    return accepted(**{**told, "complexity": Complexity.ON_SPOT, **changed})


def answered(case: CaseAccepted) -> CaseAnswered:
    return CaseAnswered(
        case_id=case.case_id,
        occurred_at=case.occurred_at,
        unit_code=case.answered_by or "",
        outcome=Outcome.EXPLAINED_LAW,
        answer=Sealed(key_id=UUID(int=1), field="answer", data="opaque"),
        answer_masked="补一份*就能办",
        legal_basis="《社会保险法》",
        account="li.window",
        by=OFFICER,
    )


def hear(db: Connection, keys: NodeKeys, case: CaseAccepted, house: House = HOUSE) -> None:
    handlers.route_cases(db, [case], NODE)
    handlers.answer_on_spot(db, keys, answered(case), house)


def test_the_unit_of_who_answered_takes_every_step(db: Connection, keys: NodeKeys) -> None:
    fill_catalogue(db)
    case = taken_down()

    hear(db, keys, case)

    assert names(db) == LONG_WAY
    given, finished = last(db, OrderDispatched), last(db, OrderFinished)
    assert (given.unit_code, given.route, given.by) == ("zwfw", SaidRoute.MANUAL, OFFICER)
    assert given.complexity is Complexity.ON_SPOT
    assert given.matter is not None
    assert given.matter.demand == "help"
    assert (last(db, ContactLogged).way, last(db, ContactLogged).reached) == ("phone", True)
    assert finished.answer == answered(case).answer
    assert (finished.answer_masked, finished.legal_basis) == ("补一份*就能办", "《社会保险法》")
    assert last(db, CaseFinished).outcome is Outcome.EXPLAINED_LAW
    assert {each.occurred_at for each in (given, finished)} == {NINE}


def test_the_audit_names_who_answered(db: Connection, keys: NodeKeys) -> None:
    fill_catalogue(db)

    hear(db, keys, taken_down())

    audit = plumbing.audit
    rows = db.execute(select(audit).where(audit.c.object_kind == "order")).all()
    assert {row.actor_id for row in rows} == {"li.window"}
    assert {row.action for row in rows} == {"order.sign", "order.contact", "order.finish"}


def test_heard_twice_it_is_finished_once(db: Connection, keys: NodeKeys) -> None:
    fill_catalogue(db)
    case = taken_down()
    hear(db, keys, case)

    handlers.answer_on_spot(db, keys, answered(case), HOUSE)

    assert names(db) == LONG_WAY


def test_an_answer_heard_before_its_case_waits_for_it(db: Connection, keys: NodeKeys) -> None:
    fill_catalogue(db)

    with pytest.raises(NotYet):
        handlers.answer_on_spot(db, keys, answered(taken_down()), HOUSE)


def test_killed_between_the_two_facts_the_case_waits_with_its_unit(db: Connection) -> None:
    fill_catalogue(db)
    case = taken_down()

    handlers.route_cases(db, [case], NODE)

    (order,) = orders_like(db, Wanted(case_id=case.case_id), 2)
    assert (order.unit_code, order.state) == ("zwfw", OrderState.DISPATCHED)
    assert order.route is Route.ON_SPOT


def test_what_the_law_gave_to_another_tier_waits_for_a_dispatcher(
    db: Connection, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    basis = "《食品安全法》第六条"
    replace_grants(
        db, [Grant(item_code="licence", tier="city", valid_from=NINE.date(), legal_basis=basis)]
    )
    case = taken_down()

    hear(db, keys, case)

    assert names(db) == ["case_pooled"]
    assert basis in last(db, CasePooled).because


@pytest.mark.parametrize(
    ("units", "to"), [(("zwfw",), None), (("scjgj",), "zwfw")], ids=["own", "of the item"]
)
def test_a_unit_that_is_complained_of_answers_nothing(
    db: Connection, keys: NodeKeys, units: tuple[str, ...], to: str | None
) -> None:
    fill_catalogue(db)
    told = [UnitComplainedOf(node=NODE, code=code, title=code) for code in units]
    case = taken_down(complained_of=ComplainedOf(units=tuple(told)))

    hear(db, keys, case)

    assert names(db) == (["case_pooled"] if to is None else LONG_WAY)


def test_what_a_unit_out_of_use_answered_goes_its_usual_way(
    db: Connection, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    retire_unit(db, "zwfw")
    case = taken_down()

    hear(db, keys, case)

    found = lock_case(db, case.case_id)
    assert found is not None
    assert (found.state, found.unit_code) == (CaseState.HELD, "scjgj")
    assert names(db) == ["order_dispatched"]


def test_a_case_that_is_offered_to_another_node_is_left_alone(
    db: Connection, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    case = taken_down()
    handlers.route_cases(db, [case], NODE)
    offering = handlers.Offering(case_id=case.case_id, to_node=CITY.code, because="涉及多个县区")
    caller = handlers.Caller(DISPATCHER, NINE)
    handlers.offer_hand_over(db, offering, caller, HOUSE)

    handlers.answer_on_spot(db, keys, answered(case), HOUSE)

    assert "order_finished" not in names(db)


def test_it_teaches_nothing_of_whose_such_cases_are(db: Connection, keys: NodeKeys) -> None:
    fill_catalogue(db)
    case = taken_down()

    hear(db, keys, case)

    assert not taught_by(db, [case.case_id])
