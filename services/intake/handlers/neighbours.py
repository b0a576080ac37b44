"""Hear what other nodes say of cases, in its order: what is followed is kept for all at once."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from sqlalchemy import Connection

from services.intake.handlers.coming import hear_of_file
from services.intake.handlers.follow import RELAYED, follow_relayed
from services.intake.handlers.offering import FileHouse
from services.intake.handlers.orders import hear_order
from services.intake.handlers.receive import hear_mark
from shared.events.intake import (
    CaseAmended,
    CaseErased,
    ComplaintMarked,
    FileAsked,
    FileOffered,
    FileRecalled,
    FileSettled,
)
from shared.events.link import FactRelayed, OrderPassedOn

Hear = Callable[[Connection, FactRelayed, FileHouse], None]


def _of_order(db: Connection, event: FactRelayed, house: FileHouse) -> None:
    hear_order(db, house.keys, event, house.node)


def _of_mark(db: Connection, event: FactRelayed, house: FileHouse) -> None:
    hear_mark(db, event, house.node)


FILES = tuple(kind.name for kind in (FileOffered, FileAsked, FileSettled, FileRecalled))
ALONE: Mapping[str, Hear] = MappingProxyType(
    {
        **dict.fromkeys((CaseErased.name, CaseAmended.name, OrderPassedOn.name), _of_order),
        ComplaintMarked.name: _of_mark,
        **dict.fromkeys(FILES, hear_of_file),
    }
)
"""What is heard one by one."""
HEARD = frozenset({*RELAYED, *ALONE})
"""All other facts pass by."""


def hear_neighbours(db: Connection, events: Sequence[FactRelayed], house: FileHouse) -> None:
    """Hear facts of other nodes, perhaps about cases that are here."""
    heard = [event for event in events if event.fact.type in HEARD]
    for is_followed, run in groupby(heard, lambda event: event.fact.type in RELAYED):
        if is_followed:
            follow_relayed(db, list(run), house.node)
            continue
        for event in run:
            ALONE[event.fact.type](db, event, house)
