"""Who sees nobody whose name is withheld from those who work on the case (domain facts 5.1)."""

from shared.security.actions import Action
from shared.security.actor import Actor, ActorKind, Role

WITHHELD = "withheld"
"""The scope of people whose names are withheld: what they write is masked wholly."""
SHOWS_NAMES = frozenset({Action.PERSON_REVEAL, Action.ATTACHMENT_READ, Action.ATTACHMENT_RELEASE})
"""By these somebody is seen: files of a person tell who they are, too."""


def is_kept_from(actor: Actor, action: Action) -> bool:
    """Tell whether an actor sees nobody whose name is withheld, whatever else they may.

    Who works for a unit is kept from it also in another role: what one role knows the other does.
    """
    works_on_it = Role.DISPOSAL_OFFICER in actor.roles
    is_beside = actor.kind in (ActorKind.SYSTEM, ActorKind.OUTSIDE)
    return action in SHOWS_NAMES and (works_on_it or is_beside)


def is_let_see(actor: Actor, action: Action, released_to: frozenset[str]) -> bool:
    """Tell whether an actor may look at those files of such a case that were released to them."""
    is_of_unit = actor.kind is ActorKind.STAFF and actor.unit in released_to
    return action is Action.ATTACHMENT_READ and is_of_unit
