"""How long the person of a case is kept, and what is due for erasure at an instant.

A case at rest keeps its person as long as its class says; a case that is not at rest, or on legal
hold, keeps it. Nothing here erases: what is due is asked for, and a second person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class DataClass(StrEnum):
    """Kinds of cases by how long their person is kept.

    One data key seals all of a case: person, texts, attachments, messages, words of evaluations.
    """

    CLOSED = "closed"
    DECLINED = "declined"


Keeping = Mapping[DataClass, timedelta]
"""How long each class is kept after its case came to rest."""


LOOK_AGAIN = timedelta(days=1)
"""After so long a case that was erased is looked at again: a backup may have brought it back."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A case at rest: since when, and as what."""

    since: datetime
    kind: DataClass


def due_at(rest: Rest, keeping: Keeping) -> datetime:
    """Return the first instant at which a case need not be kept any more."""
    return rest.since + keeping[rest.kind]


def is_due(rest: Rest | None, keeping: Keeping, now: datetime, *, held: bool) -> bool:
    """Tell whether the person of a case is due for erasure; None is a case not at rest."""
    return rest is not None and not held and due_at(rest, keeping) <= now


@unique
class OrderState(StrEnum):
    """How far an order has come."""

    ASKED = "asked"
    REFUSED = "refused"
    HELD = "held"
    """Approved, and waits: an erasure for the release of a legal hold, a correction that
    another node ordered for the new values."""
    DONE = "done"


def after_approval(*, held: bool) -> OrderState:
    """Return the state of an order that a second person approved."""
    return OrderState.HELD if held else OrderState.DONE


def is_late(told_at: datetime | None, done_at: datetime | None, limit: datetime) -> bool:
    """Tell whether a node that was told of an order before the limit still owes its answer."""
    return told_at is not None and done_at is None and told_at <= limit


def node_of(number: str) -> str:
    """Return the node that gave a case its number: only that one may order anything about it."""
    parts = number.split("-")
    return parts[1] if len(parts) > 1 else ""
