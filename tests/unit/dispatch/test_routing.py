from dataclasses import replace

import pytest

from services.dispatch.policy import (
    ItemRule,
    Matter,
    PoolReason,
    Route,
    Rules,
    UnitRule,
    choose_unit,
)

MARKET = UnitRule("scjgj", "县市场监督管理局", active=True)
TOWN = UnitRule("cgz", "城关镇", active=True)
CENTRE = UnitRule("zwfw", "县政务服务中心", active=True)
CITY = UnitRule("city", "市政务服务中心", active=True)
GONE = UnitRule("gone", "已撤销的局", active=False)
RULES = Rules(
    units={unit.code: unit for unit in (MARKET, TOWN, CENTRE, CITY, GONE)},
    items={
        "licence": ItemRule("食品经营许可", "scjgj", active=True),
        "retired": ItemRule("旧事项", "scjgj", active=False, ended=True),
        "coming": ItemRule("明年的事项", "scjgj", active=False),
        "towns": ItemRule("镇里办的事项", None, active=True, owners={"341523100": "cgz"}),
        "split": ItemRule(
            "分区办的事项", "scjgj", active=True, owners={"3415": "zwfw", "341523100": "cgz"}
        ),
        "orphan": ItemRule("无主事项", "gone", active=True),
        "lost": ItemRule("查无单位", "never-listed", active=True),
    },
    places={"341523": "zwfw", "341523100": "cgz", "3415": "city", "341524": "gone"},
)


@pytest.mark.parametrize(
    ("item", "region", "unit", "route", "because"),
    [
        ("licence", "341523", MARKET, Route.ITEM, "食品经营许可"),
        ("licence", "341523100", MARKET, Route.ITEM, "食品经营许可"),
        (None, "341523", CENTRE, Route.PLACE, "341523"),
        (None, "341523100201", TOWN, Route.PLACE, "341523100"),
        (None, "341523200", CENTRE, Route.PLACE, "341523"),
        (None, "341502", CITY, Route.PLACE, "3415"),
        ("unheard-of", "341523", CENTRE, Route.PLACE, "341523"),
        ("coming", "341523", CENTRE, Route.PLACE, "341523"),
        ("towns", "341523100201", TOWN, Route.ITEM, "镇里办的事项"),
        ("towns", "341523200", CENTRE, Route.PLACE, "341523"),
        ("split", "341523100", TOWN, Route.ITEM, "分区办的事项"),
        ("split", "341523200", CENTRE, Route.ITEM, "分区办的事项"),
        ("split", "340100", MARKET, Route.ITEM, "分区办的事项"),
    ],
    ids=[
        "by item",
        "item before place",
        "by place",
        "by the nearest place",
        "a town without a rule falls to its county",
        "a county without a rule falls to its city",
        "an item nobody listed rules nothing",
        "an item that has not begun rules nothing",
        "the owner of the nearest region",
        "where nobody owns it the place rules",
        "the town before the city",
        "the city where the town has nobody",
        "outside of all regions the owner of everywhere else",
    ],
)
def test_a_rule_places_a_case(
    item: str | None, region: str, unit: UnitRule, route: Route, because: str
) -> None:
    decision = choose_unit(Matter(item, region, is_place_known=True), RULES)

    assert (decision.unit, decision.route, decision.reason) == (unit, route, None)
    assert decision.because == because


@pytest.mark.parametrize(
    ("item", "region", "known", "reason"),
    [
        (None, "350100", True, PoolReason.NO_RULE),
        (None, "999999", False, PoolReason.UNKNOWN_PLACE),
        (None, "somewhere", False, PoolReason.UNKNOWN_PLACE),
        (None, "341599", False, PoolReason.UNKNOWN_PLACE),
        ("orphan", "341523", True, PoolReason.UNIT_INACTIVE),
        ("lost", "341523", True, PoolReason.UNIT_INACTIVE),
        (None, "341524", True, PoolReason.UNIT_INACTIVE),
        ("retired", "341523", True, PoolReason.NO_RULE),
    ],
    ids=[
        "no rule reaches it",
        "a place nobody lists",
        "no code at all",
        "a slip of the pen does not fall to the city",
        "the item's owner is out of use, so the place does not inherit it",
        "the item's owner was never listed",
        "the place's unit is out of use, so the city does not inherit it",
        "an ended item without a successor",
    ],
)
def test_what_no_rule_places_waits_for_a_dispatcher(
    item: str | None, region: str, known: bool, reason: PoolReason
) -> None:
    decision = choose_unit(Matter(item, region, known), RULES)

    assert (decision.unit, decision.route, decision.reason) == (None, None, reason)


def test_a_place_nobody_lists_is_placed_by_a_rule_made_for_it() -> None:
    zone = replace(RULES, places={"341571": "zwfw", "3415": "city"})

    decision = choose_unit(Matter(None, "341571", is_place_known=False), zone)

    assert decision.unit == CENTRE


def test_an_ended_item_is_told_to_the_dispatcher() -> None:
    decision = choose_unit(Matter("retired", "341523", is_place_known=True), RULES)

    assert decision.because == "事项“旧事项”已停用，没有承接事项"


def test_a_slip_of_the_pen_does_not_fall_to_the_owner_of_the_city() -> None:
    decision = choose_unit(Matter("split", "341599", is_place_known=False), RULES)

    assert decision.unit == MARKET


def test_an_empty_catalogue_places_nothing() -> None:
    decision = choose_unit(Matter("licence", "341523", is_place_known=True), Rules())

    assert decision.reason is PoolReason.NO_RULE
