"""What an endpoint needs from outside: its service's door, and who is asking.

The composition root puts one `Door` per service on the application's state and the `Actor` on
each request's scope; nothing below it reads the environment.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from shared.clock import utcnow
from shared.errors import Refused
from shared.neighbours import Neighbours
from shared.security.actor import Actor
from shared.security.policy import Action, Reason, Resource, may
from shared.security.sealing import NodeKeys
from shared.unit import Unit


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

    def demand(self, actor: Actor, action: Action, resource: Resource) -> None:
        """Let the policy decide; raise Refused if it says no.

        `not_signed_in` (401) where showing who one is would help, else `not_allowed` (403).
        """
        decision = may(actor, action, resource)
        if decision.reason is Reason.LOG_IN:
            raise Refused("not_signed_in")
        if not decision.allowed:
            raise Refused("not_allowed", str(decision.reason))


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
