"""What a relay hands to the bus and what it hears back, as plain values.

Facts that wait together travel together: consecutive rows of one shard become one message, whose
body is always a CloudEvents JSON batch, also for a single row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shared.bus.topology import EXCHANGE, NAMES_HEADER, routing_key

BATCH_CONTENT_TYPE: Final = "application/cloudevents-batch+json"
MOST_ROWS: Final = 50
MOST_BYTES: Final = 262_144


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to publish, on the exchange of events unless it says another."""

    id: str
    routing_key: str
    body: bytes
    headers: Mapping[str, str]
    content_type: str = BATCH_CONTENT_TYPE
    exchange: str = EXCHANGE


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ids of the published messages by what the bus answered; each id is in one set."""

    confirmed: frozenset[str]
    returned: frozenset[str]
    """No queue is bound to the routing key; nothing was stored."""
    refused: frozenset[str]
    """A queue could not store it; trying again may help."""


class Row(Protocol):
    """A fact that waits to be published."""

    @property
    def id(self) -> str:
        """The id of its envelope."""

    @property
    def name(self) -> str:
        """The name of the event."""

    @property
    def shard(self) -> int:
        """The shard of its case."""

    @property
    def body(self) -> str:
        """The envelope as JSON."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message and the positions of the rows that it carries."""

    message: Outgoing
    rows: range


def packed(
    rows: Sequence[Row], speaker: str, *, most: int = MOST_ROWS, most_bytes: int = MOST_BYTES
) -> list[Parcel]:
    """Pack rows in their order; a row larger than `most_bytes` travels alone."""
    bodies = [row.body.encode() for row in rows]
    parcels: list[Parcel] = []
    start, size = 0, 1
    for position, row in enumerate(rows):
        weight = len(bodies[position]) + 1  # with its comma or the closing bracket
        full = position - start == most or size + weight > most_bytes
        if position > start and (full or row.shard != rows[start].shard):
            parcels.append(_parcel(rows, bodies, range(start, position), speaker))
            start, size = position, 1
        size += weight
    if rows:
        parcels.append(_parcel(rows, bodies, range(start, len(rows)), speaker))
    return parcels


def rows_of(parcels: Iterable[Parcel], ids: frozenset[str]) -> list[int]:
    """Return the positions of the rows that travelled in the messages with these ids."""
    return [position for parcel in parcels if parcel.message.id in ids for position in parcel.rows]


def _parcel(rows: Sequence[Row], bodies: Sequence[bytes], part: range, speaker: str) -> Parcel:
    first = rows[part.start]
    message = Outgoing(
        id=first.id,
        routing_key=routing_key(speaker, first.shard),
        body=b"[" + b",".join(bodies[part.start : part.stop]) + b"]",
        headers={NAMES_HEADER: ",".join(sorted({rows[position].name for position in part}))},
    )
    return Parcel(message, part)
