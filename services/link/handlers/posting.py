"""What one transaction posts to the neighbours: facts in their order, packed into parcels."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.repository.links import post
from shared.outbox import nudge

MOST_FACTS = 50
MOST_BYTES = 200_000


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
    return [_content(pack) for pack in _packed(items)]


def post_beside(db: Connection, peer: str, told: Mapping[str, Any], house: House) -> None:
    """Post to a neighbour what is no fact about a case, in a parcel of its own."""
    content = {"facts": [], "boxes": {}, **told}
    post(db, peer, [json.dumps(content, ensure_ascii=False, separators=(",", ":"))], house.now)
    nudge(db)


def _packed(items: list[Item]) -> list[list[Item]]:
    packs: list[list[Item]] = []
    size = 0
    for item in items:
        weight = len(item.body.encode()) + len(item.box or "")
        if not packs or len(packs[-1]) == MOST_FACTS or size + weight > MOST_BYTES:
            packs.append([])
            size = 0
        packs[-1].append(item)
        size += weight
    return packs


def _content(pack: list[Item]) -> str:
    facts = ",".join(item.body for item in pack)
    boxes = {item.fact_id: item.box for item in pack if item.box is not None}
    return f'{{"facts":[{facts}],"boxes":{json.dumps(boxes)}}}'
