"""Which cases somebody may look at, for every list and whatever is made of one."""

from services.portal.repository import Sight
from shared.security.actor import Actor
from shared.security.policy import Action
from shared.security.reach import within


def sight_of(actor: Actor, node: str) -> Sight:
    """Return which cases the actor may look at, as `may_see` tells of a single one."""
    return Sight(
        node=node,
        ours=within(actor, Action.CASE_READ, node),
        incoming=within(actor, Action.HAND_OVER_READ, node),
        below=within(actor, Action.BELOW_READ, node),
    )
