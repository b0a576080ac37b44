"""The doors of a node: what the endpoints of each service need from outside."""

from collections.abc import Mapping

from backstop.neighbours import LiveNeighbours
from backstop.node import Node
from shared.http import Door, NodeFacts
from shared.store.held import HeldStore


def facts_of(node: Node) -> NodeFacts:
    """Return what everybody may know of a node."""
    return NodeFacts(
        code=node.code,
        tier=node.settings.tier,
        name=node.settings.name,
        public_url=node.settings.public_url,
        neighbours=LiveNeighbours(node.settings, node.cards),
    )


def doors_of(node: Node) -> Mapping[str, Door]:
    """Return a door for each service of a node."""
    facts = facts_of(node)
    return {
        name: Door(
            unit=unit,
            settings=node.settings.service(name),
            keys=node.keys,
            node=facts,
            store=node.stores.get(name, HeldStore()),
        )
        for name, unit in node.units.items()
    }
