"""Look a case up: its own row and what its facts tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from services.intake.policy.progress import Fact, Progress, in_order, progress_of
from services.intake.repository.cases import Case, case_by_number, version_of
from services.intake.repository.catalogue import phone_of_unit
from services.intake.repository.timeline import facts_of


@dataclass(frozen=True, slots=True)
class Look:
    """A case as intake knows it now."""

    case: Case
    facts: Sequence[Fact]
    """In the order in which they count."""
    progress: Progress
    holder_phone: str | None
    version: int

    @property
    def units(self) -> frozenset[str]:
        """The codes of the units that have an order of the case now."""
        return frozenset(unit.code for unit in self.progress.orders.values())


def look_up(db: Connection, number: str) -> Look | None:
    """Return the case of a number in its exact spelling, without a lock."""
    case = case_by_number(db, number)
    if case is None:
        return None
    facts = in_order(facts_of(db, case.case_id))
    progress = progress_of(facts)
    phone = phone_of_unit(db, progress.holder.code) if progress.holder else None
    return Look(case, facts, progress, phone, version_of(db, case.case_id))
