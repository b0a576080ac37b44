"""Sessions that a provider ends, and the logout tokens that were shown."""

from datetime import datetime

from sqlalchemy import Connection, delete, false, select
from sqlalchemy.dialects.postgresql import insert

from services.portal.tables import accounts, logout_tokens, sessions


def note_logout(db: Connection, token_id: str, now: datetime, forgotten_before: datetime) -> bool:
    """Remember that a token was shown, and forget those of long ago; tell whether it is new."""
    db.execute(delete(logout_tokens).where(logout_tokens.c.shown_at < forgotten_before))
    adding = insert(logout_tokens).values(token_id=token_id, shown_at=now)
    added = adding.on_conflict_do_nothing().returning(logout_tokens.c.token_id)
    return db.scalar(added) is not None


def end_provider_sessions(
    db: Connection, issuer: str, subject: str | None, session: str | None
) -> list[str]:
    """End what an issuer's subject or session opened, both where both are named.

    What a subject opened without its session being told may be of any of them: it ends, too.
    Return the logins, one for each session that ended.
    """
    of_issuer = accounts.c.subject.startswith(f"{issuer} ", autoescape=True)
    theirs = select(accounts.c.login).where(of_issuer)
    if subject is not None:
        theirs = theirs.where(accounts.c.subject == f"{issuer} {subject}")
    ending = delete(sessions).where(sessions.c.login.in_(theirs))
    if session is not None:
        theirs_here = sessions.c.provider_session == session
        untold = sessions.c.provider_session.is_(None) if subject is not None else false()
        ending = ending.where(theirs_here | untold)
    return list(db.scalars(ending.returning(sessions.c.login)))
