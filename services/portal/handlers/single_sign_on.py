"""Sign in by what a provider says of somebody: the way there and back, and the account.

The account follows the provider: name, unit and roles are what its latest claims mean. A local
account keeps its login to itself: no claim ever opens it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.records import Deed, note
from services.portal.handlers.sessions import staff
from services.portal.handlers.signing_in import SignedIn, Visitor, begin_session
from services.portal.policy import Identity
from services.portal.providers import Begun
from services.portal.repository import Account
from shared.errors import Refused
from shared.security.actor import Role, clashing
from shared.security.notes import read_note, write_note
from shared.security.sealing import NodeKeys

LASTS = timedelta(minutes=10)
"""How long somebody may take at the provider."""
PURPOSE = "portal/sso-begun"
NO_PASSWORD = "!"  # noqa: S105  # and no secret
"""No hash of anything: an account of the provider cannot be opened by a password."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in on its way, and where it leads in the end."""

    begun: Begun
    to: str


def write_flow(keys: NodeKeys, flow: Flow, now: datetime) -> str:
    """Return the flow as the browser keeps it meanwhile."""
    return write_note(keys, PURPOSE, [asdict(flow.begun), flow.to], now + LASTS)


def read_flow(keys: NodeKeys, note: str, now: datetime) -> Flow:
    """Return the flow of a browser that came back; Refused if it has none, or took too long."""
    told = read_note(keys, PURPOSE, note, now)
    if told is None:
        raise Refused("sso_expired")
    begun, to = told
    return Flow(Begun(**begun), to)


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the provider has proven to be here, and from where they come."""

    issuer: str
    identity: Identity
    visitor: Visitor


def sign_in_as(db: Connection, proven: Proven, node: str, now: datetime) -> SignedIn:
    """Begin a session for whom the provider has proven; Refused says why not."""
    identity, subject = proven.identity, f"{proven.issuer} {proven.identity.subject}"
    before = repository.account_of_subject(db, subject)
    login = identity.login if before is None else before.login
    _demand_open(before or repository.account_of(db, login), before, identity)
    account = Account(
        login=login,
        name=identity.name,
        roles=tuple(sorted(identity.roles)),
        unit_code=_unit(db, identity, before),
        password_hash=NO_PASSWORD,
        active=True,
        subject=subject,
    )
    if account != before:
        _keep(db, before, account, now)
        actor = staff(account, node)
        note(db, Deed(actor, "account.follow", login, before=before, after=account), now)
    return begin_session(db, account, proven.visitor, now, node)


def _unit(db: Connection, identity: Identity, before: Account | None) -> str | None:
    if identity.unit is None:  # the provider says nothing of it: what was set here stays
        return before.unit_code if before else None
    if repository.unit(db, identity.unit) is None:
        raise Refused("sso_unknown_unit")
    return identity.unit


def _keep(db: Connection, before: Account | None, account: Account, now: datetime) -> None:
    if before is not None:
        repository.write_account(db, account, now)
    elif not repository.add_account(db, account, now):
        raise Refused("sso_login_taken", field="login")


def _demand_open(found: Account | None, own: Account | None, identity: Identity) -> None:
    if clashing([Role(role) for role in identity.roles]):
        raise Refused("roles_clash", field="roles")
    if found is not None and own is None:
        raise Refused("sso_login_taken", field="login")
    if found is not None and not found.active:
        raise Refused("sso_no_role")
