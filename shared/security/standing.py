"""What somebody who shows a code may not do, because of how they stand to the case.

Who speaks for another is bound by an authority; of several complainants one speaks for all. The
door that knows the case says so with the actor, the policy refuses: a scope `reason:action` each.
"""

from shared.security.actions import Action
from shared.security.actor import Actor
from shared.security.decisions import Reason

BOUNDS = (Reason.AUTHORITY_LAPSED, Reason.BEYOND_AUTHORITY, Reason.NOT_SPOKESPERSON)


OF_EACH = frozenset(
    {
        *(Action.CASE_READ, Action.CASE_ADD, Action.ATTACHMENT_ADD),
        *(Action.PRESSURE_TELL, Action.COMPLAINANT_LEAVE),
        *(Action.CONTACT_CHANGE, Action.CODE_RENEW),
    }
)
"""What each of several complainants may do; the rest does who speaks for all."""
COMPLAINANT = "complainant:"
AGENTS = 0
"""The serial of an agent with a code of their own, beside those who report it too."""
BY_AGENT = "agent"
"""The scope of an agent to whom the query code of the case does not belong."""


def complainant_scope(serial: int) -> str:
    """Return the scope of one of several complainants."""
    return f"{COMPLAINANT}{serial}"


def complainant_of(actor: Actor) -> int | None:
    """Return which of several complainants acts; None for who speaks for all, and for staff."""
    mine = (scope for scope in actor.scopes if scope.startswith(COMPLAINANT))
    found = next(mine, None)
    return None if found is None else int(found.removeprefix(COMPLAINANT))


def serial_of(actor: Actor) -> int | None:
    """Return whose own code somebody holds: a complainant's, an agent's; None where the case's."""
    return AGENTS if BY_AGENT in actor.scopes else complainant_of(actor)


def bound(reason: str, action: str) -> str:
    """Return the scope by which an action is refused."""
    return f"{reason}:{action}"


def bound_of(actor: Actor, action: Action) -> Reason | None:
    """Return why an actor may not do this to the own case; None where nothing binds them."""
    return next((why for why in BOUNDS if bound(why, action) in actor.scopes), None)
