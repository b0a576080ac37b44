"""Moments and days as they may come in from outside: of this century, so that no sum overflows."""

from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 2000, 2100

D = TypeVar("D", date, datetime)


def _of_this_century(told: D) -> D:
    if not FIRST_YEAR <= told.year <= LAST_YEAR:
        limits = {"ge": FIRST_YEAR, "le": LAST_YEAR}
        raise PydanticCustomError("year_range", "the year must lie in {ge} to {le}", limits)
    return told


Moment = Annotated[AwareDatetime, AfterValidator(_of_this_century)]
"""A moment with its zone, in the years 2000 to 2100."""
Day = Annotated[date, AfterValidator(_of_this_century)]
"""A day in the years 2000 to 2100."""
