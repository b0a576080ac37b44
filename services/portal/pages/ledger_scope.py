"""How far somebody sees the ledger, and of how many cases they may ask at once."""

from services.portal.handlers import sight_of
from services.portal.policy.ledger import Asked
from services.portal.repository import ListKind, ListScope
from shared.security.actor import Actor

MOST_FIELDS = 300
"""Of one form: every filter ticked, every column, every case of a page."""
MOST_AT_ONCE = 200
"""Cases of one run, or of one print."""


def scope_of(actor: Actor, node: str, asked: Asked, text: str = "") -> ListScope:
    """Return the ledger as far as an actor may look at it."""
    sight = sight_of(actor, node)
    return ListScope(kind=ListKind.ALL, sight=sight, reader=actor, text=text, ledger=asked)
