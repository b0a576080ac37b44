"""What an endpoint needs from outside: its service's door, and who is asking.

The composition root puts one `Door` per service on the application's state and the `Actor` on
each request's scope; nothing below it reads the environment.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.types import Scope

from shared.audit import AuditOutcome, Entry
from shared.audit.books import AuditBooks
from shared.clock import utcnow
from shared.errors import Refused
from shared.http.watch import KNOWN, Repeats, is_watched, note
from shared.neighbours import Neighbours
from shared.security.actor import Actor, ActorKind, anonymous
from shared.security.policy import Action, Reason, Resource, may
from shared.security.sealing import NodeKeys
from shared.store import Store
from shared.store.held import HeldStore
from shared.store.sealed import Safe
from shared.unit import Unit

TOO_OFTEN = "too_often"
"""Why a guess was not looked at."""
WITH_WORDS: Mapping[Reason, str] = MappingProxyType(
    {
        reason: reason.value
        for reason in (
            *(Reason.NAME_WITHHELD, Reason.NOT_SPOKESPERSON),
            *(Reason.AUTHORITY_LAPSED, Reason.BEYOND_AUTHORITY),
        )
    }
)
"""Refusals that say how to go on."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What everybody may know of the node that answers."""

    code: str
    tier: str
    name: str
    public_url: str
    neighbours: Neighbours = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Door:
    """One service of one node as its endpoints see it."""

    unit: Unit
    settings: Any
    keys: NodeKeys
    node: NodeFacts
    now: Callable[[], datetime] = utcnow
    repeats: Repeats = field(default_factory=Repeats)
    store: Store = field(default_factory=HeldStore, repr=False)
    """Where the bytes of files lie; in memory for doors that keep none."""

    @property
    def safe(self) -> Safe:
        """What it takes to keep files here."""
        return Safe(self.keys, self.store)

    def demand(self, actor: Actor, action: Action, resource: Resource) -> None:
        """Let the policy decide; raise Refused if it says no.

        `not_signed_in` (401) where showing who one is would help, else `not_allowed` (403).
        """
        decision = may(actor, action, resource)
        if decision.reason is Reason.LOG_IN:
            raise Refused("not_signed_in")
        if not decision.allowed:
            self._note_refusal(actor, action, resource, decision.reason)
            code = WITH_WORDS.get(decision.reason, "not_allowed")
            raise Refused(code, str(decision.reason))
        self.look(actor, action, *_object_of(resource))

    def look(self, actor: Actor, action: Action, object_kind: str, object_id: str) -> None:
        """Have a look of the inspector written down; of others nothing is."""
        if not is_watched(actor, action):
            return
        now = self.now()
        repeats = self.repeats.told((actor.id, action, object_kind, object_id), now)
        if repeats is not None:
            told = _entry(actor, action, (object_kind, object_id), now)
            note(self.unit, replace(told, repeats=_many(repeats)))

    def turned_away(self, actor: Actor, action: Action) -> None:
        """Have it written down that somebody was refused before anything was looked at."""
        reason = Reason.SCOPE if actor.kind is ActorKind.SYSTEM else Reason.ROLE
        self._note_refusal(actor, action, Resource(node=self.node.code), reason)

    def unproven(self, action: str, reason: str, address: str, account: str = "") -> None:
        """Have it written down that somebody could not show who they are, or tried too often.

        Repeats count for the account that was tried, else for the address, as a hash.
        """
        now = self.now()
        where = "address", self.keys.keyed_hash("address", address)
        about = ("account", account) if account else where
        repeats = self.repeats.told((*about, action, reason), now)
        if repeats is not None:
            told = _entry(anonymous(self.node.code), action, about, now)
            note(self.unit, _denied(told, reason, repeats))

    def _note_refusal(
        self, actor: Actor, action: Action, resource: Resource, reason: Reason
    ) -> None:
        now = self.now()
        repeats = self.repeats.told((actor.id, action, "denied"), now)
        if actor.kind in KNOWN and repeats is not None:
            told = _entry(actor, action, _object_of(resource), now)
            note(self.unit, _denied(told, reason, repeats))


def _object_of(resource: Resource) -> tuple[str, str]:
    if resource.case_id is not None:
        return "case", str(resource.case_id)
    if resource.unit is not None:
        return "unit", resource.unit
    return "node", resource.node


def address_of(scope: Scope) -> str:
    """Return from where a request comes; a question mark where nobody knows."""
    return scope["client"][0] if scope.get("client") else "?"


def _entry(actor: Actor, action: str, about: tuple[str, str], now: datetime) -> Entry:
    kind, thing = about
    return Entry(at=now, actor=actor, action=action, object_kind=kind, object_id=thing)


def _denied(entry: Entry, reason: str, repeats: int) -> Entry:
    denied = AuditOutcome.DENIED
    return replace(entry, outcome=denied, reason=str(reason), repeats=_many(repeats))


def _many(repeats: int) -> int | None:
    return repeats if repeats > 1 else None


def door_of(service: str) -> Callable[[Request], Awaitable[Door]]:
    """Return the dependency that finds a service's door on the running application."""

    # As a coroutine, also where nothing is waited for: a function would cost a change of threads.
    async def find(request: Request) -> Door:
        door: Door = request.app.state.doors[service]
        return door

    return find


async def _who(request: Request) -> Actor:
    actor: Actor = request.scope["actor"]
    return actor


Who = Annotated[Actor, Depends(_who)]
"""The actor that the outer middleware found; anonymous where there is none."""


async def _books(request: Request) -> AuditBooks:
    books: AuditBooks = request.app.state.books
    return books


Books = Annotated[AuditBooks, Depends(_books)]
"""The audits of all services of the node, to be read under the auditor's role."""
