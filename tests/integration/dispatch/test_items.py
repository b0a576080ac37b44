"""The item catalogue: owners by region, an end that tells what becomes of who uses it, a file."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from services.dispatch import handlers
from services.dispatch.handlers import Caller, ItemListing
from services.dispatch.tables import catalogue_rules, catalogues, reference_items
from shared.clock import new_id
from shared.events.dispatch import CasePooled, ItemListed, OrderDispatched
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    DISPATCHER,
    NINE,
    NODE,
    TOWN_OFFICER,
    accepted,
    fill_catalogue,
    last,
    names,
)
from tests.integration.doorway import Call

pytestmark = pytest.mark.integration

LICENCE: dict[str, Any] = {"title": "食品经营许可", "kind": "licence", "unit_code": "scjgj"}
TOWN = f"{NODE}100"


@pytest.fixture
def filled(unit: Unit) -> Unit:
    with unit.begin() as work:
        fill_catalogue(work.db)
        work.speak()
    return unit


def put(call: Call, code: str, **changed: Any) -> Any:
    return call(ADMINISTRATOR, "PUT", f"/items/{code}", json={**LICENCE, **changed})


def route(unit: Unit, **changed: Any) -> str | None:
    """The unit that gets a case now, or why it waits."""
    with unit.begin() as work:
        handlers.route_cases(work.db, [accepted(**changed)])
        if "order_dispatched" in names(work.db):
            return str(last(work.db, OrderDispatched).unit_code)
        return str(last(work.db, CasePooled).because)


def rule_naming(unit: Unit, *items: str) -> None:
    with unit.begin() as work:
        catalogue_id = new_id()
        told = {"number": 1, "state": "signed", "opened_at": NINE, "live_from": NINE}
        work.db.execute(insert(catalogues).values(catalogue_id=catalogue_id, **told))
        rule = {"code": "R7", "title": "许可归窗口", "unit_code": "zwfw", "legal_basis": "三定"}
        work.db.execute(
            insert(catalogue_rules).values(
                rule_id=new_id(),
                catalogue_id=catalogue_id,
                position=1,
                conditions={"items": list(items)},
                **rule,
            )
        )


def test_the_owner_of_the_nearest_region_gets_the_case(call: Call, filled: Unit) -> None:
    answer = put(call, "licence", owners={f"{TOWN}000": "cgz", "3415": "zwfw"})

    assert answer.json()["changed"]
    assert not put(call, "licence", owners={"3415": "zwfw", TOWN: "cgz"}).json()["changed"]
    assert route(filled, region=TOWN) == "cgz"
    assert route(filled, region=f"{NODE}200") == "zwfw"
    assert route(filled, region="340102") == "scjgj"


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"unit_code": "nobody"}, "unit_code", "unknown_unit"),
        ({"owners": {NODE: "nobody"}}, "owners", "unknown_unit"),
        ({"owners": {NODE: "cgz", f"{NODE}000": "zwfw"}}, "owners", "region_twice"),
        ({"owners": {"neverland": "cgz"}}, "owners.neverland.[key]", "place_code"),
        ({"successor": "licence"}, "valid_until", "item_successor_without_end"),
        ({"valid_until": "2020-02-30"}, "valid_until", ""),
        ({"legal_basis": "长" * 501}, "legal_basis", ""),
    ],
)
def test_a_wrong_entry_is_refused_with_its_field(
    call: Call, filled: Unit, changed: dict[str, Any], field: str, code: str
) -> None:
    answer = put(call, "licence", **changed)

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert error["zh"]
    assert error["en"]
    assert code in (answer.json()["code"], error.get("code", code), "")


def test_an_item_in_use_ends_only_when_it_is_said_what_becomes_of_its_users(
    call: Call, filled: Unit
) -> None:
    assert route(filled) == "scjgj"
    rule_naming(filled, "licence")
    put(call, "permit", title="食品许可", unit_code="cgz")
    end = {"valid_until": "2029-12-31"}

    first = put(call, "licence", **end)
    assert (first.status_code, first.json()["code"]) == (409, "item_in_rules")
    assert "R7" in first.json()["detail"]
    second = put(call, "licence", **end, rules_lapse=True)
    assert (second.status_code, second.json()["code"]) == (409, "item_has_orders")
    assert put(call, "licence", **end, rules_lapse=True, orders_stay=True).status_code == 200
    assert put(call, "licence", **end, title="食品经营许可（旧）").status_code == 200

    followed = put(call, "licence", **end, successor="permit")
    assert followed.status_code == 200
    taken = put(call, "licence", **end)
    assert taken.json()["code"] == "item_in_rules"


def test_a_case_of_an_ended_item_goes_by_its_successor_or_waits(call: Call, filled: Unit) -> None:
    put(call, "permit", title="食品许可", unit_code="cgz")
    put(call, "licence", active=False, successor="permit")
    assert route(filled) == "cgz"

    put(call, "licence", active=False, orders_stay=True)
    assert route(filled) == "事项“食品经营许可”已停用，没有承接事项"


def test_the_card_shows_what_hangs_on_an_item(call: Call, filled: Unit) -> None:
    route(filled)
    rule_naming(filled, "licence", "other")
    with filled.begin() as work:
        told = {"node": "341500", "code": "C-1", "title": "许可（市）", "kind": "licence"}
        seen = {"active": True, "authority": [], "said_at": NINE, "version": 1}
        work.db.execute(insert(reference_items).values(**told, **seen, own_code="licence"))

    card = call(DISPATCHER, "GET", "/items/licence").json()

    assert card["rules"] == [{"code": "R7", "title": "许可归窗口"}]
    assert [each["code"] for each in card["neighbours"]] == ["C-1"]
    assert (card["open_orders"], card["unit_code"], card["authority"]) == (1, "scjgj", [])
    assert call(DISPATCHER, "GET", "/items/nothing").status_code == 404
    assert call(TOWN_OFFICER, "GET", "/items/licence").status_code == 403


def test_items_are_found_by_word_kind_owner_and_want_of_one(call: Call, filled: Unit) -> None:
    put(call, "town", title="镇里的事", kind="service", unit_code=None, owners={TOWN: "cgz"})
    put(call, "orphan", title="没人管的事", kind="service", unit_code=None)
    unit = {"title": "城关镇", "region": NODE, "active": False}

    def found(query: str) -> list[str]:
        page = call(DISPATCHER, "GET", f"/items?{query}").json()
        return [each["code"] for each in page["items"]]

    assert found("q=经营") == ["licence"]
    assert found("kind=service") == ["orphan", "town"]
    assert found("unit=cgz") == ["town"]
    assert found("ownerless=true") == ["orphan"]
    call(ADMINISTRATOR, "PUT", "/units/cgz", json=unit)
    assert found("ownerless=true") == ["orphan", "town"]
    assert call(DISPATCHER, "GET", "/items?q=%00").status_code == 422


def line(number: int, code: str, **more: Any) -> dict[str, Any]:
    return {"line": number, "cells": {"code": code, **LICENCE, **more}}


def test_a_file_is_looked_at_and_then_kept_whole_or_not_at_all(call: Call, filled: Unit) -> None:
    route(filled)
    lines = [
        line(2, "licence", valid_until="2029-12-31", successor="permit"),
        line(3, "permit", title="食品许可", legal_basis="《食品安全法》"),
    ]
    wrong = [
        *lines,
        line(4, "x", unit_code="nobody"),
        line(5, "y", complexity="huge"),
        line(6, "permit"),
    ]

    seen = call(ADMINISTRATOR, "POST", "/item-imports", json={"lines": lines}).json()
    assert [(each["line"], each["kind"]) for each in seen["changes"]] == [(2, "ended"), (3, "new")]
    refused = {"lines": wrong, "keep": True}
    told = call(ADMINISTRATOR, "POST", "/item-imports", json=refused).json()
    assert [(each["line"], each["field"]) for each in told["errors"]] == [
        (4, "unit_code"),
        (5, "complexity"),
        (6, "code"),
    ]
    assert call(DISPATCHER, "GET", "/items/permit").status_code == 404

    kept = call(ADMINISTRATOR, "POST", "/item-imports", json={"lines": lines, "keep": True})
    assert kept.json()["kept"]
    again = call(ADMINISTRATOR, "POST", "/item-imports", json={"lines": lines}).json()
    assert [each["kind"] for each in again["changes"]] == ["same", "same"]
    assert call(DISPATCHER, "POST", "/item-imports", json={"lines": lines}).status_code == 403


def test_what_changes_is_said_with_its_days(db: Connection) -> None:
    begins = date(2999, 1, 1)
    listing = ItemListing(code="coming", title="以后的事项", kind="service", valid_from=begins)

    handlers.list_item(db, listing, Caller(ADMINISTRATOR, NINE))

    told = last(db, ItemListed)
    assert (told.unit_code, told.valid_from, told.active) == ("", begins, True)
