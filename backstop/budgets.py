"""How much one asker may ask: so many requests at once, and so many a minute from then on."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from shared.security.actor import Actor, ActorKind

MOST_ASKERS = 20_000
"""How many askers are remembered; the one that was silent longest is forgotten first."""
MINUTE = 60.0


@unique
class Budget(StrEnum):
    """What is counted together; also the name in the metric."""

    ADDRESS = "address_requests"
    ANONYMOUS_READS = "anonymous_reads"
    ANONYMOUS_POSTS = "anonymous_posts"
    CITIZEN = "citizen_requests"
    STAFF = "staff_requests"
    SYSTEM = "system_requests"


@dataclass(slots=True)
class Budgets:
    """What each asker has spent, by the rule of the leaky bucket: one instant for each.

    The instant is when the asker's bucket will be empty again. Nobody may push it further into the
    future than a full bucket takes to leak: a minute.
    """

    limits: Mapping[Budget, int]
    _empty_at: OrderedDict[tuple[Budget, str], float]

    @classmethod
    def of(cls, limits: Mapping[Budget, int]) -> "Budgets":
        """Begin to count; a limit of 0 is none."""
        return cls({budget: limit for budget, limit in limits.items() if limit}, OrderedDict())

    def spend(self, budget: Budget, asker: str, now: float) -> float:
        """Count one request; return the seconds to wait instead, 0 if it is within the limit."""
        limit = self.limits.get(budget)
        if limit is None:
            return 0.0
        key = (budget, asker)
        empty_at = max(self._empty_at.get(key, now), now) + MINUTE / limit
        if empty_at - now > MINUTE + MINUTE / limit / 2:
            return empty_at - now - MINUTE
        self._empty_at[key] = empty_at
        self._empty_at.move_to_end(key)
        if len(self._empty_at) > MOST_ASKERS:
            self._empty_at.popitem(last=False)
        return 0.0


def budget_of(actor: Actor, method: str, address: str) -> tuple[Budget, str]:
    """Return from which budget a request is paid, and whose it is."""
    match actor.kind:
        case ActorKind.STAFF:
            return Budget.STAFF, actor.id
        case ActorKind.SYSTEM:
            return Budget.SYSTEM, actor.id
        case ActorKind.CITIZEN:
            return Budget.CITIZEN, str(actor.case_id)
        case ActorKind.OUTSIDE:
            return Budget.CITIZEN, actor.id
        case ActorKind.ANONYMOUS:
            reads = method in {"GET", "HEAD", "OPTIONS"}
            return Budget.ANONYMOUS_READS if reads else Budget.ANONYMOUS_POSTS, address
