"""Items of the tiers above: kept as told, mapped by people, used when a case is handed over."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.handlers import Offering, hear_reference
from services.dispatch.handlers.reference import code_here, map_item, share_items
from services.dispatch.repository.authority import replace_grants
from services.dispatch.repository.items import item_codes
from services.dispatch.repository.reference import references_after
from shared.clock import new_id
from shared.errors import Refused
from shared.events.base import Envelope
from shared.events.dispatch import GrantTold, HandOverOffered, ItemShared
from shared.events.link import NodeFactRelayed
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    CITY,
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NINE,
    NODE,
    at_ten,
    fill_catalogue,
    held_case,
    last,
)
from tests.integration.dispatch.test_authority import grant
from tests.integration.doorway import Call

pytestmark = pytest.mark.integration

ADMIN = handlers.Caller(ADMINISTRATOR, NINE)


def told(at: datetime = NINE, version: int = 1, **more: Any) -> NodeFactRelayed:
    about = {"node": CITY.code, "code": "SPXK-01", "title": "食品经营许可（市级）", "kind": "许可"}
    event = ItemShared(occurred_at=at, **{**about, **more})
    fact = Envelope(
        id=new_id(),
        source=f"/nodes/{CITY.code}/dispatch",
        type=ItemShared.name,
        time=at,
        subject=event.subject_id,
        version=version,
        data=event.model_dump(mode="json"),
    )
    return NodeFactRelayed(occurred_at=at, fact_id=event.subject_id, via=CITY.code, fact=fact)


def test_an_item_is_told_with_who_may_handle_it(db: Connection) -> None:
    fill_catalogue(db)
    replace_grants(db, [grant("county")])

    count = share_items(db, ADMIN)

    shared = last(db, ItemShared)
    assert (count, shared.node, shared.code) == (1, NODE, "licence")
    assert shared.authority == (
        GrantTold(
            tier="county", valid_from=grant("county").valid_from, legal_basis="皖政〔2029〕1号"
        ),
    )


def test_what_a_tier_above_tells_is_listed_as_unmapped_until_somebody_maps_it(
    unit: Unit, call: Call
) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
        hear_reference(db, told())
        own = item_codes(db)
    at = f"/reference-items/{CITY.code}/SPXK-01"

    before = call(DISPATCHER, "GET", "/reference-items?unmapped=true").json()
    wrong = call(ADMINISTRATOR, "PUT", at, json={"own_code": "gone"})
    done = call(ADMINISTRATOR, "PUT", at, json={"own_code": "licence"})
    after = call(DISPATCHER, "GET", "/reference-items").json()

    assert own == {"licence"}
    assert (before["unmapped"], before["items"][0]["title"]) == (1, "食品经营许可（市级）")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_item")
    assert (done.status_code, after["unmapped"]) == (200, 0)
    assert after["items"][0]["own_code"] == "licence"
    assert call(DISPATCHER, "PUT", at, json={"own_code": None}).status_code == 403
    lost = call(ADMINISTRATOR, "PUT", "/reference-items/340000/no", json={"own_code": None})
    assert (lost.status_code, lost.json()["code"]) == (404, "unknown_reference")
    assert call(MARKET_OFFICER, "GET", "/reference-items").status_code == 403


def test_a_later_telling_counts_and_keeps_what_was_mapped(db: Connection) -> None:
    fill_catalogue(db)
    hear_reference(db, told())
    map_item(db, CITY.code, "SPXK-01", "licence", ADMIN)

    hear_reference(db, told(NINE + timedelta(hours=1), 2, title="改名"))
    hear_reference(db, told(NINE, 1, title="旧名"))

    (item,) = references_after(db, None, 9, unmapped=False)
    assert (item.title, item.own_code) == ("改名", "licence")


def test_a_case_handed_up_is_called_as_the_tier_above_calls_it(db: Connection) -> None:
    fill_catalogue(db)
    hear_reference(db, told())
    map_item(db, CITY.code, "SPXK-01", "licence", ADMIN)
    case = held_case(db)

    up = Offering(case_id=case.case_id, to_node=CITY.code, because="跨县")
    handlers.offer_hand_over(db, up, at_ten(DISPATCHER), HOUSE)

    offered = last(db, HandOverOffered)
    assert (offered.item_code, offered.item_code_there) == ("licence", "SPXK-01")


def test_a_case_that_comes_is_found_by_either_sides_mapping_and_never_by_a_foreign_code(
    db: Connection,
) -> None:
    fill_catalogue(db)
    hear_reference(db, told())

    assert code_here(db, CITY.code, "SPXK-01", None) is None
    assert code_here(db, CITY.code, "licence", None) is None
    assert code_here(db, CITY.code, "SPXK-01", "licence") == "licence"
    assert code_here(db, CITY.code, "SPXK-01", "gone") is None
    map_item(db, CITY.code, "SPXK-01", "licence", ADMIN)
    assert code_here(db, CITY.code, "SPXK-01", None) == "licence"
    with pytest.raises(Refused, match="unknown_reference"):
        map_item(db, CITY.code, "other", "licence", ADMIN)
