import pytest
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.policy import CaseState, OrderState
from services.dispatch.repository.cases import lock_case
from shared.events.dispatch import CasePooled, OrderDispatched, PoolReason, Route
from tests.integration.dispatch.stories import (
    NINE,
    accepted,
    fill_catalogue,
    held_case,
    last,
    names,
    order_of,
    retire_unit,
)

pytestmark = pytest.mark.integration


def test_an_item_names_its_unit_at_the_moment_of_acceptance(db: Connection) -> None:
    fill_catalogue(db)

    order = held_case(db)

    fact = last(db, OrderDispatched)
    assert (order.unit_code, order.state) == ("scjgj", OrderState.DISPATCHED)
    assert (fact.order_id, fact.round, fact.route) == (order.order_id, 1, Route.ITEM)
    assert (fact.occurred_at, fact.by.kind) == (NINE, "system")
    assert fact.because == "按事项派单：“食品经营许可”由该单位负责"


def test_without_an_item_the_place_decides(db: Connection) -> None:
    fill_catalogue(db)

    order = held_case(db, item_code=None)

    assert order.unit_code == "cgz"
    assert last(db, OrderDispatched).because == "按办理地派单：安徽省六安市舒城县（341523）"


def test_a_village_is_reached_by_the_rule_of_its_county(db: Connection) -> None:
    fill_catalogue(db)

    assert held_case(db, item_code=None, region="341523100201").unit_code == "cgz"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"item_code": None, "region": "350100"}, PoolReason.NO_RULE),
        ({"item_code": None, "region": "999999"}, PoolReason.UNKNOWN_PLACE),
        ({"item_code": "licence"}, PoolReason.UNIT_INACTIVE),
    ],
    ids=["no rule", "unknown place", "unit out of use"],
)
def test_what_no_rule_places_waits_in_the_pool(
    db: Connection, changed: dict[str, str | None], reason: PoolReason
) -> None:
    fill_catalogue(db)
    retire_unit(db, "scjgj")
    event = accepted(**changed)

    handlers.route_cases(db, [event])

    case = lock_case(db, event.case_id)
    assert case is not None
    assert case.state is CaseState.POOLED
    assert (last(db, CasePooled).reason, last(db, CasePooled).occurred_at) == (reason, NINE)


def test_an_empty_node_pools_everything(db: Connection) -> None:
    handlers.route_cases(db, [accepted()])

    assert names(db) == ["case_pooled"]


def test_a_repeated_acceptance_changes_nothing(db: Connection) -> None:
    fill_catalogue(db)
    event = accepted()
    handlers.route_cases(db, [event])
    first = order_of(db, event.case_id)

    handlers.route_cases(db, [event.model_copy(update={"item_code": None})])

    assert order_of(db, event.case_id) == first
    assert names(db) == ["order_dispatched"]
