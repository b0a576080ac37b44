"""The ledger of custody as it is told: its lines, the digests of its days, how it does."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.offers import House
from services.dispatch.policy.ledger import Line
from services.dispatch.repository.ledger import (
    ALL,
    Difference,
    count_differences,
    differences,
    find_talk,
    lines_between,
)
from shared.events.dispatch import CustodyDay, CustodyLine
from shared.security.actor import Actor
from shared.security.sealing import sm3

MOST_SHOWN = 200
DAY_MILLISECONDS = 86_400_000
BELOW_MILLISECONDS = 80
"""Bits of a UUIDv7 behind its milliseconds."""
STEPS_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class CustodyState:
    """How the ledger shared with a neighbour does."""

    peer: str
    asked_at: datetime | None
    compared_at: datetime | None
    differences: Sequence[Difference]
    """The first ones that differ now."""
    count: int
    """How many do."""

    @property
    def is_answered(self) -> bool:
        """Whether what was asked last has been compared."""
        asked, compared = self.asked_at, self.compared_at
        return asked is None or (compared is not None and compared >= asked)


def custody_states(
    db: Connection, house: House, reader: Actor | None = None
) -> list[CustodyState]:
    """Return how the ledger shared with each neighbour does, by code.

    A `reader` is shown no entry of a case that complains of them.
    """
    counts, found = count_differences(db), differences(db, MOST_SHOWN, reader)
    states = []
    for peer in sorted({*house.neighbours, *counts}):
        talk = find_talk(db, peer)
        mine = [one for one in found if one.peer == peer]
        at = (talk.asked_at, talk.compared_at) if talk else (None, None)
        states.append(CustodyState(peer, *at, mine, counts.get(peer, 0)))
    return states


def days_of(db: Connection, ends: tuple[str, str]) -> dict[int, CustodyDay]:
    """Return by day what this node's ledger says of the cases shared with a neighbour."""
    texts: dict[int, list[str]] = {}
    for line in lines_between(db, ends, *ALL):
        texts.setdefault(day_of(line.case_id), []).append(_text(line))
    return {
        day: CustodyDay(day=day, cases=len(some), digest=sm3("\n".join(some).encode()))
        for day, some in texts.items()
    }


def digest_of(days: Iterable[CustodyDay]) -> str:
    """Return one digest of all days."""
    return sm3("\n".join(f"{day.day} {day.digest}" for day in days).encode())


def day_of(case_id: UUID) -> int:
    """Return the day on which the id of a case was given, from 1970 on."""
    return (case_id.int >> BELOW_MILLISECONDS) // DAY_MILLISECONDS


def span_of(days: Sequence[int]) -> tuple[UUID, UUID]:
    """Return the first and the last id that could be given from the first day to the last."""
    first = days[0] * DAY_MILLISECONDS << BELOW_MILLISECONDS
    last = ((days[-1] + 1) * DAY_MILLISECONDS << BELOW_MILLISECONDS) - 1
    return UUID(int=first), UUID(int=last)


def briefly(line: Line) -> Line:
    """Return a line as it is told and compared: its steps by their digest."""
    digest = sm3(line.steps.encode())[:STEPS_CHARACTERS]
    told = {**asdict(line), "steps": digest}
    return Line(**told)


def line_from(told: CustodyLine) -> Line:
    """Return a line as a neighbour told it."""
    return Line(**told.model_dump())


def _text(line: Line) -> str:
    since = line.since.timestamp() if line.since else None
    about = (line.case_id, line.number, line.epoch, line.holder, since, line.offered, line.steps)
    return "|".join(map(str, about))
