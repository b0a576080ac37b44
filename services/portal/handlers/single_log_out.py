"""The provider of a single sign-on has ended somebody's session there: ours behind it ends too."""

from datetime import datetime

from sqlalchemy import Connection

from services.portal.handlers.records import Deed, note
from services.portal.providers import HOLDS, LoggedOut
from services.portal.repository.logouts import end_provider_sessions, note_logout
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind

PROVIDER = "single-sign-on"


def log_out(db: Connection, issuer: str, told: LoggedOut, node: str, now: datetime) -> int:
    """End the sessions concerned; return how many. Refused for a token that was shown before."""
    if not note_logout(db, told.token_id, now, now - 2 * HOLDS):
        raise Refused("sso_logout_unproven", "shown before")
    ended = end_provider_sessions(db, issuer, told.subject, told.session)
    provider = Actor(kind=ActorKind.SYSTEM, node=node, id=PROVIDER)
    for login in sorted(set(ended)):
        note(db, Deed(provider, "session.end", login), now)
    return len(ended)
