"""What is asked of the policy, and how it answers."""

from dataclasses import dataclass
from enum import StrEnum, unique
from uuid import UUID


@unique
class Reason(StrEnum):
    """Why a request was allowed or refused; the sentence for people is written at the edge."""

    GRANTED = "granted"
    LOG_IN = "log_in"
    OTHER_NODE = "other_node"
    ROLE = "role"
    OTHER_UNIT = "other_unit"
    OTHER_CASE = "other_case"
    CHANNEL = "channel"
    SCOPE = "scope"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    NAME_WITHHELD = "name_withheld"
    AUTHORITY_LAPSED = "authority_lapsed"
    BEYOND_AUTHORITY = "beyond_authority"
    NOT_SPOKESPERSON = "not_spokesperson"


@unique
class Reach(StrEnum):
    """How far a grant goes."""

    NODE = "node"
    """Everything of the node."""
    OWN_UNIT = "own_unit"
    """What the actor's unit holds."""
    INVOLVED = "involved"
    """Also cases in which the actor's unit takes part without holding them."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for, as far as access depends on it."""

    node: str
    unit: str | None = None
    """The unit that holds the order or row."""
    case_id: UUID | None = None
    channel: str | None = None
    file_id: UUID | None = None
    """The one file of the case that is asked for."""
    units: frozenset[str] = frozenset()
    """Units that take part in the case now: lead, co-handlers."""
    complained_of: frozenset[str] = frozenset()
    """Units the case complains of: nothing about it is shown to them, nor to units below them."""
    persons: frozenset[str] = frozenset()
    """Persons it complains of, as keyed hashes of their names: nothing is shown to them either."""
    withheld: bool = False
    """Its person wants not to be known to who works on it."""
    released_to: frozenset[str] = frozenset()
    """Units that were let see single files of it all the same."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and its reason."""

    allowed: bool
    reason: Reason
