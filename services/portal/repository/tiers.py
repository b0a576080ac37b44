"""What is known of other tiers: hand-overs and supervisions of a case, numbers of each node."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from services.portal.policy import Dimension
from services.portal.tables import live


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverCard:
    """One hand-over of a case between two nodes, and what became of it."""

    hand_over_id: UUID
    epoch: int
    round: int | None
    kind: str | None
    from_node: str | None
    to_node: str | None
    state: str
    because: str | None
    ground: str | None
    legal_basis: str | None
    outcome: str | None
    answer_masked: str | None
    offered_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    answered_at: datetime | None
    refusal_ground: str | None
    refusal_basis: str | None
    note_masked: str | None
    handed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionCard:
    """What a tier above, or a node of its unit, asked about a case, and the answer."""

    supervision_id: UUID
    from_node: str | None
    to_node: str | None
    text_masked: str | None
    ordered_at: datetime | None
    answer_by: datetime | None
    reached: Mapping[str, str] | None = None
    """By node: when it came there."""
    read_from: str | None = None
    read_at: datetime | None = None
    answered_from: str | None
    answered_at: datetime | None
    answer_masked: str | None
    unit_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierNumbers:
    """How one node below stands, as the tier above sees it."""

    code: str
    registered: int = 0
    """There, ever."""
    finished: int = 0
    """Of those, with a result that stands."""
    open: int = 0
    """In its hands, wherever they were registered."""
    green: int = 0
    yellow: int = 0
    red: int = 0
    offered: int = 0
    """By it to this node, and not answered."""


_COLUMNS = {
    Dimension.BELOW_REGISTERED: "registered",
    Dimension.BELOW_FINISHED: "finished",
    Dimension.BELOW_OPEN: "open",
    Dimension.BELOW_GREEN: "green",
    Dimension.BELOW_YELLOW: "yellow",
    Dimension.BELOW_RED: "red",
    Dimension.BELOW_OFFERED: "offered",
}


def tiers_below(db: Connection) -> Sequence[TierNumbers]:
    """Return the numbers of every node below that anything is known of, by code."""
    count = live.counts.c
    numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for dimension, code, n in db.execute(
        select(*live.counts.c).where(count.dimension.in_(_COLUMNS), count.n > 0)
    ):
        numbers[code][_COLUMNS[dimension]] = n
    return [TierNumbers(code=code, **found) for code, found in sorted(numbers.items())]
