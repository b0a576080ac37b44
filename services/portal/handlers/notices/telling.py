"""Tell staff of something: whom, in their inboxes, and on the telephone of the unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.portal.policy.notices import (
    DESK,
    NOBODY,
    Audience,
    Barred,
    Member,
    told_of,
    with_below,
)
from services.portal.repository import Row
from services.portal.repository import notices as repository
from services.portal.repository.notices import About, Duty
from shared.events.portal import NoticeKind, UnitTold
from shared.outbox import say
from shared.security.parties import name_hashes
from shared.security.sealing import NodeKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One thing that is told to one audience; `notice_id` is the fact that it tells of."""

    notice_id: UUID
    kind: NoticeKind
    audience: Audience
    told_at: datetime
    case_id: UUID | None = None
    unit_name: str | None = None
    """Of the unit that did it, or that it is about."""
    about_at: datetime | None = None
    ref: UUID | None = None
    """The meeting."""
    message_id: UUID | None = None
    """Under which several of them ring once."""


def tell(db: Connection, tellings: Sequence[Telling], keys: NodeKeys) -> None:
    """Tell staff of facts, each account once of each, and nobody of whom the case complains."""
    if not tellings:
        return
    about = repository.about(db, {one.case_id for one in tellings if one.case_id is not None})
    barred = _barred(db, about)
    members = _members(db, tellings, barred, keys)
    duty = repository.duty(db)
    rows = [
        _row(one, login)
        for one in tellings
        for login in _whom(one, duty, members, _of(one, barred))
    ]
    repository.add(db, rows)
    for one in tellings:
        _ring(db, one, about, duty, _of(one, barred))


def _whom(
    one: Telling, duty: Mapping[str, Duty], members: Sequence[Member], barred: Barred
) -> Sequence[str]:
    # Where a unit has nobody who could be told, the desk has to know that.
    wanted = (one.audience, Audience(DESK))
    told = (told_of(each, _crews(each, duty), members, barred) for each in wanted)
    return next((logins for logins in told if logins), ())


def _of(one: Telling, barred: Mapping[UUID, Barred]) -> Barred:
    return NOBODY if one.case_id is None else barred.get(one.case_id, NOBODY)


def _barred(db: Connection, about: Mapping[UUID, About]) -> dict[UUID, Barred]:
    meant = {case_id: each for case_id, each in about.items() if each.units or each.persons}
    parents = repository.parents(db) if meant else {}
    return {
        case_id: Barred(with_below(each.units, parents), frozenset(each.persons))
        for case_id, each in meant.items()
    }


def _members(
    db: Connection, tellings: Sequence[Telling], barred: Mapping[UUID, Barred], keys: NodeKeys
) -> Sequence[Member]:
    roles = DESK.union(*(one.audience.roles for one in tellings))
    named = repository.members(db, roles)
    if not any(each.persons for each in barred.values()):
        return [member for member, _name in named]
    return [
        replace(member, known_as=name_hashes(keys, name, member.login)) for member, name in named
    ]


def _crews(audience: Audience, duty: Mapping[str, Duty]) -> list[Sequence[str]]:
    units = duty if audience.unit is None else {audience.unit} & duty.keys()
    return [crew for unit in sorted(units) for crew in duty[unit].crews]


def _row(one: Telling, login: str) -> Row:
    names = ("notice_id", "kind", "case_id", "unit_name", "about_at", "ref", "told_at")
    return {name: getattr(one, name) for name in names} | {"login": login}


def _ring(
    db: Connection,
    one: Telling,
    about: Mapping[UUID, About],
    duty: Mapping[str, Duty],
    barred: Barred,
) -> None:
    unit = one.audience.unit
    if unit is None or unit in barred.units or unit not in duty or not duty[unit].has_phone:
        return
    case = None if one.case_id is None else about.get(one.case_id)
    told = UnitTold(
        occurred_at=one.told_at,
        notice_id=one.notice_id,
        unit_code=unit,
        kind=one.kind,
        case_id=one.case_id,
        number=(case.number if case else None) or "",
        about_at=one.about_at,
        message_id=one.message_id,
    )
    say(db, told)


def untell(db: Connection, case_id: UUID, keys: NodeKeys) -> None:
    """Take back what was told of a case to those of whom it turns out to complain."""
    told = repository.told_about(db, case_id)
    barred = _barred(db, repository.about(db, {case_id})).get(case_id, NOBODY)
    if not told or not (barred.units or barred.persons):
        return
    accounts = repository.members_named(db, told)
    known = [replace(m, known_as=name_hashes(keys, name, m.login)) for m, name in accounts]
    repository.forget_of(db, case_id, {each.login for each in known if barred.has(each)})
