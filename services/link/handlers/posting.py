"""What one transaction posts to the neighbours: facts in their order, packed into parcels."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.repository.links import post
from shared.outbox import nudge

MOST_FACTS = 50
MOST_BYTES = 200_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """A masked fact on its way, and what goes with it sealed for the addressee."""

    fact_id: str
    body: str
    box: str | None = None


@dataclass(slots=True)
class Posting:
    """Collects by neighbour; nothing is written before `write`."""

    items: defaultdict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))

    def add(self, peer: str, item: Item) -> None:
        """Post a fact to a neighbour, behind those before it."""
        self.items[peer].append(item)

    def write(self, db: Connection, house: House) -> None:
        """Number what was collected and leave it to the carrier."""
        for peer in sorted(self.items):  # in one order everywhere, for each locks its link
            post(db, peer, contents_of(self.items[peer]), house.now)
            nudge(db)


def contents_of(items: list[Item]) -> list[str]:
    """Pack facts into as few parcels as may be; return the content of each as JSON."""
    return [_content(pack) for pack in packed(items, _weight)]


def post_beside(db: Connection, peer: str, told: Mapping[str, Any], house: House) -> None:
    """Post to a neighbour what is no fact about a case, in a parcel of its own."""
    content = {"facts": [], "boxes": {}, **told}
    post(db, peer, [json.dumps(content, ensure_ascii=False, separators=(",", ":"))], house.now)
    nudge(db)


def packed(items: Iterable[T], weight: Callable[[T], int]) -> list[list[T]]:
    """Return things that weigh so many bytes as one parcel each can take them, in their order."""
    packs: list[list[T]] = []
    size = 0
    for item in items:
        weighs = weight(item)
        if not packs or len(packs[-1]) == MOST_FACTS or size + weighs > MOST_BYTES:
            packs.append([])
            size = 0
        packs[-1].append(item)
        size += weighs
    return packs


def _weight(item: Item) -> int:
    return len(item.body.encode()) + len(item.box or "")


def _content(pack: list[Item]) -> str:
    facts = ",".join(item.body for item in pack)
    boxes = {item.fact_id: item.box for item in pack if item.box is not None}
    return f'{{"facts":[{facts}],"boxes":{json.dumps(boxes)}}}'
