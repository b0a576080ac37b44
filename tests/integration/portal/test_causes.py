"""The ranking of items reads the rollups of whole months and the catalogue of today."""

from datetime import date

from sqlalchemy import Connection

from services.portal import repository
from services.portal.repository import Months
from services.portal.tables import live
from shared.clock import new_id

COUNTS = {
    ("item_cases", "2029-12 A"): 2,
    ("item_cases", "2030-01 A"): 3,
    ("item_cases", "2030-02 A"): 9,
    ("item_cases", "2030-01 "): 4,
    ("item_tries", "2030-01 A"): 7,
    ("item_again", "2030-01 A"): 1,
    ("item_cases", "2030-01 GONE"): 0,
    ("status", "2030-01 A"): 50,
}


def test_items_of_a_span_are_ranked_with_their_owners_of_today(db: Connection) -> None:
    rows = [{"dimension": kind, "key": key, "n": n} for (kind, key), n in COUNTS.items()]
    db.execute(live.counts.insert(), rows)
    listed = {"active": True, "version": 1}
    item = {"title": "甲事", "kind": "licence", "complexity": "ordinary", **listed}
    db.execute(live.items.insert(), {**item, "item_id": new_id(), "code": "A", "unit_code": "X"})
    unit = {"title": "某局", "region": "341523", "kind": "ordinary", **listed}
    db.execute(live.units.insert(), {**unit, "unit_id": new_id(), "code": "X"})
    span = Months(date(2029, 12, 31), date(2030, 1, 1))

    first, other = repository.load_of_items(db, span)

    assert (first.code, first.unit_title, first.cases, first.tries, first.again) == (
        *("A", "某局", 5, 7, 1),
    )
    assert (other.code, other.unit, other.cases) == ("", "", 4)
    assert repository.cases_of_items(db, Months(date(2030, 2, 1), date(2030, 2, 1))) == {"A": 9}
