"""Who asks for a step, and when: what a use case behind a door needs to know of it."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.words import By
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """An actor at one instant; whether they may was asked before."""

    actor: Actor
    now: datetime

    @property
    def by(self) -> By:
        """As much of the actor as everybody may know."""
        role = min(self.actor.roles, default=None)
        return By(kind=self.actor.kind.value, role=role, unit=self.actor.unit)
