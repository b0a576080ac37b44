"""The registers of policy gaps and hidden barriers, the cases that met them, and their steps."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    exists,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.review.tables import cases, complaints, lead_cases, lead_steps, leads, units
from shared.clock import new_id
from shared.complaints import means
from shared.security.actor import Actor
from shared.security.erasing import worded
from shared.security.reach import Within

NUMBERING = 0x6C656164
"""Names the lock under which leads are numbered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One entry of a register; people are masked in what it says."""

    lead_id: UUID
    origin: str
    year: int
    serial: int
    kind: str
    title_masked: str
    text_masked: str
    item_name: str | None = None
    document: str | None = None
    state: str
    unit_code: str | None = None
    raised: bool = False
    noted_at: datetime
    outcome: str | None = None
    answered_node: str | None = None
    answered_by: str | None = None
    """The unit that answered; None where the node itself did."""
    answer_masked: str | None = None
    answer_document: str | None = None
    in_force_from: date | None = None
    promised_on: date | None = None
    answered_at: datetime | None = None
    told_at: datetime | None = None
    cases_told: int = 0


@dataclass(frozen=True, slots=True)
class LeadStep:
    """One thing that became of a lead."""

    at: datetime
    what: str
    whom: str | None = None
    words_masked: str | None = None


@dataclass(frozen=True, slots=True)
class LeadsWanted:
    """Which leads are asked for, by whom; `before` is the last one of the page before."""

    reader: Actor
    within: Within
    kind: str | None = None
    state: str | None = None
    year: int | None = None
    before: UUID | None = None


def keep_unit(db: Connection, code: str, title: str, *, active: bool) -> None:
    """Keep what a unit is called, and whether it may be asked."""
    told = {"title": title, "active": active}
    row = insert(units).values(code=code, **told)
    db.execute(row.on_conflict_do_update(index_elements=[units.c.code], set_=told))


def active_unit(db: Connection, code: str) -> str | None:
    """Return the title of a unit that is in use."""
    of_unit = (units.c.code == code, units.c.active)
    return db.scalar(select(units.c.title).where(*of_unit))


def next_serial(db: Connection, origin: str, year: int) -> int:
    """Return the next number of a year; until the transaction ends nobody else is given one."""
    db.execute(select(func.pg_advisory_xact_lock(NUMBERING, year)))
    mine = (leads.c.origin == origin, leads.c.year == year)
    return (db.scalar(select(func.max(leads.c.serial)).where(*mine)) or 0) + 1


def add_lead(db: Connection, lead: Lead) -> bool:
    """Insert a lead, unless it is here; tell whether it was not."""
    row = insert(leads).values(asdict(lead)).on_conflict_do_nothing()
    return db.scalar(row.returning(leads.c.lead_id)) is not None


def change_lead(db: Connection, lead_id: UUID, changed: Mapping[str, object]) -> None:
    """Change columns of a locked lead."""
    db.execute(update(leads).where(leads.c.lead_id == lead_id).values(dict(changed)))


def lock_lead(db: Connection, lead_id: UUID) -> Lead | None:
    """Lock and return a lead, whoever may see it."""
    query = _columns().where(leads.c.lead_id == lead_id).with_for_update()
    return next(iter(_read(db, query)), None)


def is_hidden(db: Connection, lead_id: UUID, reader: Actor) -> bool:
    """Tell whether a case of a lead complains of who asks: for them the lead does not exist."""
    query = select(leads.c.lead_id).where(leads.c.lead_id == lead_id, _shown(reader))
    return db.scalar(query) is None


def complained_of(db: Connection, lead_id: UUID) -> frozenset[str]:
    """Return the units of which the cases of a lead complain."""
    of_lead = complaints.c.case_id == lead_cases.c.case_id
    query = select(complaints.c.units).join(lead_cases, of_lead)
    found = db.scalars(query.where(lead_cases.c.lead_id == lead_id))
    return frozenset(code for each in found for code in each)


def complains(db: Connection, lead_id: UUID) -> bool:
    """Tell whether a case of a lead complains of anybody, a unit or a person."""
    of_lead = complaints.c.case_id == lead_cases.c.case_id
    someone = func.cardinality(complaints.c.units) + func.cardinality(complaints.c.persons) > 0
    query = select(complaints.c.case_id).join(lead_cases, of_lead).where(someone)
    return db.scalar(query.where(lead_cases.c.lead_id == lead_id).limit(1)) is not None


def add_case(db: Connection, lead_id: UUID, case_id: UUID, *, is_source: bool) -> bool:
    """Say that a case met what a lead is about; tell whether that was not known."""
    row = insert(lead_cases).values(lead_id=lead_id, case_id=case_id, is_source=is_source)
    added = row.on_conflict_do_nothing().returning(lead_cases.c.case_id)
    return db.scalar(added) is not None


def numbers_of(db: Connection, lead_id: UUID) -> Sequence[str]:
    """Return the numbers of the cases of this node that met it, the earliest first."""
    query = select(cases.c.number).join(lead_cases, lead_cases.c.case_id == cases.c.case_id)
    mine = query.where(lead_cases.c.lead_id == lead_id).order_by(cases.c.case_id)
    return list(db.scalars(mine))


def add_step(db: Connection, lead_id: UUID, step: LeadStep) -> None:
    """Write down what became of a lead."""
    db.execute(insert(lead_steps).values(step_id=new_id(), lead_id=lead_id, **asdict(step)))


def steps_of(db: Connection, lead_id: UUID) -> Sequence[LeadStep]:
    """Return what became of a lead, in order."""
    shown = [lead_steps.c[each.name] for each in fields(LeadStep)]
    query = select(*shown).where(lead_steps.c.lead_id == lead_id)
    ordered = query.order_by(lead_steps.c.at, lead_steps.c.step_id)
    return [LeadStep(**row) for row in db.execute(ordered).mappings()]


def leads_like(db: Connection, wanted: LeadsWanted, limit: int) -> Sequence[Lead]:
    """Return leads, the newest first."""
    query = _columns().where(*_conditions(wanted)).order_by(leads.c.lead_id.desc()).limit(limit)
    if wanted.before is not None:
        query = query.where(leads.c.lead_id < wanted.before)
    return _read(db, query)


def count_leads(db: Connection, wanted: LeadsWanted) -> Mapping[tuple[str, str], int]:
    """Return how many leads there are by kind and state."""
    grouped = (leads.c.kind, leads.c.state)
    query = select(*grouped, func.count()).where(*_conditions(wanted)).group_by(*grouped)
    return {(kind, state): count for kind, state, count in db.execute(query)}


def sources_of(db: Connection, case_id: UUID) -> Sequence[UUID]:
    """Return the leads whose words were taken from a case."""
    mine = (lead_cases.c.case_id == case_id, lead_cases.c.is_source)
    return list(db.scalars(select(lead_cases.c.lead_id).where(*mine)))


def erase_leads(db: Connection, case_id: UUID) -> None:
    """Empty the words that were taken from a case, and forget that it met anything."""
    taken = select(lead_cases.c.lead_id).where(lead_cases.c.case_id == case_id)
    of_source = leads.c.lead_id.in_(taken.where(lead_cases.c.is_source))
    emptied = {name: worded(leads.c[name]) for name in ("title_masked", "text_masked")}
    db.execute(update(leads).where(of_source).values(emptied | {"item_name": None}))
    words = worded(lead_steps.c.words_masked)
    of_steps = lead_steps.c.lead_id.in_(taken.where(lead_cases.c.is_source))
    db.execute(update(lead_steps).where(of_steps).values(words_masked=words))
    db.execute(delete(lead_cases).where(lead_cases.c.case_id == case_id))


def _conditions(wanted: LeadsWanted) -> list[ColumnElement[bool]]:
    same = {"kind": wanted.kind, "state": wanted.state, "year": wanted.year}
    asked = [leads.c[name] == value for name, value in same.items() if value is not None]
    return [*asked, _shown(wanted.reader), _reached(wanted.within)]


def _reached(within: Within) -> ColumnElement[bool]:
    return true() if within.everything else leads.c.unit_code == (within.unit or "")


def _shown(reader: Actor) -> ColumnElement[bool]:
    meant = means(reader, complaints.c.units, complaints.c.persons)
    if meant is None:
        return true()
    mine = (lead_cases.c.lead_id == leads.c.lead_id, complaints.c.case_id == lead_cases.c.case_id)
    return ~exists().where(*mine, meant)


def _columns() -> Select[Any]:
    return select(*(leads.c[each.name] for each in fields(Lead)))


def _read(db: Connection, query: Select[Any]) -> Sequence[Lead]:
    return [Lead(**row) for row in db.execute(query).mappings()]
