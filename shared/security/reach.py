"""The policy's answer for all rows at once: what of a node an actor may see by one action.

`may` decides about one row; a list asks this first, and the database leaves out what a look at the
single row would refuse. A test asks both about the same rows.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from shared.security.actor import Actor, ActorKind
from shared.security.policy import (
    BY_TELEPHONE,
    CITIZEN_ACTIONS,
    GRANTS,
    OUTSIDE_ACTIONS,
    Action,
    Reach,
    Resource,
)
from shared.security.withheld import is_kept_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Which rows are within reach: all of them, those of a unit, those of one case, or none.

    Whom a case complains of sees nothing of it, whatever is within reach: that stands apart,
    because it is asked of every row and every actor alike (`Resource.complained_of`).
    """

    everything: bool = False
    unit: str | None = None
    """Rows that this unit holds."""
    partakes: bool = False
    """Also rows of cases in which the unit takes part without holding them."""
    case_id: UUID | None = None
    spares_withheld: bool = False
    """But for rows of persons whose names are withheld."""

    @property
    def nothing(self) -> bool:
        """Tell that no row whatever is within reach."""
        return replace(self, spares_withheld=False) == NOTHING

    def has(self, resource: Resource) -> bool:
        """Tell whether one row is within reach; it is a row of the actor's own node."""
        if self.spares_withheld and resource.withheld:
            return False
        if self.everything:
            return True
        if self.case_id is not None and self.case_id == resource.case_id:
            return True
        units = {resource.unit, *(resource.units if self.partakes else ())}
        return self.unit is not None and self.unit in units


NOTHING = Within()
EVERYTHING = Within(everything=True)


def within(actor: Actor, action: Action, node: str) -> Within:
    """Return what of a node's rows the actor may see by an action.

    Of the two actions that depend on the way of reporting (`case.register`, `case.import`) no
    list is made: there is nothing to see by them.
    """
    if actor.node != node or action in (Action.CASE_REGISTER, Action.CASE_IMPORT):
        return NOTHING
    return replace(_within(actor, action), spares_withheld=is_kept_from(actor, action))


def _within(actor: Actor, action: Action) -> Within:
    match actor.kind:
        case ActorKind.ANONYMOUS:
            return NOTHING
        case ActorKind.CITIZEN | ActorKind.OUTSIDE:
            return Within(case_id=actor.case_id) if _may_by_case(actor, action) else NOTHING
        case ActorKind.SYSTEM:
            return EVERYTHING if action.value in actor.scopes else NOTHING
        case ActorKind.STAFF:
            return _of_staff(actor, action)


def could(actor: Actor, action: Action) -> bool:
    """Tell whether there may be anything at the actor's node to which they may do this."""
    hangs_on_the_channel = action in (Action.CASE_REGISTER, Action.CASE_IMPORT)
    by_link = actor.kind is ActorKind.OUTSIDE and action in OUTSIDE_ACTIONS
    return hangs_on_the_channel or by_link or not within(actor, action, actor.node).nothing


def _of_staff(actor: Actor, action: Action) -> Within:
    reaches = {GRANTS[role][action] for role in actor.roles if action in GRANTS[role]}
    if Reach.NODE in reaches:
        return EVERYTHING
    if not reaches or actor.unit is None:
        return NOTHING
    return Within(unit=actor.unit, partakes=Reach.INVOLVED in reaches)


def _may_by_case(actor: Actor, action: Action) -> bool:
    if actor.kind is ActorKind.OUTSIDE:
        # Of the files of the case the policy grants single ones, and no list of them.
        return action in OUTSIDE_ACTIONS - {Action.ATTACHMENT_READ}
    by_telephone = action not in BY_TELEPHONE or action.value in actor.scopes
    return action in CITIZEN_ACTIONS and by_telephone
