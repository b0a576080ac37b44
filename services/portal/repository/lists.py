"""Lists of cases, page by page: each follows an index and is never counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from services.portal.policy import Status, area_of
from services.portal.repository.cells import counted_by
from services.portal.repository.columns import columns_of
from services.portal.repository.rules import rules_below, shown_below
from services.portal.repository.scopes import ListedCase, ListKind, ListScope, Sight, Slice
from services.portal.repository.words import matches
from services.portal.tables import live
from shared.complaints import means
from shared.db import written_out
from shared.db.within import Place, reached
from shared.errors import Refused
from shared.security.disclosure import NO_RULES, Rules

_case = live.cases.c
LISTED = columns_of(ListedCase, live.cases)
_PLACE = Place(unit=_case.unit_code)
"""Lists are of the unit that holds a case: each follows an index that begins with it."""
_HELPED = Place(unit=_case.unit_code, units=_case.helping_units)
"""But for the one list of cases in which a unit has a part of another's order."""
MOST_DIGITS = 9
"""Of a count in a cursor, which somebody may have typed."""
_POOLED = [written_out(status) for status in (Status.POOLED, Status.RETURNED)]
_OWED = or_(_case.is_open, _case.is_away)
"""Also what another node works on for this one."""
_KINDS: Mapping[ListKind, ColumnElement[bool]] = {
    ListKind.INTAKE: and_(_case.is_open, _case.status == written_out(Status.REGISTERED)),
    ListKind.POOL: and_(_case.is_open, _case.status.in_(_POOLED)),
    ListKind.UNIT: _case.is_open,
    ListKind.OPEN: _case.is_open,
    ListKind.FEEDBACK: _case.is_awaited,
    ListKind.REST: _case.is_at_rest,
    ListKind.ALL: and_(_case.is_ours, _case.registered_at.is_not(None)),
    ListKind.INCOMING: _case.incoming_at.is_not(None),
    ListKind.AWAY: _case.is_away,
    ListKind.BELOW: _case.is_below,
    ListKind.REPORTED: and_(_case.is_below, _case.reported_at.is_not(None)),
    ListKind.SUPERVISED: _case.supervised_until.is_not(None),
    ListKind.EXTENSIONS: _case.extension_at.is_not(None),
    ListKind.TRACKED: and_(_case.is_open, _case.status == written_out(Status.TRACKING)),
    ListKind.CONSENTS: _case.consent_at.is_not(None),
    ListKind.ESCALATED: _case.escalated_at.is_not(None),
    ListKind.HELPED: _case.is_open,
    ListKind.OVERRIDDEN: _case.overridden_at.is_not(None),
    ListKind.URGED: and_(_OWED, _case.urges.is_not(None)),
    ListKind.URGED_OFTEN: and_(_OWED, _case.urged_often_at.is_not(None)),
    ListKind.WITHDRAWN: _case.status == written_out(Status.WITHDRAWN),
    ListKind.PRESSED: and_(_case.pressed_at.is_not(None), _case.closed_at.is_(None)),
    ListKind.ARBITRATIONS: _case.arbitrating_at.is_not(None),
    ListKind.BULLETINS: and_(_case.bulletin_at.is_not(None), not_(_case.is_at_rest)),
    ListKind.CALLBACKS: _case.callback_at.is_not(None),
    ListKind.CENTRE_CALLBACKS: _case.centre_callback_at.is_not(None),
    ListKind.RAISING: and_(
        _case.raising_at.is_not(None), _case.is_open, _case.offered_to.is_(None)
    ),
}


_OF_OTHERS = frozenset({ListKind.INCOMING, ListKind.BELOW, ListKind.REPORTED, ListKind.SUPERVISED})
"""Lists with cases that are not ours: only of those a node below may hide some."""


@dataclass(frozen=True, slots=True)
class _Order:
    by: Column[Any]
    latest_first: bool = False


_BY_NEED = _Order(_case.sort_at)
_ORDERS: Mapping[ListKind, _Order] = {
    ListKind.INTAKE: _BY_NEED,
    ListKind.POOL: _BY_NEED,
    ListKind.UNIT: _BY_NEED,
    ListKind.OPEN: _BY_NEED,
    ListKind.FEEDBACK: _BY_NEED,
    ListKind.REST: _Order(_case.sort_at, latest_first=True),
    ListKind.ALL: _Order(_case.registered_at, latest_first=True),
    ListKind.INCOMING: _Order(_case.incoming_at),
    ListKind.AWAY: _BY_NEED,
    ListKind.BELOW: _BY_NEED,
    ListKind.REPORTED: _Order(_case.reported_at, latest_first=True),
    ListKind.SUPERVISED: _Order(_case.supervised_until),
    ListKind.EXTENSIONS: _Order(_case.extension_at),
    ListKind.TRACKED: _BY_NEED,
    ListKind.CONSENTS: _Order(_case.consent_at),
    ListKind.ESCALATED: _Order(_case.escalated_at),
    ListKind.HELPED: _BY_NEED,
    ListKind.OVERRIDDEN: _Order(_case.overridden_at, latest_first=True),
    ListKind.URGED: _Order(_case.urges, latest_first=True),
    ListKind.URGED_OFTEN: _Order(_case.urged_often_at, latest_first=True),
    ListKind.WITHDRAWN: _Order(_case.withdrawn_at, latest_first=True),
    ListKind.PRESSED: _Order(_case.pressed_at, latest_first=True),
    ListKind.ARBITRATIONS: _Order(_case.arbitrating_at),
    ListKind.BULLETINS: _Order(_case.bulletin_at, latest_first=True),
    ListKind.RAISING: _Order(_case.raising_at),
    ListKind.CALLBACKS: _Order(_case.callback_at),
    ListKind.CENTRE_CALLBACKS: _Order(_case.centre_callback_at),
}


def case_list(db: Connection, scope: ListScope, after: Sequence[str] | None, limit: int) -> Slice:
    """Return the cases of a scope behind the key `after`, in the order of their kind."""
    order = _ORDERS[scope.kind]
    query = select(*LISTED).where(*wanted(db, scope))
    if after is not None:
        query = query.where(_behind(order, after))
    rows = db.execute(_sorted(query, order).limit(limit + 1)).mappings().all()
    listed = [ListedCase(**row) for row in rows[:limit]]
    more = len(rows) > limit
    return Slice(listed, _key_of(listed[-1], order) if more else None)


def cases_by_numbers(db: Connection, numbers: Sequence[str]) -> Sequence[ListedCase]:
    """Return the cases of these numbers that are known here, the latest first."""
    query = select(*LISTED).where(_case.number == func.any(list(numbers)))
    rows = db.execute(query.order_by(_case.registered_at.desc())).mappings()
    return [ListedCase(**row) for row in rows]


def case_count(db: Connection, scope: ListScope, most: int) -> int:
    """Count the cases of a scope, but no further than `most`."""
    counted = select(_case.case_id).where(*wanted(db, scope))
    return db.scalar(select(func.count()).select_from(counted.limit(most).subquery())) or 0


def wanted(db: Connection, scope: ListScope) -> list[ColumnElement[bool]]:
    """Return the conditions that a case is of a scope, for lists and for what counts them."""
    holding = None if scope.kind is ListKind.HELPED else scope.unit
    narrowed = {_case.unit_code: holding, _case.status: scope.status, _case.lamp: scope.lamp}
    rules = rules_below(db, scope.sight.node) if scope.kind in _OF_OTHERS else NO_RULES
    place = _HELPED if scope.kind is ListKind.HELPED else _PLACE
    found = [_KINDS[scope.kind], _seen(scope.sight, rules, place), _case.number.is_not(None)]
    found += [
        column == written_out(value) for column, value in narrowed.items() if value is not None
    ]
    if scope.kind is ListKind.HELPED:
        found.append(_case.case_id.in_(_owing(scope.unit)))
    if scope.holder is not None:  # which somebody may have typed into an address
        found.append(_case.holder == scope.holder)
    if scope.reader is not None:
        meant = means(scope.reader, _case.complained_units, _case.complained_persons)
        found += [] if meant is None else [meant.is_not(true())]
    if scope.text.strip():
        found.append(matches(db, _case.case_id, scope.text))
    return found + counted_by(scope.cell)


def _owing(unit: str | None) -> Select[UUID]:
    p = live.parts.c
    owed = select(p.case_id).where(p.is_live)
    return owed if unit is None else owed.where(p.unit_code == unit)


def _seen(sight: Sight, rules: Rules, place: Place) -> ColumnElement[bool]:
    """Return the condition that the reader may look at a case: `may_see` for all rows at once."""
    ours, theirs = _case.is_ours, not_(_case.is_ours)
    ways = [and_(ours, reached(sight.ours, place))]
    if not sight.incoming.nothing:
        ways.append(and_(theirs, _case.incoming_id.is_not(None), reached(sight.incoming, _PLACE)))
    if not sight.below.nothing:
        # Also a watcher's own node begins with the digits of its area, and is not below itself.
        below = and_(_case.origin.startswith(area_of(sight.node)), _case.origin != sight.node)
        ways.append(and_(theirs, below, shown_below(rules), reached(sight.below, _PLACE)))
    return or_(*ways)


def _behind(order: _Order, after: Sequence[str]) -> ColumnElement[bool]:
    try:
        at, case_id = _typed(order, after[0]), UUID(after[1])
    except (IndexError, ValueError) as error:
        raise Refused("bad_cursor", field="cursor") from error
    place, key = tuple_(order.by, _case.case_id), tuple_(at, case_id)
    return and_(place < key if order.latest_first else place > key)


def _typed(order: _Order, told: str) -> datetime | int:
    if order.by is not _case.urges:
        return datetime.fromisoformat(told)
    return int(told[:MOST_DIGITS])


def _sorted(query: Select[Any], order: _Order) -> Select[Any]:
    if order.latest_first:
        return query.order_by(order.by.desc(), _case.case_id.desc())
    return query.order_by(order.by, _case.case_id)


def _key_of(last: ListedCase, order: _Order) -> tuple[str, str]:
    key = getattr(last, order.by.name)
    told = str(key) if order.by is _case.urges else key.isoformat()
    return told, str(last.case_id)
