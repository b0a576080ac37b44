"""Past orders in a database: written as the service would have kept them, learned at once."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from services.dispatch.policy.suggesting import Ledger
from services.dispatch.repository.lessons import add_counts, replace_lessons, take_due, taught_by
from services.dispatch.tables import cases, orders
from shared.db import transaction
from shared.db.bulk import insert_rows
from tests.bench._history import Tale, history

AT_ONCE = 5_000
FILL_UNITS = """
INSERT INTO dispatch.units (code, unit_id, title, region, active)
SELECT code, gen_random_uuid(), code, '341523', true FROM unnest(CAST(:codes AS text[])) AS code
"""


def fill(engine: Engine, count: int, until: datetime, seed: int) -> None:
    """Write a history as the service would have kept it."""
    tales = list(history(count, until, seed))
    codes = sorted({unit for tale in tales for unit, _done in tale.orders})
    with engine.begin() as db:
        db.execute(text(FILL_UNITS), {"codes": codes})
    for begin in range(0, count, AT_ONCE):
        some = [(uuid4(), tale) for tale in tales[begin : begin + AT_ONCE]]
        with engine.begin() as db:
            insert_rows(db, cases, [case_row(case_id, tale) for case_id, tale in some])
            rows = [row for case_id, tale in some for row in order_rows(case_id, tale)]
            finished = [row for row in rows if "finished_at" in row]
            insert_rows(db, orders, finished)
            insert_rows(db, orders, [row for row in rows if "returned_at" in row])
    with engine.begin() as db:
        db.execute(
            text("INSERT INTO dispatch.lessons_due SELECT DISTINCT case_id FROM dispatch.orders")
        )
    analyse(engine)


def learn_at_once(engine: Engine) -> None:
    """Write what everything teaches without asking whose each would have been: no track."""
    ledger, busy = Ledger(), True
    while busy:
        with transaction(engine, "dispatch") as db:
            due = take_due(db, AT_ONCE)
            taught = taught_by(db, due)
            for lesson in (each for case in taught for each in case.lessons):
                ledger.learn(lesson)
            replace_lessons(db, due, {case.case_id: case.lessons for case in taught})
            busy = bool(due)
    with engine.begin() as db:
        add_counts(db, ledger.changed)
    analyse(engine)


def analyse(engine: Engine) -> None:
    """Let the planner know the tables."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE"))


def case_row(case_id: UUID, tale: Tale, state: str = "finished") -> dict[str, object]:
    """Return the row of a case."""
    return {
        "case_id": case_id,
        "number": f"N{case_id.hex[:12]}",
        "region": tale.region,
        "item_code": tale.item,
        "complexity": "ordinary",
        "title_masked": tale.text[:12],
        "text_masked": tale.text,
        "round": 1,
        "state": state,
        "accepted_at": tale.at,
        "epoch": 0,
        "here": True,
        "amendment": 0,
    }


def order_rows(case_id: UUID, tale: Tale) -> list[dict[str, object]]:
    """Return the rows of its orders."""
    rows = []
    for at, (unit, done) in enumerate(tale.orders):
        row: dict[str, object] = {
            "order_id": uuid4(),
            "case_id": case_id,
            "round": 1,
            "unit_code": unit,
            "unit_name": unit,
            "complexity": "ordinary",
            "route": "manual",
            "because": "",
            "state": "finished" if done else "returned",
            "dispatched_at": tale.at,
        }
        ended = tale.at + timedelta(hours=at)
        back = {"returned_at": ended, "return_ground": "not_our_duty"}
        rows.append(row | ({"finished_at": ended} if done else back))
    return rows
