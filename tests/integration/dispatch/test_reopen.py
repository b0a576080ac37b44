import pytest
from sqlalchemy import Connection, Engine

from services.dispatch import handlers
from services.dispatch.handlers import Placement
from services.dispatch.policy import CaseState, OrderState
from services.dispatch.repository.cases import lock_case
from shared.errors import NotYet
from shared.events.dispatch import CasePooled, OrderDispatched, PoolReason, Route
from shared.security.sealing import NodeKeys
from tests.integration.dispatch.stories import (
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    TEN,
    accepted,
    at_ten,
    fill_catalogue,
    give_key,
    giving_back,
    held_case,
    last,
    names,
    order_of,
    reopened,
    retire_unit,
    worked,
)

pytestmark = pytest.mark.integration


def test_the_unit_of_the_last_result_gets_the_new_round(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    worked(db, keys, order)

    handlers.reopen_case(db, reopened(order.case_id), HOUSE)

    again, fact = order_of(db, order.case_id), last(db, OrderDispatched)
    assert (again.round, again.unit_code, again.state) == (2, "scjgj", OrderState.DISPATCHED)
    assert (fact.route, fact.round, fact.occurred_at) == (Route.REOPENED, 2, TEN)
    assert fact.because == "反映人评价时表示问题没有解决；由上一轮办理单位继续负责"


def test_who_finished_is_asked_again_not_who_gave_it_back(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    handlers.return_order(db, giving_back(order.order_id), at_ten(MARKET_OFFICER))
    placement = Placement(order.case_id, "cgz", "属地")
    worked(db, keys, handlers.dispatch_manually(db, placement, at_ten(DISPATCHER)))

    handlers.reopen_case(db, reopened(order.case_id), HOUSE)

    assert order_of(db, order.case_id).unit_code == "cgz"


def test_a_round_can_follow_a_round(db: Connection, engine: Engine, keys: NodeKeys) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    for round_ in (2, 3):
        worked(db, keys, order_of(db, order.case_id))
        handlers.reopen_case(db, reopened(order.case_id, round_), HOUSE)

    assert order_of(db, order.case_id).round == 3


def test_a_unit_out_of_use_is_not_given_a_new_round(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    worked(db, keys, order)
    retire_unit(db, "scjgj")

    handlers.reopen_case(db, reopened(order.case_id), HOUSE)

    case = lock_case(db, order.case_id)
    assert case is not None
    assert (case.state, case.round) == (CaseState.POOLED, 2)
    assert last(db, CasePooled).reason is PoolReason.UNIT_INACTIVE


def test_a_reopening_waits_for_the_case(db: Connection) -> None:
    with pytest.raises(NotYet):
        handlers.reopen_case(db, reopened(accepted().case_id), HOUSE)


def test_a_reopening_waits_for_the_result_of_the_round_before(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)

    with pytest.raises(NotYet):
        handlers.reopen_case(db, reopened(order.case_id), HOUSE)

    assert order_of(db, order.case_id) == order


def test_a_reopening_does_not_skip_a_round(db: Connection, engine: Engine, keys: NodeKeys) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    worked(db, keys, order)

    with pytest.raises(NotYet):
        handlers.reopen_case(db, reopened(order.case_id, 3), HOUSE)


def test_a_repeated_reopening_changes_nothing(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    worked(db, keys, order)
    handlers.reopen_case(db, reopened(order.case_id), HOUSE)
    second = worked(db, keys, order_of(db, order.case_id))
    spoken = names(db)

    handlers.reopen_case(db, reopened(order.case_id), HOUSE)

    assert order_of(db, order.case_id) == second
    assert names(db) == spoken
