"""What link knows of each case: from whom, shared with whom, and its masked facts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.link.policy import Known
from services.link.tables import boxes, cases, facts
from shared.db import written_out
from shared.db.bulk import among, insert_new, upsert_rows
from shared.events.intake import CaseAmended, CaseErased
from shared.events.link import OrderPassedOn
from shared.security.erasing import redacted

ORDERS = [written_out(kind.name) for kind in (CaseAmended, CaseErased, OrderPassedOn)]


@dataclass(frozen=True, slots=True)
class Case:
    """A case as link knows it."""

    case_id: UUID
    via: str | None = None
    shares: frozenset[str] = field(default_factory=frozenset)
    former: frozenset[str] = field(default_factory=frozenset)
    person: Mapping[str, Any] | None = None
    complained_of: Sequence[Mapping[str, Any]] | None = None
    """The names of persons."""
    erased_at: datetime | None = None
    known_at: datetime | None = None
    """When its first fact was said; None for a case of an earlier release."""
    told_above: bool = False
    """The tier above may have heard of it."""

    @property
    def known(self) -> Known:
        """The case in the words of the policy."""
        return Known(self.via, self.shares, self.former, was_told=self.told_above)


@dataclass(frozen=True, slots=True)
class Told:
    """A masked fact, to be kept: who told it (None: this node), its name, its envelope."""

    fact_id: UUID
    case_id: UUID
    via: str | None
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A masked fact as it is kept."""

    fact_id: UUID
    case_id: UUID
    via: str | None
    body: str


MOST_LOOKED_AT = 50_000
NOTHING = UUID(int=0)
"""As the last fact that was heard: there was none."""


def lock_cases(db: Connection, case_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Lock and return the cases of these that are known."""
    query = select(cases).where(among(cases.c.case_id, sorted(case_ids)))
    locked = query.order_by(cases.c.case_id).with_for_update()
    return {row.case_id: _case(row) for row in db.execute(locked)}


def write_cases(db: Connection, changed: Collection[Case]) -> None:
    """Write cases as they are now, new or known."""
    rows = [
        {"case_id": case.case_id, "via": case.via, "shares": sorted(case.shares)}
        | {"person": case.person, "complained_of": case.complained_of}
        | {"former": sorted(case.former), "erased_at": case.erased_at}
        | {"known_at": case.known_at, "told_above": case.told_above}
        for case in sorted(changed, key=lambda one: one.case_id)
    ]
    upsert_rows(db, cases, rows)


def keep_facts(db: Connection, told: Sequence[Told]) -> set[UUID]:
    """Keep facts; return the ids of those that were not known before."""
    rows = [
        {"fact_id": one.fact_id, "case_id": one.case_id, "via": one.via}
        | {"name": one.name, "body": one.body}
        for one in told
    ]
    return insert_new(db, facts, rows, "fact_id")


def facts_of(
    db: Connection, case_id: UUID, not_via: str, but_not: Collection[str]
) -> list[tuple[UUID, str]]:
    """Return id and body of the facts of a case, as heard.

    Without what one neighbour told, and without those of some names.
    """
    query = select(facts.c.fact_id, facts.c.body).where(facts.c.case_id == case_id)
    query = query.where(facts.c.via.is_distinct_from(not_via), facts.c.name.not_in(but_not))
    return [(row.fact_id, row.body) for row in db.execute(query.order_by(facts.c.position))]


def last_fact_of(db: Connection, peer: str) -> UUID | None:
    """Return the fact of a neighbour that was heard last, NOTHING if none was.

    None where it is not among the MOST_LOOKED_AT last facts: this is asked with each beat.
    """
    newest = select(facts.c.fact_id, facts.c.via, facts.c.position)
    newest = newest.order_by(facts.c.position.desc()).limit(MOST_LOOKED_AT)
    c = newest.subquery().c
    found = select(c.fact_id).where(c.via == peer).order_by(c.position.desc()).limit(1)
    if (last := db.scalar(found)) is not None:
        return UUID(str(last))
    are_all = select(func.count() < MOST_LOOKED_AT).select_from(newest.subquery())
    return NOTHING if db.scalar(are_all) else None


def cases_told_after(db: Connection, last: UUID, not_via: str) -> set[UUID]:
    """Return the cases of the facts that came after one, without what one neighbour told.

    After NOTHING those are all; after one that is not known here, none.
    """
    c = facts.c
    place = select(c.position).where(c.fact_id == last).scalar_subquery()
    query = select(c.case_id).distinct().where(c.via.is_distinct_from(not_via))
    return set(db.scalars(query if last == NOTHING else query.where(c.position > place)))


def facts_of_cases(db: Connection, case_ids: Collection[UUID], not_via: str) -> list[Kept]:
    """Return every fact of some cases, as heard, without what one neighbour told."""
    c = facts.c
    query = select(c.fact_id, c.case_id, c.via, c.body).where(among(c.case_id, sorted(case_ids)))
    query = query.where(c.via.is_distinct_from(not_via)).order_by(c.position)
    return [Kept(*row) for row in db.execute(query)]


def facts_named(db: Connection, case_id: UUID, name: str) -> list[str]:
    """Return the facts of a case that have this name, their envelopes as JSON, as heard."""
    query = select(facts.c.body).where(facts.c.case_id == case_id, facts.c.name == name)
    return list(db.scalars(query.order_by(facts.c.position)))


def keep_box(db: Connection, box: Mapping[str, Any]) -> None:
    """Keep what was sealed for this node: `hand_over_id`, `case_id`, `sealed`, `arrived_at`."""
    db.execute(insert(boxes).values(box).on_conflict_do_nothing())


def take_box(db: Connection, hand_over_id: UUID) -> str | None:
    """Remove and return what was sealed for a hand-over."""
    mine = boxes.c.hand_over_id == hand_over_id
    return db.scalar(delete(boxes).where(mine).returning(boxes.c.sealed))


def boxes_of(db: Connection, case_id: UUID) -> dict[UUID, str]:
    """Lock and return what was sealed for this node of a case, by hand-over."""
    query = select(boxes.c.hand_over_id, boxes.c.sealed).where(boxes.c.case_id == case_id)
    return {row.hand_over_id: row.sealed for row in db.execute(query.with_for_update())}


def change_box(db: Connection, hand_over_id: UUID, sealed: str) -> None:
    """Replace what was sealed for a hand-over."""
    mine = boxes.c.hand_over_id == hand_over_id
    db.execute(update(boxes).where(mine).values(sealed=sealed))


def erase_copies(db: Connection, case_id: UUID) -> None:
    """Leave of a case's facts what names nobody, and throw away what was sealed of its person."""
    mine = facts.c.case_id == case_id
    remains = cast(redacted(facts.c.body), Text)
    db.execute(update(facts).where(mine).values(body=remains))
    db.execute(delete(boxes).where(boxes.c.case_id == case_id))


def orders_since(
    db: Connection, since: UUID, not_via: str
) -> list[tuple[UUID, UUID, str | None, str]]:
    """Return id, case, teller and body of the orders that one neighbour did not tell, as heard.

    Ids grow with time: `since` is one of the first moment.
    """
    c = facts.c
    query = select(c.fact_id, c.case_id, c.via, c.body).where(c.name.in_(ORDERS))
    query = query.where(c.fact_id >= since, c.via.is_distinct_from(not_via))
    return [tuple(row) for row in db.execute(query.order_by(c.position))]


def cases_of(db: Connection, case_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Return cases as they stand, unlocked."""
    query = select(cases).where(among(cases.c.case_id, sorted(case_ids)))
    return {row.case_id: _case(row) for row in db.execute(query)}


def _case(row: Any) -> Case:
    return Case(
        row.case_id,
        row.via,
        frozenset(row.shares),
        frozenset(row.former),
        row.person,
        row.complained_of,
        row.erased_at,
        row.known_at,
        row.told_above,
    )
