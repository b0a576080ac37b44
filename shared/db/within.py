"""What is within reach, as a condition on the rows of a list: the twin of `Within.has`."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Uuid, false, literal, or_, true

from shared.db.tables import written_out
from shared.security.reach import Within

Expression = ColumnElement[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a row of a list says what the policy asks about: what it lacks, it is not asked."""

    unit: Expression | None = None
    """The unit that holds it."""
    units: Expression | None = None
    """An array of the units that take part in the case."""
    case_id: Expression | None = None


def reached(within: Within, place: Place) -> ColumnElement[bool]:
    """Return the condition that a row is within reach."""
    if within.everything:
        return true()
    ways: list[ColumnElement[bool]] = []
    if within.unit is not None and place.unit is not None:
        ways.append(place.unit == written_out(within.unit))
    if within.unit is not None and within.partakes and place.units is not None:
        ways.append(place.units.contains([within.unit]))
    if within.case_id is not None and place.case_id is not None:
        ways.append(place.case_id == literal(within.case_id, Uuid))
    return or_(*ways) if ways else false()
