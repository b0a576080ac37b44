"""What ordinary windows could not do, by item and month, from the rollups alone (N15)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from services.portal.policy import Dimension, month_of
from services.portal.tables import live

_TOLD = (*(Dimension.ITEM_CASES, Dimension.ITEM_TRIES, Dimension.ITEM_AGAIN), Dimension.GUIDED)


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months, the first and the last included; each named by any of its days."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLoad:
    """What came to the window about one item; an empty code is what no catalogue has."""

    code: str
    title: str
    unit: str
    """Who owns the item today, by code; empty where nobody does."""
    unit_title: str
    cases: int
    tries: int
    again: int


def load_of_items(db: Connection, months: Months) -> list[ItemLoad]:
    """Return what came about each item, the most cases first."""
    counted = _counted(db, months)
    cases = counted[Dimension.ITEM_CASES]
    known = _listed(db, cases)
    loads = [
        ItemLoad(
            **known.get(code, {"code": code, "title": code, "unit": "", "unit_title": ""}),
            cases=n,
            tries=counted[Dimension.ITEM_TRIES][code],
            again=counted[Dimension.ITEM_AGAIN][code],
        )
        for code, n in cases.items()
    ]
    return sorted(loads, key=lambda load: (-load.cases, load.code))


def cases_of_items(db: Connection, months: Months) -> Mapping[str, int]:
    """Return how many cases came about each item."""
    return _counted(db, months)[Dimension.ITEM_CASES]


def guided_by_ground(db: Connection, months: Months) -> Mapping[str, int]:
    """Return how many were told no and shown where to go, by the ground."""
    return _counted(db, months)[Dimension.GUIDED]


def _counted(db: Connection, months: Months) -> Mapping[Dimension, Counter[str]]:
    count = live.counts.c
    # "~" sorts behind every code of an item.
    since, until = f"{month_of(months.first)} ", f"{month_of(months.last)} ~"
    within = (count.dimension.in_(_TOLD), count.key >= since, count.key <= until, count.n > 0)
    found: defaultdict[Dimension, Counter[str]] = defaultdict(Counter)
    for dimension, key, n in db.execute(select(*count).where(*within)):
        found[Dimension(dimension)][key.partition(" ")[2]] += n
    return found


def _listed(db: Connection, codes: Mapping[str, int]) -> dict[str, dict[str, str]]:
    item, unit = live.items.c, live.units.c
    query = (
        select(item.code, item.title, item.unit_code, unit.title.label("unit_title"))
        .join_from(live.items, live.units, unit.code == item.unit_code, isouter=True)
        .where(item.code.in_(codes))
    )
    return {
        row.code: {
            "code": row.code,
            "title": row.title,
            "unit": row.unit_code,
            "unit_title": row.unit_title or row.unit_code,
        }
        for row in db.execute(query)
    }
