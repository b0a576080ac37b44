"""What somebody who shows a code may not do, because of how they stand to the case.

Who speaks for another is bound by an authority; of several complainants one speaks for all. The
door that knows the case says so with the actor, the policy refuses: a scope `reason:action` each.
"""

from shared.security.actions import Action
from shared.security.actor import Actor
from shared.security.decisions import Reason

BOUNDS = (Reason.AUTHORITY_LAPSED, Reason.BEYOND_AUTHORITY, Reason.NOT_SPOKESPERSON)


def bound(reason: str, action: str) -> str:
    """Return the scope by which an action is refused."""
    return f"{reason}:{action}"


def bound_of(actor: Actor, action: Action) -> Reason | None:
    """Return why an actor may not do this to the own case; None where nothing binds them."""
    return next((why for why in BOUNDS if bound(why, action) in actor.scopes), None)
