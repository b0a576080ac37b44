"""The ranking of items reads the rollups of whole months and the catalogue of today."""

import runpy
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from services.portal import repository
from services.portal.repository import Months
from services.portal.tables import live
from shared.clock import new_id

MIGRATIONS = Path(__file__).parents[3] / "services" / "portal" / "migrations"
NEW_MONTH = datetime(2030, 1, 31, 16, 0, tzinfo=UTC)
BLANK = {
    **dict.fromkeys(("is_open", "is_at_rest", "is_away", "is_below", "is_awaited"), False),
    "round": 1,
}

COUNTS = {
    ("item_cases", "2029-12 A"): 2,
    ("item_cases", "2030-01 A"): 3,
    ("item_cases", "2030-02 A"): 9,
    ("item_cases", "2030-01 "): 4,
    ("item_tries", "2030-01 A"): 7,
    ("item_again", "2030-01 A"): 1,
    ("item_cases", "2030-01 GONE"): 0,
    ("status", "2030-01 A"): 50,
    ("guided", "2030-01 non_government"): 2,
    ("guided", "2029-11 petition"): 5,
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
    assert repository.guided_by_ground(db, span) == {"non_government": 2}
    assert repository.cases_of_items(db, Months(date(2030, 2, 1), date(2030, 2, 1))) == {"A": 9}


def test_a_node_that_had_said_no_before_counts_it_too(db: Connection) -> None:
    upgrade = runpy.run_path(str(next(MIGRATIONS.glob("0045_*.py"))))
    told = {"registered_at": NEW_MONTH, "status": "declined", "is_ours": True, "item_code": "A"}
    for ground, changes in (
        ("non_government", {"attempts": 30}),
        ("petition", {}),
        ("petition", {"is_ours": False}),
        ("petition", {"status": "registered"}),
    ):
        row = {**BLANK, "case_id": new_id(), "decline_reason": ground, **told, **changes}
        db.execute(live.cases.insert(), row)
    rows = [("item_cases", 9), ("item_tries", 40)]
    db.execute(
        live.counts.insert(), [{"dimension": kind, "key": "2030-02 A", "n": n} for kind, n in rows]
    )

    for name in ("DECLINED", "ADDED", "APART"):
        db.execute(text(upgrade[name]))

    span = Months(date(2030, 2, 1), date(2030, 2, 1))
    assert repository.guided_by_ground(db, span) == {"non_government": 1, "petition": 1}
    load = repository.load_of_items(db, span)[0]
    assert (load.cases, load.tries) == (8, 20)
