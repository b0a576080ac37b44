"""Reports of what goes on, what was said to them from above, and which days are worked."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.policy.tracking import Consent, Year
from services.dispatch.tables import tracking_consents, tracking_reports, worked_years


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One explanation to the person, and the day of the next."""

    report_id: UUID
    order_id: UUID
    serial: int
    at: datetime
    reported_by: str
    explanation: dict[str, Any] | None
    """Sealed, in the form in which events carry it; None when it is erased."""
    explanation_masked: str
    ground_masked: str
    next_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One word from above on further tracking."""

    consent_id: UUID
    order_id: UUID
    at: datetime
    reports: int
    granted: bool
    because: str

    @property
    def consent(self) -> Consent:
        """The same in the words of the policy."""
        return Consent(self.reports, self.granted)


def add_report(db: Connection, report: Report) -> None:
    """Insert a report."""
    db.execute(tracking_reports.insert().values(asdict(report)))


def reports_of(db: Connection, order_id: UUID) -> Sequence[Report]:
    """Return the reports of an order, oldest first."""
    query = select(tracking_reports).where(tracking_reports.c.order_id == order_id)
    ordered = query.order_by(tracking_reports.c.serial)
    return [Report(**row) for row in db.execute(ordered).mappings()]


def add_consent(db: Connection, given: Given) -> None:
    """Insert a word from above."""
    db.execute(tracking_consents.insert().values(asdict(given)))


def consents_of(db: Connection, order_id: UUID) -> Sequence[Given]:
    """Return what was said from above to the reports of an order, oldest first."""
    query = select(tracking_consents).where(tracking_consents.c.order_id == order_id)
    ordered = query.order_by(tracking_consents.c.at, tracking_consents.c.consent_id)
    return [Given(**row) for row in db.execute(ordered).mappings()]


def keep_year(db: Connection, year: Year, told_at: datetime) -> None:
    """Write which days of a year are worked, unless that was told later already."""
    w = worked_years.c
    row = {"year": year.year, "told_at": told_at, "worked": sorted(year.worked)}
    keeping = insert(worked_years).values(row)
    anew = {name: keeping.excluded[name] for name in ("told_at", "worked")}
    later = w.told_at <= keeping.excluded.told_at
    db.execute(keeping.on_conflict_do_update(index_elements=[w.year], set_=anew, where=later))


def years_told(db: Connection, years: Collection[int]) -> Sequence[Year]:
    """Return what sla told of these years."""
    w = worked_years.c
    found = db.execute(select(w.year, w.worked).where(w.year.in_(years)))
    return [Year(row.year, frozenset(row.worked)) for row in found]
