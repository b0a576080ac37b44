"""Hear what was said event by event, over many cases that are all at the same point.

The cases live in step, so each of them has said the same: the nth event of every case is heard in
one batch, once alone and once together, and both are counted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.events.base import Envelope
from shared.outbox import Waiting
from tests.whole.counting import cost
from tests.whole.node import WholeNode
from tests.whole.tiers import WholeTiers


@dataclass(slots=True)
class Cost:
    """Statements for one event alone, and for each further one of its batch."""

    alone: int = 0
    further: float = 0


@dataclass(slots=True)
class Ledger:
    """What each event cost each service that heard it: the most, where it differed."""

    costs: defaultdict[tuple[str, str], Cost] = field(default_factory=lambda: defaultdict(Cost))

    def settle(self, tiers: WholeTiers) -> None:
        """Let everything be heard at every node, counted."""
        moved = True
        while moved:
            for each in tiers.nodes.values():
                self._settle(each)
            moved = sum(tiers.exchange(each) for each in tiers.nodes.values()) > 0

    def _settle(self, whole: WholeNode) -> None:
        while rows := [row for name in whole.speaking() for row in whole.take(name)]:
            for name, wave in waves(rows).items():
                for service, hearing in whole.hearings.items():
                    if hearing.wants([wave[0].name]):
                        self._hear(whole, (service, name[1]), wave)

    def _hear(self, whole: WholeNode, key: tuple[str, str], wave: Sequence[Waiting]) -> None:
        hearing, bodies = whole.hearings[key[0]], [row.body.encode() for row in wave]
        alone = cost(whole, lambda: hearing.hear(bodies[:1]))
        known = self.costs[key]
        known.alone = max(known.alone, alone)
        together = cost(whole, lambda: hearing.hear(bodies[1:])) if bodies[1:] else 0
        if bodies[2:]:
            known.further = max(known.further, (together - alone) / len(bodies[2:]))


def waves(rows: Iterable[Waiting]) -> Mapping[tuple[int, str], Sequence[Waiting]]:
    """Return what was said by its place in the line of its case and its name."""
    lengths: Counter[UUID] = Counter()
    found: defaultdict[tuple[int, str], list[Waiting]] = defaultdict(list)
    for row in rows:
        # In which order messages arrive is chance, and makes no difference.
        place = 0 if row.name.startswith("notify.") else lengths[row.subject_id]
        found[place, name_of(row)].append(row)
        lengths[row.subject_id] += 1
    return dict(sorted(found.items()))


def name_of(row: Waiting) -> str:
    """Return the name of an event; of a relayed fact, a message or a clock also which it is."""
    told = Envelope.model_validate_json(row.body).data
    about = told.get("purpose") or told.get("fact", {}).get("type")
    if row.name.startswith("sla."):
        about = told["kind"]
    return f"{row.name} of {about}" if about else row.name
