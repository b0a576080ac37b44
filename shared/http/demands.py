"""What each endpoint asks of whoever calls it, written beside it: an action, or a reason for none.

Who can have nothing to do with it is turned away by that word alone, before anything they sent is
looked at. Whether they may with this one case, the endpoint itself asks the policy.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, TypeVar

from shared.errors import Refused
from shared.security.actor import Actor, ActorKind
from shared.security.policy import CITIZEN_ACTIONS, Action
from shared.security.reach import could

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "_demand"


class TurnedAway(Refused):
    """Somebody known could not do it here with any row whatever."""

    def __init__(self, action: Action) -> None:
        super().__init__("not_allowed")
        self.action = action


@unique
class Audience(StrEnum):
    """Whom an endpoint has to do with at all."""

    EVERYBODY = "everybody"
    STAFF = "staff"
    """Whoever is signed in as a member of staff."""
    HOLDER = "holder"
    """A browser in which somebody has opened a case by number and query code.

    Or an outside party its question, by the link.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What an endpoint asks: one of `actions`, or nothing but to be of the audience."""

    audience: Audience = Audience.EVERYBODY
    actions: tuple[Action, ...] = ()
    part: str = ""
    """The part of the path that chooses the action."""
    by_part: Mapping[str, Action] | None = None
    because: str = ""
    """Why no action is asked for."""

    def asked(self, parts: Mapping[str, Any]) -> Sequence[Action]:
        """Return the actions of which a caller needs one, by the parts of the path."""
        if self.by_part is None:
            return self.actions
        chosen = self.by_part.get(str(parts.get(self.part)))
        return () if chosen is None else (chosen,)

    @property
    def spoken(self) -> frozenset[Action]:
        """Every action that it may ask for."""
        return frozenset(self.actions) | frozenset((self.by_part or {}).values())


def demands(*actions: Action, audience: Audience = Audience.EVERYBODY) -> Callable[[F], F]:
    """Say that a caller needs one of these actions."""
    return _marked(Demand(audience=audience, actions=actions))


def demands_by(part: str, actions: Mapping[str, Action]) -> Callable[[F], F]:
    """Say that a part of the path chooses which action staff need."""
    return _marked(Demand(audience=Audience.STAFF, part=part, by_part=actions))


def open_to(audience: Audience, because: str) -> Callable[[F], F]:
    """Say that no action is asked for, and why."""
    return _marked(Demand(audience=audience, because=because))


def demand_of(endpoint: object) -> Demand | None:
    """Return what stands beside an endpoint; None if nothing does."""
    return getattr(endpoint, _MARK, None)


def turn_away(endpoint: object, actor: Actor, parts: Mapping[str, Any]) -> None:
    """Refuse whoever could not do here what they ask for with any row whatever."""
    demand = demand_of(endpoint)
    if demand is None or demand.audience is Audience.HOLDER:
        return
    actions = demand.asked(parts)
    if not actions or any(could(actor, action) for action in actions):
        return
    if actor.kind in (ActorKind.STAFF, ActorKind.SYSTEM):
        raise TurnedAway(actions[0])
    if CITIZEN_ACTIONS.isdisjoint(actions):  # else the endpoint asks for number and code
        raise Refused("not_signed_in")


def _marked(demand: Demand) -> Callable[[F], F]:
    def mark(endpoint: F) -> F:
        setattr(endpoint, _MARK, demand)
        return endpoint

    return mark
