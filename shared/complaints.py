"""Whom cases complain of, as a service keeps it: one row for each case that complains of anybody.

Every list of cases has the condition of `shown_to`; it says the same as the access policy says of
one case, and a test holds the two against each other.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Table,
    Text,
    Uuid,
    cast,
    exists,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, array, insert

from shared.events.intake import ComplainedOf
from shared.security.actor import Actor, ActorKind
from shared.security.policy import Resource


@dataclass(frozen=True, slots=True)
class Complaint:
    """Units of this node by code, and persons by hash, of whom a case complains."""

    units: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether it is about anybody."""
        return bool(self.units or self.persons)


NOBODY = Complaint()


def complaints_table(metadata: MetaData) -> Table:
    """Declare what a service knows of whom its cases complain of."""
    return Table(
        "complaints",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("units", ARRAY(Text), nullable=False),
        Column("persons", ARRAY(Text), nullable=False),
    )


def complaint_at(node: str, told: ComplainedOf | None) -> Complaint:
    """Return what of an event is about this node's units and staff."""
    return NOBODY if told is None else Complaint(told.units_of(node), told.hashes)


def barred(resource: Resource, told: Complaint) -> Resource:
    """Return what is asked for with whom it complains of."""
    return replace(resource, complained_of=told.units, persons=told.persons)


def keep_complaint(db: Connection, table: Table, case_id: UUID, told: Complaint) -> None:
    """Keep whom a case complains of, in place of what was known."""
    row = {"units": sorted(told.units), "persons": sorted(told.persons)}
    keeping = insert(table).values(case_id=case_id, **row)
    db.execute(keeping.on_conflict_do_update(index_elements=[table.c.case_id], set_=row))


def add_complaint(db: Connection, table: Table, case_id: UUID, told: Complaint) -> None:
    """Keep whom a case complains of, unless something is known: that may be newer."""
    row = {"units": sorted(told.units), "persons": sorted(told.persons)}
    db.execute(insert(table).values(case_id=case_id, **row).on_conflict_do_nothing())


def forget_persons(db: Connection, table: Table, case_id: UUID) -> None:
    """Forget by which hashes the persons are known of whom an erased case complains."""
    db.execute(update(table).where(table.c.case_id == case_id).values(persons=[]))


def complaint_of(db: Connection, table: Table, case_id: UUID) -> Complaint:
    """Return whom a case complains of."""
    row = db.execute(select(table).where(table.c.case_id == case_id)).one_or_none()
    return NOBODY if row is None else Complaint(frozenset(row.units), frozenset(row.persons))


def shown_to(actor: Actor, table: FromClause, case_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a case complains neither of the actor nor of their unit."""
    meant = means(actor, table.c.units, table.c.persons)
    if meant is None:
        return true()
    return ~exists().where(table.c.case_id == case_id, meant)


def means(
    actor: Actor, units: ColumnElement[Any], persons: ColumnElement[Any]
) -> ColumnElement[bool] | None:
    """Return the condition that the actor is among these; None for one who cannot be."""
    mine = {"units": {*actor.above, *filter(None, [actor.unit])}, "persons": actor.known_as}
    if actor.kind is not ActorKind.STAFF or not any(mine.values()):
        return None
    return or_(_overlap(units, mine["units"]), _overlap(persons, mine["persons"]))


def _overlap(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    return column.op("&&", is_comparison=True)(cast(array(sorted(values)), ARRAY(Text)))
