"""Parcels of a node in files, for when the wire to a neighbour is down for days (ADR 21)."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection

from backstop.commands.operator import operator
from backstop.node import Node
from backstop.progress import Progress
from services.link.carriers import Letter
from services.link.handlers import (
    Arrivals,
    House,
    Packed,
    begin_bundle,
    letters_for,
    post_pieces_by_hand,
)
from services.link.policy import Taken
from shared.audit import AuditOutcome, Entry, record
from shared.chassis.hearing import Cue, Hearing, Manner
from shared.clock import new_id, utcnow
from shared.errors import Unavailable
from shared.events.base import Envelope, Event
from shared.events.link import ParcelArrived
from shared.security.bundles import (
    BadBundle,
    Ends,
    Examined,
    Fault,
    Part,
    examine,
    read_bundle,
    write_bundle,
)
from shared.unit import Unit

MEGABYTE = 1_000_000
AT_ONCE = 200
"""So many parcels in one transaction, as from the bus, while the processes of the node wait."""
PAUSES_SECONDS = (0.5, 1, 2, 4, 8)
"""Before a database that is away ends an import."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What went into which files."""

    parts: Sequence[Part]
    packed: Packed

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of the parcels of one file."""

    examined: Examined
    counts: Mapping[Taken, int] = field(default_factory=Counter)
    parked: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """Where bundles of one node are made and read; sizes in bytes."""

    unit: Unit
    """Of link."""
    house: Callable[[], House]
    """What link knows of its node, at the moment of the call."""
    part_size: int
    most_size: int

    @classmethod
    def of(cls, node: Node) -> "Desk":
        """Return the desk of a node."""
        told = node.settings.link
        return cls(
            unit=node.unit("link"),
            house=lambda: _house_of(node),
            part_size=told.bundle_part_megabytes * MEGABYTE,
            most_size=told.bundle_most_megabytes * MEGABYTE,
        )


def export_bundle(desk: Desk, peer: str, file: Path) -> Exported:
    """Write all that a neighbour has not receipted, and the receipt for what it said."""
    if file.exists():
        raise FileExistsError(file)
    house, packed = desk.house(), Packed()
    post_pieces_by_hand(desk.unit.transaction, house, peer)
    with desk.unit.transaction() as db:
        link = begin_bundle(db, house, peer)
        _note(db, desk, peer, "export")
    ends = Ends(house.node, house.keys, house.cards[peer], house.now)
    with Progress(f"{house.node} → {peer}", link.said - link.begun_after) as progress:
        letters = letters_for(desk.unit.transaction, house, link, packed)
        messages = (_told(letter, progress) for letter in letters)
        parts = list(write_bundle(file, ends, messages, desk.part_size))
    return Exported(parts, packed)


def import_bundle(desk: Desk, file: Path) -> Imported:
    """Take the parcels of a file in as if they had come over the wire; BadBundle if it is none."""
    examined = _examined(desk, file)
    house, sender, messages = desk.house(), examined.head.sender, examined.foot.messages
    arrivals = Arrivals()

    def hear(db: Connection, heard: Sequence[tuple[Envelope, Event]]) -> None:
        arrivals.hear(db, heard, desk.house())

    hearing = Hearing(desk.unit, [Cue((ParcelArrived,), hear, Manner.ENVELOPES)])
    with Progress(f"{sender} → {house.node}", messages) as progress:
        for some in _some(read_bundle(examined, house.keys.now)):
            _patiently(hearing, [_message(house, told) for told in some])
            progress.done += len(some)
    counts = arrivals.counts
    return Imported(examined, counts, messages - sum(counts.values()))


def _patiently(hearing: Hearing, messages: Sequence[bytes]) -> None:
    # A process of the node may hear something long; who tries again tells it by the same ids.
    for pause in PAUSES_SECONDS:
        try:
            hearing.hear(messages)
        except Unavailable:
            time.sleep(pause)
        else:
            return
    hearing.hear(messages)


def _examined(desk: Desk, file: Path) -> Examined:
    house = desk.house()
    try:
        examined = examine(file, house.node, house.cards, desk.most_size)
    except BadBundle as error:
        with desk.unit.transaction() as db:
            _note(db, desk, error.about, "import", error.fault)
        raise
    with desk.unit.transaction() as db:
        _note(db, desk, examined.head.sender, "import")
    return examined


def _house_of(node: Node) -> House:
    known = (node.code, node.keys, node.neighbours, node.cards)
    told = node.settings.link
    return House(*known, told.pace, utcnow(), level=told.disclosure)


def _told(letter: Letter, progress: Progress) -> Mapping[str, str]:
    progress.done += 1
    return {"body": letter.body, "signature": letter.signature}


def _some(blocks: Iterator[list[dict[str, str]]]) -> Iterator[Sequence[dict[str, str]]]:
    for block in blocks:
        yield from (block[place : place + AT_ONCE] for place in range(0, len(block), AT_ONCE))


def _message(house: House, told: Mapping[str, str]) -> bytes:
    now, parcel = house.now, uuid5(NAMESPACE_OID, told["body"])
    about = {"occurred_at": now.isoformat(), "parcel_id": str(parcel)}
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{house.node}/link",
        type=ParcelArrived.name,
        time=now,
        subject=parcel,
        version=0,
        data={**told, **about},
    )
    return envelope.model_dump_json(exclude_none=True).encode()


def _note(db: Connection, desk: Desk, peer: str, what: str, fault: Fault | None = None) -> None:
    house = desk.house()
    entry = Entry(
        at=house.now,
        actor=operator(house.node),
        action=f"link.{what}",
        object_kind="bundle",
        object_id=peer,
        outcome=AuditOutcome.FAILED if fault else AuditOutcome.DONE,
        reason=fault,
    )
    record(db, desk.unit.plumbing.audit, entry)
