"""Write down in the audit who did what with an account, or was refused it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.portal.repository import Account
from services.portal.tables import plumbing
from shared.audit import AuditOutcome, Entry, digest_of, record
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Deed:
    """One attempt at an account."""

    actor: Actor
    action: str
    login: str
    outcome: AuditOutcome = AuditOutcome.DONE
    because: str | None = None
    before: Account | None = None
    after: Account | None = None


def note(db: Connection, deed: Deed, now: datetime) -> None:
    """Write an attempt down; accounts stand in it as digests."""
    entry = Entry(
        at=now,
        actor=deed.actor,
        action=deed.action,
        object_kind="account",
        object_id=deed.login,
        outcome=deed.outcome,
        purpose=deed.because,
        before=None if deed.before is None else _digest(deed.before),
        after=None if deed.after is None else _digest(deed.after),
    )
    record(db, plumbing.audit, entry)


def _digest(account: Account) -> str:
    return digest_of(
        {
            "login": account.login,
            "name": account.name,
            "roles": account.roles,
            "unit": account.unit_code,
            "active": account.active,
        }
    )
