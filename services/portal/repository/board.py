"""The numbers of the board, from the rollups alone."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, and_, or_, select

from services.portal.policy import Dimension, day_of
from services.portal.repository.catalogue import units
from services.portal.repository.numbers import BoardNumbers, DayNumbers, UnitNumbers
from services.portal.tables import live

DAYS = 14

Numbers = Mapping[str, Mapping[str, int]]

_BY_DAY = (
    Dimension.REGISTERED_ON,
    Dimension.FINISHED_ON,
    Dimension.ON_TIME_ON,
    Dimension.AVOIDED_ON,
    Dimension.WITHDRAWN_ON,
)
_NOW = (
    *(Dimension.STATUS, Dimension.LAMP, Dimension.CHANNEL, Dimension.LEVEL),
    *(Dimension.UNIT_OPEN, Dimension.UNIT_YELLOW, Dimension.UNIT_RED),
)


def board(db: Connection, now: datetime) -> BoardNumbers:
    """Return the present numbers and those of the last 14 days."""
    first = day_of(now) - timedelta(days=DAYS - 1)
    numbers = _numbers(db, first.isoformat())
    return BoardNumbers(
        at=now,
        by_status=numbers[Dimension.STATUS],
        by_lamp=numbers[Dimension.LAMP],
        by_channel=numbers[Dimension.CHANNEL],
        by_level={int(key): n for key, n in numbers[Dimension.LEVEL].items()},
        units=_of_units(db, numbers),
        days=[_of_day(first + timedelta(days=n), numbers) for n in range(DAYS)],
    )


def _numbers(db: Connection, first_day: str) -> Numbers:
    count = live.counts.c
    by_day = count.dimension.in_(_BY_DAY)
    wanted = or_(count.dimension.in_(_NOW), and_(by_day, count.key >= first_day))
    numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for dimension, key, n in db.execute(select(*live.counts.c).where(wanted, count.n > 0)):
        numbers[dimension][key] = n
    return numbers


def _of_day(day: date, numbers: Numbers) -> DayNumbers:
    key = day.isoformat()
    return DayNumbers(day, *(numbers[dimension].get(key, 0) for dimension in _BY_DAY))


def _of_units(db: Connection, numbers: Numbers) -> list[UnitNumbers]:
    held = numbers[Dimension.UNIT_OPEN]
    titles = {unit.code: unit.title for unit in units(db, active_only=False)}
    return [
        UnitNumbers(
            code,
            titles.get(code, code),
            n,
            numbers[Dimension.UNIT_YELLOW].get(code, 0),
            numbers[Dimension.UNIT_RED].get(code, 0),
        )
        for code, n in sorted(held.items())
    ]
