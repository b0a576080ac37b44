"""Look a case up: its own row and what its facts tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from services.intake.policy.facts import Fact
from services.intake.policy.order import in_order
from services.intake.policy.progress import Holder, Progress, progress_of
from services.intake.repository.cases import Case, case_by_number, version_of
from services.intake.repository.catalogue import phone_of_unit
from services.intake.repository.releases import Release, standing
from services.intake.repository.timeline import facts_among, facts_of
from shared.events.intake import ComplainedOf
from shared.security.policy import Resource


@dataclass(frozen=True, slots=True)
class Look:
    """A case as intake knows it now."""

    case: Case
    facts: Sequence[Fact]
    """In the order in which they count."""
    progress: Progress
    holder_phone: str | None
    version: int
    releases: Sequence[Release] = ()
    """Which of its files units are let see though its person is not to be known to them."""

    @property
    def units(self) -> frozenset[str]:
        """The codes of this node's units that have an order of the case now, or a part of one.

        A unit of another node may have the code of one here: it is somebody else.
        """
        holders = (*self.progress.orders.values(), *self.progress.helpers.values())
        return frozenset(unit.code for unit in holders if unit.node is None)

    @property
    def holding_unit(self) -> str | None:
        """The code of the unit that has the case, if it is one of this node."""
        holder = self.progress.holder
        return None if holder is None or holder.node is not None else holder.code

    def resource_at(self, node: str) -> Resource:
        """Return the case as access to it at a node depends on it."""
        against = self.case.complained_of or ComplainedOf()
        return Resource(
            node=node,
            unit=self.holding_unit,
            case_id=self.case.case_id,
            units=self.units,
            complained_of=against.units_of(node),
            persons=against.hashes,
            withheld=self.case.complainant.withheld,
            released_to=frozenset(
                each.unit_code for each in self.releases if each.unit_node == node
            ),
        )


def look_at_all(db: Connection, found: Sequence[Case]) -> Sequence[Look]:
    """Return many cases, in the order in which they were given; their versions are not asked."""
    told = facts_among(db, [case.case_id for case in found])
    return [_look(db, case, told[case.case_id], version=0) for case in found]


def look_up(db: Connection, number: str) -> Look | None:
    """Return the case of a number in its exact spelling, without a lock."""
    case = case_by_number(db, number)
    if case is None:
        return None
    look = _look(db, case, facts_of(db, case.case_id), version_of(db, case.case_id))
    return (
        replace(look, releases=standing(db, case.case_id)) if case.complainant.withheld else look
    )


def _look(db: Connection, case: Case, told: Sequence[Fact], version: int) -> Look:
    facts = in_order(told)
    progress = progress_of(facts)
    phone = _phone(db, progress.holder) if progress.holder else None
    return Look(case, facts, progress, phone, version)


def _phone(db: Connection, holder: Holder) -> str | None:
    return phone_of_unit(db, holder.code) if holder.node is None else holder.phone
