"""The cases that came of one report, as whoever may see one of them sees the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.look import Look, look_at_all
from services.intake.policy.facts import FactKind
from services.intake.repository.cases import cases_among
from services.intake.repository.splits import split_of, split_off
from shared.security.actor import Actor
from shared.security.policy import is_complained_of


@dataclass(frozen=True, slots=True)
class Together:
    """A report and what was split off it, in this order."""

    report: Look
    parts: Sequence[Look]

    def besides(self, case_id: UUID) -> list[Look]:
        """Return the others of these cases."""
        return [each for each in (self.report, *self.parts) if each.case.case_id != case_id]


def came_apart(look: Look) -> bool:
    """Tell whether a case was split off a report, or is one off which others were."""
    if look.case.promised_from is not None:
        return True
    return any(fact.kind is FactKind.SPLIT for fact in look.facts)


def together_with(db: Connection, look: Look) -> Together:
    """Return the report that a case came of, and all that was split off it."""
    own = split_of(db, look.case.case_id) if look.case.promised_from is not None else None
    first_id = look.case.case_id if own is None else own.first_id
    order = [first_id, *(part.case_id for part in split_off(db, first_id))]
    found = cases_among(db, order)
    report, *parts = look_at_all(db, [found[case_id] for case_id in order])
    return Together(report, parts)


def siblings(db: Connection, look: Look) -> list[Look]:
    """Return the other cases of the same report; none of most."""
    return together_with(db, look).besides(look.case.case_id) if came_apart(look) else []


def is_shown(look: Look, actor: Actor) -> bool:
    """Tell whether somebody may know of a case: not if it complains of them."""
    return not is_complained_of(actor, look.resource_at(actor.node))
