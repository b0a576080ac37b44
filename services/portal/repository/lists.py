"""Lists of cases, page by page: each follows an index and is never counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, select, tuple_

from services.portal.policy import Status
from services.portal.repository.cards import ListedCase, ListKind, ListScope, Slice, columns_of
from services.portal.repository.words import matches
from services.portal.tables import live
from shared.errors import Refused

_case = live.cases.c
_LISTED = columns_of(ListedCase, live.cases)
_KINDS: Mapping[ListKind, ColumnElement[bool]] = {
    ListKind.INTAKE: _case.status == Status.REGISTERED,
    ListKind.POOL: _case.status.in_((Status.POOLED, Status.RETURNED)),
    ListKind.UNIT: _case.is_open,
    ListKind.OPEN: _case.is_open,
    ListKind.FEEDBACK: _case.status == Status.FINISHED,
    ListKind.REST: _case.is_at_rest,
    ListKind.ALL: _case.registered_at.is_not(None),
}


@dataclass(frozen=True, slots=True)
class _Order:
    by: Column[Any]
    latest_first: bool


def case_list(db: Connection, scope: ListScope, after: Sequence[str] | None, limit: int) -> Slice:
    """Return the cases of a scope behind the key `after`, in the order of their kind."""
    order = _order_of(scope.kind)
    query = select(*_LISTED).where(*_wanted(db, scope)).where(_case.number.is_not(None))
    if after is not None:
        query = query.where(_behind(order, after))
    rows = db.execute(_sorted(query, order).limit(limit + 1)).mappings().all()
    listed = [ListedCase(**row) for row in rows[:limit]]
    more = len(rows) > limit
    return Slice(listed, _key_of(listed[-1], order) if more else None)


def _order_of(kind: ListKind) -> _Order:
    match kind:
        case ListKind.ALL:
            return _Order(_case.registered_at, latest_first=True)
        case ListKind.REST:
            return _Order(_case.sort_at, latest_first=True)
        case ListKind.INTAKE | ListKind.POOL | ListKind.UNIT | ListKind.OPEN | ListKind.FEEDBACK:
            return _Order(_case.sort_at, latest_first=False)


def _wanted(db: Connection, scope: ListScope) -> list[ColumnElement[bool]]:
    wanted = [_KINDS[scope.kind]]
    if scope.unit is not None:
        wanted.append(_case.unit_code == scope.unit)
    if scope.status is not None:
        wanted.append(_case.status == scope.status)
    if scope.lamp is not None:
        wanted.append(_case.lamp == scope.lamp)
    if scope.text.strip():
        wanted.append(matches(db, _case.case_id, scope.text))
    return wanted


def _behind(order: _Order, after: Sequence[str]) -> ColumnElement[bool]:
    try:
        at, case_id = datetime.fromisoformat(after[0]), UUID(after[1])
    except (IndexError, ValueError) as error:
        raise Refused("bad_cursor", field="cursor") from error
    place, key = tuple_(order.by, _case.case_id), tuple_(at, case_id)
    return and_(place < key if order.latest_first else place > key)


def _sorted(query: Select[Any], order: _Order) -> Select[Any]:
    if order.latest_first:
        return query.order_by(order.by.desc(), _case.case_id.desc())
    return query.order_by(order.by, _case.case_id)


def _key_of(last: ListedCase, order: _Order) -> tuple[str, str]:
    return getattr(last, order.by.name).isoformat(), str(last.case_id)
