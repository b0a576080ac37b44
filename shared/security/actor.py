"""Who asks: the value that every door makes of a session, a token or a number with its code."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """How an actor has shown who it is."""

    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    OUTSIDE = "outside"
    """A party that was asked about one order and has shown the link it was sent."""
    STAFF = "staff"
    SYSTEM = "system"


class Role(StrEnum):
    """What a member of staff is there for; one person may have several."""

    WINDOW_OFFICER = "window_officer"
    WINDOW_HEAD = "window_head"
    HOTLINE_AGENT = "hotline_agent"
    DISPATCHER = "dispatcher"
    DISPOSAL_OFFICER = "disposal_officer"
    SUPERVISOR = "supervisor"
    REVIEWER = "reviewer"
    LEGAL_EXPERT = "legal_expert"
    STAFFING_OFFICE = "staffing_office"
    INSPECTOR = "inspector"
    OPERATOR = "operator"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


ADMINISTRATORS = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
)
"""The three who keep each other in check: nobody is two of them (GB/T 22239, 三员分立)."""
APART = ADMINISTRATORS | {Role.INSPECTOR}
"""Roles that stand alone: who has one of them has no other."""


def clashing(roles: Collection[Role]) -> frozenset[Role]:
    """Return the roles that may not be held beside the others of a set; empty if all may."""
    return frozenset(roles) & APART if len(set(roles)) > 1 else frozenset()


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
    above: frozenset[str] = frozenset()
    """The units above it in the unit tree."""
    known_as: frozenset[str] = frozenset()
    """Name and account as keyed hashes, to be found among the persons complained of."""
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] = frozenset()
    case_id: UUID | None = None


def anonymous(node: str) -> Actor:
    """Return somebody about whom nothing is known."""
    return Actor(kind=ActorKind.ANONYMOUS, node=node)


def citizen(node: str, case_id: UUID, number: str, scopes: frozenset[str] = frozenset()) -> Actor:
    """Return one who has shown number and query code of a case, or to have its telephone."""
    return Actor(kind=ActorKind.CITIZEN, node=node, id=number, case_id=case_id, scopes=scopes)


def outside(node: str, case_id: UUID, question: UUID, files: Collection[UUID]) -> Actor:
    """Return a party that has shown its link; it sees its question and these files of the case."""
    scopes = frozenset(file_scope(each) for each in files)
    about = {"id": str(question), "case_id": case_id, "scopes": scopes}
    return Actor(kind=ActorKind.OUTSIDE, node=node, **about)  # type: ignore[arg-type]


def file_scope(file_id: UUID) -> str:
    """Return the scope by which a party sees one file of a case."""
    return f"file:{file_id}"
