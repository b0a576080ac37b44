"""Who asks: the value that every door makes of a session, a token or a number with its code."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """How an actor has shown who it is."""

    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"


class Role(StrEnum):
    """What a member of staff is there for; one person may have several."""

    WINDOW_OFFICER = "window_officer"
    HOTLINE_AGENT = "hotline_agent"
    DISPATCHER = "dispatcher"
    DISPOSAL_OFFICER = "disposal_officer"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One who asks, at one node; a citizen is bound to the one case that the code opens."""

    kind: ActorKind
    node: str
    id: str = ""
    """Account, token or case number; never a name or a phone number."""
    name: str = ""
    """What staff see of each other; empty for people from outside."""
    unit: str | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] = frozenset()
    case_id: UUID | None = None


def anonymous(node: str) -> Actor:
    """Return somebody about whom nothing is known."""
    return Actor(kind=ActorKind.ANONYMOUS, node=node)


def citizen(node: str, case_id: UUID, number: str) -> Actor:
    """Return one who has shown number and query code of a case."""
    return Actor(kind=ActorKind.CITIZEN, node=node, id=number, case_id=case_id)
