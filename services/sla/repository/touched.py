"""Which clocks a notice of the calendar touches: all, or those of a region or a unit."""

from sqlalchemy import ColumnElement, and_, exists, false, true

from services.sla.policy import ClockKind, Scope
from services.sla.tables import cases, clocks


def touched(scope: Scope, home: str) -> ColumnElement[bool]:
    """Return the condition for clocks at a node that are counted by what is named for a scope."""
    if scope.covers(Scope(home)):
        return true()
    if scope.unit:
        return _of_unit(scope.unit) if scope.region == home else false()
    return _of_place(scope.region) if scope.region.startswith(home) else false()


def apart(scopes: frozenset[Scope], home: str) -> ColumnElement[bool]:
    """Return the condition for clocks that one of these scopes lets count by another calendar."""
    conditions = [touched(each, home) for each in sorted(scopes)]
    return false() if not conditions else _any(conditions)


def _of_unit(unit: str) -> ColumnElement[bool]:
    return and_(clocks.c.unit_code == unit, clocks.c.kind != ClockKind.CITIZEN)


def _of_place(region: str) -> ColumnElement[bool]:
    lies_there = exists().where(
        cases.c.case_id == clocks.c.case_id, cases.c.region.startswith(region, autoescape=True)
    )
    return and_(clocks.c.kind == ClockKind.CITIZEN, lies_there)


def _any(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    found = conditions[0]
    for each in conditions[1:]:
        found = found | each
    return found
