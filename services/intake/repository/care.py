"""How many persons needed care, by day and ground."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from services.intake.tables import care_counts


def count_care(db: Connection, day: date, grounds: Collection[str]) -> None:
    """Count one more case of a day for each ground."""
    rows = [{"day": day, "ground": ground, "cases": 1} for ground in sorted(grounds)]
    counting = insert(care_counts).values(rows)
    again = {"cases": care_counts.c.cases + 1}
    db.execute(counting.on_conflict_do_update(index_elements=["day", "ground"], set_=again))


def care_between(db: Connection, since: date, until: date) -> Mapping[str, int]:
    """Return by ground how many cases there were from one day to another, both included."""
    c = care_counts.c
    query = select(c.ground, func.sum(c.cases)).where(c.day.between(since, until))
    return {ground: int(cases) for ground, cases in db.execute(query.group_by(c.ground))}
