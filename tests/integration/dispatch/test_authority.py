"""The authority table: imported whole or not at all, used to route, to refuse and to advise."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.handlers import House, Offering, Placement, UnitListing
from services.dispatch.policy.authority import Grant
from services.dispatch.repository.authority import all_grants, replace_grants
from shared.errors import Refused
from shared.events.dispatch import CasePooled
from shared.neighbours import Neighbour, Relation
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    DISPATCHER,
    MARKET_OFFICER,
    NINE,
    NODE,
    accepted,
    at_ten,
    fill_catalogue,
    held_case,
    last,
)
from tests.integration.doorway import Call
from tests.unit.dispatch.test_authority import GOOD, as_csv

pytestmark = pytest.mark.integration

TOWN = Neighbour("341523101", "城关镇", "township", Relation.BELOW)
HOUSE = House(NODE, {TOWN.code: TOWN})


def grant(tier: str, region: str = "") -> Grant:
    return Grant(
        item_code="licence",
        tier=tier,
        region=region,
        valid_from=date(2029, 1, 1),
        legal_basis="皖政〔2029〕1号",
    )


def test_what_is_another_tiers_waits_with_its_ground(db: Connection) -> None:
    fill_catalogue(db)
    replace_grants(db, [grant("city")])

    handlers.route_cases(db, [accepted()], NODE)

    pooled = last(db, CasePooled)
    assert pooled.reason == "no_rule"
    assert pooled.because == "按权限表，这个事项由市级办理（皖政〔2029〕1号），建议转办"


def test_what_is_not_delegated_goes_to_no_tier_below(db: Connection) -> None:
    fill_catalogue(db)
    replace_grants(db, [grant("county")])
    case = held_case(db)
    down = Offering(case_id=case.case_id, to_node=TOWN.code, because="属地")

    with pytest.raises(Refused) as refused:
        handlers.offer_hand_over(db, down, at_ten(DISPATCHER), HOUSE)

    assert (refused.value.code, refused.value.field) == ("not_delegated", "to_node")
    assert refused.value.detail == "县级办理（皖政〔2029〕1号）"
    replace_grants(db, [grant("county"), grant("township", "341523102")])
    with pytest.raises(Refused, match="341523102"):
        handlers.offer_hand_over(db, down, at_ten(DISPATCHER), HOUSE)
    replace_grants(db, [grant("county"), grant("township", TOWN.code)])
    handlers.offer_hand_over(db, down, at_ten(DISPATCHER), HOUSE)


def test_neither_does_a_dispatcher_give_it_to_a_town_by_hand(db: Connection) -> None:
    fill_catalogue(db)
    town = UnitListing(code="town", title="城关镇政府", region="341523101000")
    handlers.list_unit(db, town, handlers.Caller(ADMINISTRATOR, NINE))
    replace_grants(db, [grant("county")])
    event = accepted()
    handlers.list_unit(
        db,
        UnitListing(code="scjgj", title="市场局", region=NODE, active=False),
        handlers.Caller(ADMINISTRATOR, NINE),
    )
    handlers.route_cases(db, [event], NODE)

    with pytest.raises(Refused) as refused:
        handlers.dispatch_manually(
            db, Placement(event.case_id, "town", "属地"), at_ten(DISPATCHER)
        )

    assert (refused.value.code, refused.value.field) == ("not_delegated", "unit_code")
    handlers.dispatch_manually(db, Placement(event.case_id, "cgz", "本级"), at_ten(DISPATCHER))


def sent(data: bytes, **fields: str) -> dict[str, Any]:
    return {"files": {"file": ("table.csv", data)}, "data": fields}


def test_a_sheet_is_looked_at_first_and_then_becomes_the_table(unit: Unit, call: Call) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
    sheet = as_csv(GOOD)

    looked = call(ADMINISTRATOR, "POST", "/authority/imports", **sent(sheet)).json()
    empty = call(DISPATCHER, "GET", "/authority").json()
    done = call(ADMINISTRATOR, "POST", "/authority/imports", **sent(sheet, apply="yes")).json()
    again = call(ADMINISTRATOR, "POST", "/authority/imports", **sent(as_csv(), apply="no"))

    assert (looked["applied"], looked["counts"]["added"], empty["items"]) == (False, 1, [])
    assert (done["applied"], done["counts"]["added"]) == (True, 1)
    assert again.json()["counts"] == {"added": 0, "removed": 1, "changed": 0, "same": 0}
    (row,) = call(DISPATCHER, "GET", "/authority").json()["items"]
    assert (row["item_code"], row["tier"], row["region"]) == ("licence", "county", NODE)


def test_with_one_wrong_line_nothing_is_imported(unit: Unit, call: Call) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
    sheet = as_csv(GOOD, ("gone", "县", "", "2029-01-01", "", "依据"))

    looked = call(ADMINISTRATOR, "POST", "/authority/imports", **sent(sheet)).json()
    done = call(ADMINISTRATOR, "POST", "/authority/imports", **sent(sheet, apply="yes"))

    assert [(one["line"], one["code"]) for one in looked["errors"]] == [(3, "unknown_item")]
    assert (done.status_code, done.json()["code"]) == (422, "sheet_not_clean")
    with unit.transaction() as db:
        assert all_grants(db) == []
    refused = call(DISPATCHER, "POST", "/authority/imports", **sent(sheet, apply="yes"))
    assert refused.status_code == 403


def test_a_dispatcher_is_told_whose_a_case_is(unit: Unit, call: Call) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
        case = held_case(db)
        replace_grants(db, [grant("city")])

    told = call(DISPATCHER, "GET", f"/authority/advice?case_id={case.case_id}").json()

    assert (told["allowed"], told["because"]) == (False, "市级办理（皖政〔2029〕1号）")
    assert (
        call(MARKET_OFFICER, "GET", f"/authority/advice?case_id={case.case_id}").status_code == 403
    )
