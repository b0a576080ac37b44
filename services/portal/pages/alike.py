"""Cases that may be about the same matter, beside a form: nobody has to know their numbers."""

from collections.abc import Sequence

from fastapi import Request

from services.portal.handlers import sight_of
from services.portal.pages.rendering import door_here
from services.portal.repository import ListedCase, ListKind, ListScope
from services.portal.repository.alike import alike_to_case, alike_to_text
from shared.security.actor import Actor
from shared.security.masking import mask_text
from shared.security.policy import Action

MOST_SHOWN = 4
MOST_TYPED = 2_000


def like_text(request: Request, actor: Actor, typed: str) -> Sequence[ListedCase]:
    """Return what was told before and may be what is typed, also what is closed."""
    door, scope = door_here(request), _in_sight(request, actor)
    if scope.sight.ours.nothing:
        return []
    door.look(actor, Action.CASE_READ, "list", "alike")
    with door.unit.transaction() as db:
        masked = mask_text(typed[:MOST_TYPED])
        return alike_to_text(db, scope, masked, MOST_SHOWN)


def like_case(request: Request, actor: Actor, number: str) -> Sequence[ListedCase]:
    """Return other cases that may be about the matter of one that the reader sees."""
    door = door_here(request)
    door.look(actor, Action.CASE_READ, "list", "alike")
    with door.unit.transaction() as db:
        return alike_to_case(db, _in_sight(request, actor), number, MOST_SHOWN)


def _in_sight(request: Request, actor: Actor) -> ListScope:
    sight = sight_of(actor, door_here(request).node.code)
    return ListScope(kind=ListKind.ALL, sight=sight, reader=actor)
