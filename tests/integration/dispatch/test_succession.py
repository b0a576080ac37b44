"""Units end: what is new goes to their successors, what is open is moved by an act."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, select

from services.dispatch import handlers
from services.dispatch.handlers import Caller, Moved, Placement, UnitListing
from services.dispatch.policy import OrderState, Route, UnitKind
from services.dispatch.repository.authority import replace_grants
from services.dispatch.repository.catalogue import units_in_use
from services.dispatch.repository.disputes import returns_of_round
from services.dispatch.repository.orders import change_order, find_order
from services.dispatch.repository.simulations import history_of
from services.dispatch.repository.succession import ended_units
from services.dispatch.tables import cases, plumbing
from shared.errors import Refused
from shared.events.dispatch import (
    CasePooled,
    OrderDispatched,
    OrderReturned,
    PoolReason,
    ReturnGround,
)
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NINE,
    NODE,
    TEN,
    accepted,
    at_ten,
    fill_catalogue,
    give_key,
    held_case,
    last,
    names,
    order_of,
    reopened,
    worked,
)
from tests.integration.dispatch.test_authority import grant
from tests.integration.dispatch.test_conflict import against
from tests.integration.dispatch.test_life import RULES, asked, pleading
from tests.integration.doorway import Call

pytestmark = pytest.mark.integration

WHOSE = "按权限表，这个事项由县级办理（皖政〔2029〕1号），建议转办"
LONG_AGO = date(2001, 12, 31)
OLD = UnitListing(code="scjgj", title="县市场监督管理局", region=NODE, parent="zwfw")


@pytest.fixture
def told(db: Connection) -> Connection:
    fill_catalogue(db)
    listing = UnitListing(code="zhj", title="县综合监管局", region=NODE, parent="zwfw")
    handlers.list_unit(db, listing, Caller(ADMINISTRATOR, NINE))
    return db


def end_market(db: Connection, *successors: str) -> None:
    ended = replace(OLD, valid_until=LONG_AGO, successors=successors)
    handlers.list_unit(db, ended, Caller(ADMINISTRATOR, NINE))
    db.info.clear()


def test_a_rule_of_an_ended_unit_leads_to_its_successor_and_says_so(told: Connection) -> None:
    end_market(told, "zhj")

    order = held_case(told)

    assert (order.unit_code, order.route) == ("zhj", Route.ITEM)
    assert "“县市场监督管理局”已停用，由“县综合监管局”承接" in order.because


def test_a_place_told_by_its_abolished_code_goes_where_it_is_today(told: Connection) -> None:
    order = held_case(told, item_code=None, region="342425")

    assert (order.unit_code, order.route) == ("cgz", Route.PLACE)
    assert "安徽省六安市舒城县（341523）" in order.because


def test_of_two_successors_a_person_chooses(told: Connection) -> None:
    end_market(told, "zhj", "cgz")
    event = accepted()

    handlers.route_cases(told, [event])

    row = told.execute(select(cases).where(cases.c.case_id == event.case_id)).one()
    assert (row.state, row.pool_reason) == ("pooled", "unit_inactive")


def test_what_is_sent_by_hand_to_an_ended_unit_goes_to_its_successor(told: Connection) -> None:
    end_market(told, "zhj")
    event = accepted(item_code=None, region="350100")
    handlers.route_cases(told, [event])

    order = handlers.dispatch_manually(
        told, Placement(event.case_id, "scjgj", "属于该局"), at_ten(DISPATCHER)
    )

    assert order.unit_code == "zhj"
    assert order.because == "属于该局；“县市场监督管理局”已停用，由“县综合监管局”承接"


def test_a_reopened_case_goes_to_the_successor(
    told: Connection, engine: Engine, keys: NodeKeys
) -> None:
    order = held_case(told)
    give_key(engine, keys, order.case_id)
    worked(told, keys, order)
    end_market(told, "zhj")

    handlers.reopen_case(told, reopened(order.case_id), HOUSE)

    again = order_of(told, order.case_id)
    assert (again.unit_code, again.round) == ("zhj", 2)
    assert again.because.endswith("由“县综合监管局”承接")


def test_a_new_name_does_not_end_a_conflict(told: Connection) -> None:
    end_market(told, "zhj")

    order = held_case(told, complained_of=against("scjgj"))

    assert (order.unit_code, order.route) == ("zwfw", Route.DETOUR)


def test_open_orders_of_an_ended_unit_are_moved_by_an_act(told: Connection) -> None:
    order = held_case(told)
    hidden = held_case(told, complained_of=against("cgz"))
    handlers.sign(told, order.order_id, at_ten(MARKET_OFFICER))
    end_market(told, "zhj")
    assert [(one.code, one.open_orders) for one in ended_units(told, DISPATCHER)] == [("scjgj", 2)]

    moved = handlers.move_orders(
        told, "scjgj", "舒编〔2030〕1号，经办 13800006160", at_ten(DISPATCHER)
    )

    assert moved == Moved(given=2)
    assert {order_of(told, one.case_id).unit_code for one in (order, hidden)} == {"zhj"}
    before = find_order(told, order.order_id)
    assert before is not None
    assert (before.state, before.return_ground) == (OrderState.RETURNED, None)
    assert last(told, OrderReturned).ground is ReturnGround.NOT_OUR_DUTY
    assert returns_of_round(told, order.case_id, 1) == []
    assert history_of(told, NINE, TEN)["scjgj"].returned == 0
    assert "13800006160" not in (before.legal_basis or "")
    assert ended_units(told, DISPATCHER) == []
    actions = told.scalars(select(plumbing.audit.c.action)).all()
    assert actions.count("order.return") == 2


def test_what_a_moved_order_left_open_ends_and_what_was_decided_stays(told: Connection) -> None:
    order = held_case(told)
    officer = at_ten(MARKET_OFFICER)
    handlers.sign(told, order.order_id, officer)
    handlers.ask_materials(told, asked(order.order_id), officer)
    handlers.ask_extension(told, pleading(order.order_id), RULES, officer)
    change_order(told, order, route=Route.ARBITRATED)
    end_market(told, "zhj")

    handlers.move_orders(told, "scjgj", "撤并", at_ten(DISPATCHER))

    assert names(told)[-4:] == [
        "materials_received",
        "extension_decided",
        "order_returned",
        "order_dispatched",
    ]
    assert order_of(told, order.case_id).route is Route.ARBITRATED
    sent = last(told, OrderDispatched)
    assert (sent.route, sent.arbitrated) == ("manual", True)


def test_an_heir_of_a_tier_below_needs_a_standing_of_its_own(told: Connection) -> None:
    town = UnitListing(code="zhj", title="城关镇综合执法队", region="341523101000")
    handlers.list_unit(told, town, Caller(ADMINISTRATOR, NINE))
    held_case(told)
    end_market(told, "zhj")
    replace_grants(told, [grant("county")])

    assert handlers.move_orders(told, "scjgj", "下放", at_ten(DISPATCHER)) == Moved(pooled=1)
    pooled = last(told, CasePooled)
    assert (pooled.reason, pooled.because) == (PoolReason.NO_RULE, WHOSE)
    handlers.route_cases(told, [accepted()], NODE)
    assert last(told, CasePooled).because == WHOSE
    replace_grants(told, [grant("county"), grant("township")])
    handlers.route_cases(told, [accepted()], NODE)
    assert last(told, OrderDispatched).unit_code == "zhj"


def test_a_rule_may_name_an_ended_unit_only_where_another_took_over(told: Connection) -> None:
    water = UnitListing(code="water", title="自来水公司", region=NODE, kind=UnitKind.OUTSIDE)
    handlers.list_unit(told, water, Caller(ADMINISTRATOR, NINE))
    assert units_in_use(told)["scjgj"]

    end_market(told)
    without = units_in_use(told)
    end_market(told, "zhj")

    assert (without["scjgj"], without["water"], without["zhj"]) == (False, False, True)
    assert units_in_use(told)["scjgj"]


def test_without_a_successor_they_go_to_the_pool(told: Connection) -> None:
    order = held_case(told)
    end_market(told)

    assert handlers.move_orders(told, "scjgj", "撤销", at_ten(DISPATCHER)) == Moved(pooled=1)

    pooled = last(told, CasePooled)
    assert (pooled.case_id, pooled.reason) == (order.case_id, PoolReason.UNIT_INACTIVE)


def test_a_unit_in_use_keeps_its_orders(told: Connection) -> None:
    held_case(told)

    with pytest.raises(Refused, match="unit_in_use"):
        handlers.move_orders(told, "scjgj", "撤销", at_ten(DISPATCHER))


def test_an_outside_party_gets_no_order_and_owns_nothing(told: Connection) -> None:
    water = UnitListing(code="water", title="自来水公司", region=NODE, kind=UnitKind.OUTSIDE)
    handlers.list_unit(told, water, Caller(ADMINISTRATOR, NINE))
    event = accepted(item_code=None, region="350100")
    handlers.route_cases(told, [event])

    placement = Placement(event.case_id, "water", "停水")
    with pytest.raises(Refused, match="unit_outside"):
        handlers.dispatch_manually(told, placement, at_ten(DISPATCHER))
    with pytest.raises(Refused, match="unit_outside"):
        handlers.list_place(told, NODE, "water", Caller(ADMINISTRATOR, NINE))


def test_the_door_lists_moves_and_names_the_wrong_field(call: Call, unit: Unit) -> None:
    with unit.begin() as work:
        fill_catalogue(work.db)
        handlers.route_cases(work.db, [accepted()])
    body = {"title": "县市场监督管理局", "region": NODE, "parent": "zwfw"}

    wrong = call(
        ADMINISTRATOR,
        "PUT",
        "/units/scjgj",
        json=body | {"valid_until": "2001-12-31", "successors": ["scjgj"]},
    )
    vertical = call(ADMINISTRATOR, "PUT", "/units/tax", json=body | {"kind": "vertical"})
    ended = call(
        ADMINISTRATOR,
        "PUT",
        "/units/scjgj",
        json=body | {"valid_until": "2001-12-31", "successors": ["cgz"]},
    )

    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "successors")
    assert vertical.json()["errors"][0]["field"] == "supervised_by"
    assert ended.status_code == 200
    listed = call(DISPATCHER, "GET", "/ended-units").json()
    assert [(one["code"], one["open_orders"]) for one in listed] == [("scjgj", 1)]
    assert call(MARKET_OFFICER, "GET", "/ended-units").status_code == 403
    assert (
        call(MARKET_OFFICER, "POST", "/ended-units/scjgj/move", json={"because": "a"}).status_code
        == 403
    )
    moved = call(DISPATCHER, "POST", "/ended-units/scjgj/move", json={"because": "机构改革"})
    assert moved.json() == {"given": 1, "pooled": 0, "left": 0}
