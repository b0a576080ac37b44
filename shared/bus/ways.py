"""The way to a neighbour: into which bus its letters go, where there, how its own come back."""

from dataclasses import dataclass, field

from shared.bus.topology import (
    FROM_PARENT,
    LINK,
    OUT,
    UP,
    UPLINK,
    down_queue,
    inbound_exchange,
)
from shared.neighbours import Entry, Neighbour, Relation


@dataclass(frozen=True, slots=True)
class Way:
    """How letters go to one neighbour."""

    bus_url: str = field(repr=False)
    exchange: str
    routing_key: str = ""
    entry: Entry | None = None
    """Where the neighbour's own letters must come in; None where nobody vouches for that."""
    queue: str | None = None
    """In which queue of this node's broker they wait to be taken along; None if in none."""


def beside(template: str, node: str, peer: str) -> Way:
    """Return the way into the bus of a neighbour within reach; `{peer}` stands for its code."""
    return Way(template.replace("{peer}", peer), inbound_exchange(node))


def by_shovel(bus_url: str, node: str, neighbour: Neighbour, account: str) -> Way:
    """Return the way over this node's own broker, from which shovels take letters along.

    `account` is the one under which the neighbour's letters are put into this broker.
    """
    if neighbour.relation is Relation.ABOVE:
        entry = Entry(FROM_PARENT, account)
        return Way(bus_url, OUT, f"{UP}.{node}.{LINK}", entry, UPLINK)
    code = neighbour.code
    entry = Entry(inbound_exchange(code), account)
    return Way(bus_url, OUT, f"{down_queue(code)}.{LINK}", entry, down_queue(code))
