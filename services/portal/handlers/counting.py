"""A day has ended: tell the tier above in numbers what was done on it, and correct it later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from services.portal import repository
from services.portal.policy import Dimension, day_of, days_to_count, withheld
from services.portal.repository import OF_DAYS, DaysWork, Window
from shared.events.portal import DayCounted, UnitDay
from shared.outbox import say

BESIDE = {"occurred_at", "lamps"}
"""What makes no other day of it when it is counted again."""


@dataclass(frozen=True, slots=True)
class _Books:
    """What all days are counted from."""

    node: str
    now: datetime
    work: DaysWork
    rollups: Mapping[Dimension, Mapping[date, int]]
    titles: Mapping[str, str]


def tell_days(db: Connection, node: str, now: datetime) -> int:
    """Say every day that has ended and was not told, or is known better now; return how many."""
    days = days_to_count(day_of(now))
    told = {each.day: each for each in repository.told_days(db, days[0]) if each.node == node}
    books = _Books(
        node=node,
        now=now,
        work=repository.work_of_days(db, node, Window(days[0], days[-1])),
        rollups=repository.rollups_of_days(db, days[0]),
        titles={unit.code: unit.title for unit in repository.units(db, active_only=False)},
    )

    counted = [_counted(books, day) for day in days]
    news = [each for each in counted if _is_news(each, told.get(each.day))]

    lamps = {days[-1]: repository.lamps_now(db)}
    lamps |= {day: each.lamps for day, each in told.items()}
    for each in news:
        say(db, each.model_copy(update={"lamps": lamps.get(each.day, {})}))
    return len(news)


def _counted(books: _Books, day: date) -> DayCounted:
    registered, finished, on_time, withdrawn = (
        books.rollups.get(kind, {}).get(day, 0) for kind in OF_DAYS
    )
    return DayCounted(
        occurred_at=books.now,
        node=books.node,
        day=day,
        registered=registered,
        dispatched=sum(books.work.dispatched.get(day, {}).values()),
        finished=finished,
        on_time=on_time,
        late=finished - on_time,
        withdrawn=withdrawn,
        evaluations=withheld(books.work.levels.get(day, {})),
        units=_units(books, day),
    )


def _units(books: _Books, day: date) -> tuple[UnitDay, ...]:
    work = books.work
    numbers = [part.get(day, {}) for part in (work.dispatched, work.finished, work.late)]
    codes = sorted({code for part in numbers for code in part})
    shown = [withheld({code: part.get(code, 0) for code in codes}) for part in numbers]
    return tuple(
        UnitDay(
            code=code,
            title=books.titles.get(code, code),
            dispatched=shown[0][code],
            finished=shown[1][code],
            late=shown[2][code],
        )
        for code in codes
    )


def _is_news(counted: DayCounted, told: DayCounted | None) -> bool:
    return told is None or counted.model_dump(exclude=BESIDE) != told.model_dump(exclude=BESIDE)
